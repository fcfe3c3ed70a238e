"""When a picker says that it was not taught something: a line drawn by the taught questions themselves."""

import numpy as np
import numpy.typing as npt
import pytest

from core.engine.picker.abstention import ANSWERED_SHARE, nearest, threshold


def _questions(number: int, seed: int) -> npt.NDArray[np.float32]:
    """Unit vectors that all lie in one broad field."""
    drawn = np.random.default_rng(seed).normal(size=(number, 32)).astype(np.float32)
    drawn /= np.linalg.norm(drawn, axis=1, keepdims=True)
    return drawn


def test_further_questions_of_the_same_kind_are_answered_as_often_as_promised() -> None:
    answered = []
    for seed in range(20):
        everything = _questions(900, seed)
        taught, further = everything[:500], everything[500:]
        answered.append(np.mean(nearest(further, taught)[1] >= threshold(taught, None)))

    assert np.mean(answered) == pytest.approx(ANSWERED_SHARE, abs=0.01)


def test_of_few_questions_none_that_was_taught_is_refused() -> None:
    taught = _questions(40, seed=1)
    others = [nearest(taught[[row]], np.delete(taught, row, axis=0))[1][0] for row in range(len(taught))]

    assert threshold(taught, None) == pytest.approx(min(others))


def test_held_out_questions_that_are_farther_lower_the_line() -> None:
    taught = _questions(40, seed=1)
    others = _questions(2000, seed=2)
    farthest = others[[nearest(others, taught)[1].argmin()]]

    assert threshold(taught, farthest) < threshold(taught, None)
