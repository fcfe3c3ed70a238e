"""Ratings from 1 to 5: the difference of two arms over prompts, and when its interval is shown."""

import numpy as np
import pytest
from scipy.stats import ttest_1samp

from core.verdict.arrays import FloatArray, IntArray
from core.verdict.scale import FEWEST_APART, scale_difference


def rated(*apart: int) -> tuple[IntArray, FloatArray, FloatArray]:
    """One rating of each prompt, so far apart."""
    first = np.array([5.0 if one > 0 else 1.0 for one in apart])
    return np.arange(len(apart)), first, first - np.array(apart)


def test_a_prompt_counts_once_however_many_rated_it() -> None:
    prompt = np.array([0, 0, 0, 1])
    first, second = np.array([5.0, 5.0, 5.0, 1.0]), np.array([1.0, 1.0, 1.0, 3.0])

    found = scale_difference(prompt, first, second)

    assert (found.n_prompts, found.n_ratings) == (2, 4)
    assert (found.first, found.second, found.difference) == (3.0, 2.0, 1.0)


def test_the_interval_is_students_over_prompts_and_one_beyond_either_end() -> None:
    apart = [-1, 0, 1, 2] * 6
    theirs = ttest_1samp([*apart, -2, 3], 0).confidence_interval(0.95)

    found = scale_difference(*rated(*apart))

    assert found.ci95 == pytest.approx((theirs.low, theirs.high))


def test_swapped_arms_mirror_the_difference() -> None:
    prompt, first, second = rated(*([-1, 0, 2] * 8))
    one, other = scale_difference(prompt, first, second), scale_difference(prompt, second, first)

    assert one.difference == pytest.approx(-(other.difference or 0))
    assert one.ci95 is not None
    assert one.ci95 == pytest.approx(tuple(-end for end in reversed(other.ci95 or ())))


def test_without_enough_that_differs_there_is_no_interval() -> None:
    few = scale_difference(*rated(*[1] * 90, *[0, 2] * (FEWEST_APART // 2 - 1)))
    enough = scale_difference(*rated(*[1] * 90, *[0, 2] * (FEWEST_APART // 2)))

    assert few.difference == pytest.approx(1)
    assert few.ci95 is None
    assert enough.ci95 is not None


def test_the_interval_stays_on_the_scale() -> None:
    found = scale_difference(*rated(*[4] * 60, *[-4] * FEWEST_APART))

    assert found.ci95 is not None
    assert -4 <= found.ci95[0] < found.ci95[1] <= 4


def test_no_ratings_are_no_difference_and_wrong_ones_are_refused() -> None:
    empty = scale_difference(np.array([], dtype=np.int64), np.array([]), np.array([]))

    assert (empty.n_prompts, empty.difference, empty.ci95) == (0, None, None)
    with pytest.raises(ValueError, match="whole number from 1 to 5"):
        scale_difference(np.array([0]), np.array([6.0]), np.array([1.0]))
    with pytest.raises(ValueError, match="one prompt"):
        scale_difference(np.array([0, 1]), np.array([2.0]), np.array([1.0]))
