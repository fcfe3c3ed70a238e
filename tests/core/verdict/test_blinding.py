"""Did raters guess which answer was which?"""

import numpy as np
import pytest

from core.verdict.blinding import guesses


def test_guesses_right_as_often_as_a_coin_show_no_leak() -> None:
    found = guesses(np.arange(16), np.tile([0.0, 1.0], 8))

    assert (found.right, found.p, found.index) == (0.5, 1, 0)
    assert found.sentence.startswith("Nothing shows that raters could tell")


def test_guesses_nearly_always_right_say_that_the_study_was_not_blind() -> None:
    found = guesses(np.arange(16), np.array([1.0] * 14 + [0.0] * 2))

    assert found.p == pytest.approx(0.0042, abs=1e-4)
    assert found.index == pytest.approx(0.75)
    assert "was not blind" in found.sentence


def test_guesses_nearly_always_wrong_say_that_arms_were_taken_for_each_other() -> None:
    assert "took one arm for the other" in guesses(np.arange(16), np.zeros(16)).sentence


def test_raters_with_the_same_idea_about_a_prompt_are_one_piece_of_evidence() -> None:
    found = guesses(np.repeat(np.arange(4), 30), np.ones(120))

    assert (found.n_guesses, found.n_prompts) == (120, 4)
    assert found.p == 0.125
    assert "too few" in found.sentence


def test_cannot_tell_is_half_right() -> None:
    found = guesses(np.arange(12), np.full(12, 0.5))

    assert (found.right, found.p, found.index, found.ci95) == (0.5, 1, 0, None)


def test_no_guesses_say_nothing_and_other_values_are_refused() -> None:
    assert guesses(np.array([], dtype=int), np.array([])).right is None
    with pytest.raises(ValueError, match="right"):
        guesses(np.arange(2), np.array([1.0, 0.7]))
    with pytest.raises(ValueError, match="one prompt"):
        guesses(np.arange(3), np.array([1.0, 0.0]))
