"""Evidence one may look at after every prompt, and stop on."""

from math import prod

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.verdict.sequential import (
    ENOUGH,
    anytime_interval,
    evidence,
    evidence_path,
)

BETS = (0.1, 0.2, 0.35, 0.5, 0.7, 0.9, 1.2, 1.5, 1.8)
SCORES = st.lists(st.sampled_from([0, 1 / 6, 1 / 3, 0.5, 2 / 3, 1.0]), min_size=1, max_size=60).map(np.array)


@given(SCORES)
@settings(deadline=None, max_examples=60)
def test_the_evidence_is_the_mean_over_bets_of_the_product_over_prompts(scores: np.ndarray) -> None:
    by_hand = np.mean([prod(1 + sign * bet * (x - 0.5) for x in scores) for bet in BETS for sign in (1, -1)])

    path = evidence_path(scores)

    assert path[0] == 1
    assert len(path) == len(scores) + 1
    assert path[-1] == pytest.approx(by_hand)
    assert evidence(scores).e_max == path.max()
    assert evidence(scores).anytime_p == 1 / path.max()


@given(SCORES)
@settings(deadline=None, max_examples=60)
def test_the_interval_holds_the_means_that_no_look_ruled_out(scores: np.ndarray) -> None:
    interval = anytime_interval(scores)

    for mean in np.linspace(0.01, 0.99, 50):
        inside = interval is not None and interval[0] < mean < interval[1]
        assert inside == (_most_against(scores, mean) < ENOUGH)


@given(SCORES)
@settings(deadline=None, max_examples=60)
def test_the_interval_leaves_out_a_half_exactly_when_the_evidence_was_enough(scores: np.ndarray) -> None:
    interval = anytime_interval(scores)

    holds_half = interval is not None and interval[0] < 0.5 < interval[1]

    assert holds_half == (evidence(scores).e_max < ENOUGH)


def test_scores_that_turn_round_rule_out_every_mean() -> None:
    turned = np.array([1.0] * 200 + [0.0] * 200)

    assert anytime_interval(turned) is None


@pytest.mark.parametrize(("score", "interval"), [(0.0, (0, 0.0)), (1.0, (1.0, 1))])
def test_a_sweep_keeps_the_end_it_points_to(score: float, interval: tuple[float, float]) -> None:
    low, high = anytime_interval(np.full(2000, score)) or (-1.0, -1.0)

    assert (low, high) == pytest.approx(interval, abs=0.01)
    assert low == 0 if score == 0 else high == 1


def test_before_the_first_prompt_nothing_is_known() -> None:
    found = evidence(np.array([]))

    assert (found.e_value, found.e_max, found.anytime_p, found.anytime_ci95) == (1, 1, 1, (0, 1))


def test_endless_evidence_is_capped_and_stays_a_number() -> None:
    found = evidence(np.ones(5000))

    assert found.e_value == pytest.approx(1e300)
    assert found.anytime_p == pytest.approx(1e-300)


def test_looking_after_every_prompt_seldom_finds_a_false_winner() -> None:
    rng = np.random.default_rng(7)
    studies, prompts = 600, 200
    fooled = sum(
        evidence_path(rng.choice([0, 0.5, 1], p=[0.35, 0.3, 0.35], size=prompts)).max() >= ENOUGH
        for _ in range(studies)
    )

    assert fooled / studies < 0.06


def test_three_raters_votes_on_a_prompt_do_not_count_as_three() -> None:
    rng = np.random.default_rng(8)
    pooled = by_prompt = 0
    for _ in range(200):
        taste = rng.choice([0.1, 0.9], size=150)  # raters of a prompt agree, prompts do not lean
        votes = (rng.random((150, 3)) < taste[:, None]).astype(float)
        pooled += evidence_path(votes.ravel()).max() >= ENOUGH
        by_prompt += evidence_path(votes.mean(axis=1)).max() >= ENOUGH

    assert by_prompt / 200 < 0.07
    assert pooled > 2 * by_prompt


def test_the_interval_holds_the_truth_at_every_look_at_once() -> None:
    rng = np.random.default_rng(9)
    missed = 0
    for _ in range(150):
        low, high = anytime_interval((rng.random(300) < 0.8).astype(float)) or (1.0, 1.0)
        missed += not low < 0.8 < high

    assert missed / 150 < 0.08


def _most_against(scores: np.ndarray, mean: float) -> float:
    level, halves = 1.0, [1.0] * 18
    for x in scores:
        for number, bet in enumerate(BETS):
            halves[number] *= 1 + bet / 2 * (x / mean - 1)
            halves[number + 9] *= 1 + bet / 2 * ((1 - x) / (1 - mean) - 1)
        level = max(level, sum(halves) / 18)
    return level
