"""Not worse by more than a margin, and as good as equal."""

from math import prod

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.verdict.margins import equivalence, non_inferiority_path, not_worse
from core.verdict.sequential import BETS, ENOUGH, evidence_path

SCORES = st.lists(st.sampled_from([0, 1 / 3, 0.5, 1.0]), min_size=1, max_size=60).map(np.array)
MARGIN = st.sampled_from([0.01, 0.05, 0.1, 0.3])


@given(SCORES, MARGIN)
@settings(deadline=None, max_examples=60)
def test_the_evidence_bets_upwards_alone(scores: np.ndarray, margin: float) -> None:
    by_hand = np.mean([prod(1 + bet / 2 * (x / (0.5 - margin) - 1) for x in scores) for bet in BETS])

    found = not_worse(scores, margin)

    assert found.e_value == pytest.approx(by_hand)
    assert found.e_max == non_inferiority_path(scores, margin).max()
    assert found.anytime_p == 1 / found.e_max


def test_not_worse_is_shown_sooner_than_better() -> None:
    scores = np.array([0.5, 1, 0, 1, 0.5] * 20)

    assert not_worse(scores, 0.2).shown
    assert evidence_path(scores).max() < ENOUGH


def test_an_arm_that_is_worse_by_the_margin_is_seldom_called_not_worse() -> None:
    rng = np.random.default_rng(3)
    fooled = sum(not_worse((rng.random(150) < 0.4).astype(float), 0.1).shown for _ in range(600))

    assert fooled / 600 < 0.06


def test_equal_is_shown_by_an_interval_inside_the_margin() -> None:
    many, few = equivalence(np.full(1000, 0.5), 0.05), equivalence(np.full(20, 0.5), 0.05)

    assert many.shown
    assert many.anytime_ci95 is not None
    assert 0.45 < many.anytime_ci95[0] < 0.5 < many.anytime_ci95[1] < 0.55
    assert not few.shown


def test_a_clear_winner_is_not_equal_but_not_worse() -> None:
    scores = np.ones(200)

    assert not equivalence(scores, 0.1).shown
    assert not_worse(scores, 0.1).shown


def test_before_the_first_prompt_nothing_is_shown() -> None:
    assert not equivalence(np.array([]), 0.1).shown
    assert not_worse(np.array([]), 0.1).e_max == 1


@pytest.mark.parametrize("margin", [0, 0.5, -0.1, float("nan"), float("inf")])
def test_a_margin_that_is_none_is_refused(margin: float) -> None:
    with pytest.raises(ValueError, match=r"between 0 and 0\.5"):
        not_worse(np.ones(3), margin)
    with pytest.raises(ValueError, match=r"between 0 and 0\.5"):
        equivalence(np.ones(3), margin)
