"""What a tuned model still does outside its task."""

import numpy as np
import pytest

from core.verdict.accuracy import tango
from core.verdict.forgetting import forgetting_by_answers, forgetting_by_votes


def test_answers_that_stay_right_are_kept_within_the_margin() -> None:
    found = forgetting_by_answers(["x"] * 150, ["x"] * 120 + ["n"] * 30, ["x"] * 118 + ["n"] * 32, margin=0.1)

    assert found.change == pytest.approx(-2 / 150)
    assert found.ci95 == tango(0, 2, 150)
    assert found.kept
    assert not found.lost
    assert "kept its ground" in found.sentence


def test_answers_that_turn_wrong_are_forgotten() -> None:
    found = forgetting_by_answers(["x"] * 100, ["x"] * 90 + ["n"] * 10, ["x"] * 60 + ["n"] * 40, margin=0.05)

    assert found.lost
    assert not found.kept
    assert found.sentence.startswith("The tuned model forgot: -30.0 points on 100 general prompts")


def test_a_small_certain_loss_within_the_margin_is_told_as_such() -> None:
    found = forgetting_by_answers(["x"] * 2000, ["x"] * 2000, ["x"] * 1980 + ["n"] * 20, margin=0.05)

    assert found.kept
    assert found.lost
    assert "lost a little, within the 5 points allowed" in found.sentence


def test_few_control_prompts_prove_nothing() -> None:
    answers = forgetting_by_answers(["x"] * 29, ["x"] * 29, ["n"] * 29, margin=0.5)
    votes = forgetting_by_votes(np.ones(29), margin=0.3)

    for found in (answers, votes):
        assert not found.kept
        assert not found.lost
        assert found.sentence.startswith("Too few general prompts")


def test_votes_on_general_prompts_that_stay_level_are_kept() -> None:
    found = forgetting_by_votes(np.tile([0.5, 1, 0.5, 0], 60), margin=0.1)

    assert found.change == 0
    assert found.kept
    assert not found.lost


def test_votes_for_the_base_say_that_the_tuned_model_forgot() -> None:
    found = forgetting_by_votes(np.tile([0.0, 0, 1, 0], 40), margin=0.1)

    assert found.lost
    assert found.ci95 is not None
    assert found.ci95[1] < 0


def test_an_open_question_stays_open() -> None:
    found = forgetting_by_votes(np.tile([0.0, 1], 20), margin=0.02)

    assert not found.kept
    assert not found.lost
    assert found.sentence.startswith("Not known yet")


def test_no_prompts_and_margins_that_are_none_are_refused() -> None:
    with pytest.raises(ValueError, match="no votes on general prompts"):
        forgetting_by_votes(np.array([]), 0.1)
    with pytest.raises(ValueError, match="no prompts"):
        forgetting_by_answers([], [], [], 0.1)
    with pytest.raises(ValueError, match="between 0 and 1"):
        forgetting_by_answers(["x"], ["x"], ["x"], 0)
