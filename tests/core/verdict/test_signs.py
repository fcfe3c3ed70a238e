"""The sign test over prompts, and many tests at once."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import proportion_confint

from core.verdict.signs import holm, sign_test

PROBABILITIES = st.lists(st.floats(0, 1), min_size=1, max_size=12)


def test_the_exact_p_counts_prompts_that_lean_and_no_others() -> None:
    found = sign_test(np.array([1, 1, 1, 0.75, 0.5, 0.5, 0.6, 1]))

    assert (found.above, found.below, found.level) == (6, 0, 2)
    assert found.p == pytest.approx(2 / 2**6)
    assert found.share == 1


def test_prompts_that_lean_to_either_side_alike_show_nothing() -> None:
    assert sign_test(np.array([1 / 3, 2 / 3])).p == 1


@pytest.mark.parametrize("scores", [[], [0.5], [0.5] * 40])
def test_without_a_prompt_that_leans_p_is_one_and_there_is_no_share(scores: list[float]) -> None:
    found = sign_test(np.array(scores))

    assert (found.p, found.share, found.ci95, found.level) == (1, None, None, len(scores))


@pytest.mark.parametrize(("above", "below"), [(0, 7), (9, 0), (12, 5), (300, 260)])
def test_the_share_of_leaning_prompts_has_the_exact_interval_of_statsmodels(above: int, below: int) -> None:
    found = sign_test(np.array([1.0] * above + [0.0] * below))

    theirs = proportion_confint(above, above + below, method="beta")
    assert found.ci95 == pytest.approx(theirs, abs=1e-9)


@settings(max_examples=20)
@given(PROBABILITIES)
def test_holm_adjusts_as_statsmodels_does(p: list[float]) -> None:
    assert holm(p) == pytest.approx(tuple(multipletests(p, method="holm")[1]), abs=1e-12)


def test_no_tests_need_no_adjustment() -> None:
    assert holm([]) == ()
