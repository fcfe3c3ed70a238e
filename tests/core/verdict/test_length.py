"""Preferred because it is better, or because it is longer?"""

import numpy as np
import pytest
import statsmodels.api as sm

from core.verdict.length import length_split


def test_prompts_are_split_by_which_answer_is_longer() -> None:
    scores = np.array([1.0] * 6 + [0.0] * 6 + [0.5] * 3)
    length_a = np.array([200.0] * 6 + [100.0] * 6 + [100.0] * 3)
    length_b = np.array([100.0] * 6 + [200.0] * 6 + [105.0] * 3)

    found = length_split(scores, length_a, length_b)

    assert (found.longer.n_prompts, found.longer.mean) == (6, 1)
    assert (found.shorter.n_prompts, found.shorter.mean) == (6, 0)
    assert (found.alike.n_prompts, found.alike.mean) == (3, 0.5)
    assert found.longer_wins.mean == 1
    assert found.longer_wins.ci95 is not None
    assert found.alike.ci95 is None


def test_the_preference_at_equal_length_is_the_intercept_of_statsmodels_with_hc3_errors() -> None:
    rng = np.random.default_rng(2)
    length_a, length_b = rng.integers(50, 400, (2, 120)).astype(float)
    difference = (length_a - length_b) / np.maximum(length_a, length_b)
    scores = (rng.random(120) < 0.6 + 0.3 * difference).astype(float)
    model = sm.OLS(scores - 0.5, sm.add_constant(difference)).fit(cov_type="HC3", use_t=True)
    low, high = model.conf_int()[0]

    found = length_split(scores, length_a, length_b)

    assert found.equal_length == pytest.approx(0.5 + model.params[0])
    assert found.equal_length95 == pytest.approx((0.5 + low, 0.5 + high))


def test_an_arm_that_wins_by_length_alone_is_level_at_equal_length() -> None:
    rng = np.random.default_rng(4)
    length_a = rng.integers(150, 400, 400).astype(float)
    length_b = rng.integers(100, 300, 400).astype(float)
    scores = (rng.random(400) < np.where(length_a > length_b, 0.8, 0.2)).astype(float)

    found = length_split(scores, length_a, length_b)

    assert scores.mean() > 0.6
    assert found.equal_length95 is not None
    assert found.equal_length95[0] < 0.5 < found.equal_length95[1]


def test_an_arm_that_is_always_longer_has_no_preference_at_equal_length() -> None:
    found = length_split(np.tile([1.0, 0.0], 50), np.full(100, 300.0), np.full(100, 100.0))

    assert found.equal_length is None
    assert found.equal_length95 is None
    assert found.shorter.mean is None


def test_few_prompts_and_a_sweep_have_no_interval_at_equal_length() -> None:
    lengths = np.array([100.0, 200.0] * 30)

    few = length_split(np.tile([1.0, 0.0], 19), lengths[:38], lengths[:38][::-1])
    sweep = length_split(np.ones(60), lengths, lengths[::-1])

    assert few.equal_length is None
    assert (sweep.equal_length, sweep.equal_length95) == (1, None)


def test_two_empty_answers_are_alike_in_length() -> None:
    assert length_split(np.array([0.5]), np.array([0.0]), np.array([0.0])).alike.n_prompts == 1


@pytest.mark.parametrize("length", [-1.0, float("nan"), float("inf")])
def test_a_length_that_is_none_is_refused(length: float) -> None:
    with pytest.raises(ValueError, match="A length is a number"):
        length_split(np.array([1.0]), np.array([length]), np.array([3.0]))
    with pytest.raises(ValueError, match="for every prompt"):
        length_split(np.array([1.0]), np.array([]), np.array([3.0]))
