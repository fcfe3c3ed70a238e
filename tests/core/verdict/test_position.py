"""Does the left side win too often?"""

import numpy as np
import pytest
import statsmodels.api as sm

from core.verdict.position import position, unbalanced


def test_the_clustered_error_is_that_of_a_logistic_regression() -> None:
    rng = np.random.default_rng(1)
    prompt = np.repeat(np.arange(40), 5)
    side = (rng.random(200) < np.repeat(rng.uniform(0.1, 0.7, 40), 5)).astype(np.int64)
    won = (side == 0).astype(float)
    model = sm.Logit(won, np.ones((200, 1))).fit(
        disp=0, cov_type="cluster", cov_kwds={"groups": prompt, "use_correction": False}
    )

    found = position(side, prompt)

    assert found.logit == pytest.approx(float(model.params[0]), abs=1e-6)
    assert found.se == pytest.approx(float(model.bse[0]) * np.sqrt(40 / 39), abs=1e-6)
    assert found.left_share == won.mean()
    assert found.p is not None


def test_ties_pull_the_share_to_a_half_and_leave_the_logit() -> None:
    found = position(np.array([0, 0, 0, 1, 2, 3]), np.array([0, 1, 2, 3, 4, 5]))

    assert found.left_share == pytest.approx(4 / 6)
    assert found.logit == pytest.approx(np.log(3))


def test_a_side_that_never_won_leaves_the_pull_undefined() -> None:
    found = position(np.array([0, 0, 2]), np.array([0, 1, 2]))

    assert found.left_share == pytest.approx(5 / 6)
    assert (found.logit, found.se, found.p) == (None, None, None)


def test_one_prompt_has_a_pull_and_no_error() -> None:
    found = position(np.array([0, 1, 0]), np.array([0, 0, 0]))

    assert found.logit == pytest.approx(np.log(2))
    assert found.se is found.p is None


def test_an_arm_that_stands_on_one_side_is_named() -> None:
    assert unbalanced(np.array([40, 20, 2, 0]), np.array([0, 22, 1, 0])) == [0]
