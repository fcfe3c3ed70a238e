"""Which model serves: chosen on a closed study by the owner, with a reason, and always with a way back."""

import pytest

from core.answers.arms import add_model_arm
from core.errors import Conflict, NotAllowed, Refused
from core.providers.profiles import PROFILES
from core.serving.choice import before, choices_of, choose, roll_back, serving
from tests.core.serving.conftest import Decided


def test_an_owner_lets_the_tuned_model_serve_and_the_history_says_who_and_why(decided: Decided) -> None:
    hall = decided.hall
    assert serving(hall.store, hall.project.id) is None

    made = choose(hall.store, decided.study, hall.tuned, " Raters preferred it. ", hall.owner)

    assert serving(hall.store, hall.project.id) == made
    assert (made.arm_id, made.study_id) == (hall.tuned.id, decided.study.id)
    assert (made.person, made.reason) == (hall.owner.name, "Raters preferred it.")


def test_a_roll_back_lets_the_model_before_serve_again_and_keeps_everything(decided: Decided) -> None:
    hall = decided.hall
    first = choose(hall.store, decided.study, hall.base, "To begin with.", hall.owner)
    second = choose(hall.store, decided.study, hall.tuned, "It was preferred.", hall.owner)
    assert before(hall.store, second) == hall.base

    back = roll_back(hall.store, second, "Customers complained.", hall.owner)

    assert (back.arm_id, back.undoes, back.replaces) == (hall.base.id, second.id, None)
    assert choices_of(hall.store, hall.project.id) == [back, second, first]
    assert before(hall.store, back) is None


def test_two_roll_backs_lead_two_choices_back_and_not_to_and_fro(decided: Decided) -> None:
    hall, study = decided.hall, decided.study
    arms = (hall.base, hall.tuned, hall.base)
    made = [choose(hall.store, study, arm, f"Step {step}.", hall.owner) for step, arm in enumerate(arms)]

    once = roll_back(hall.store, made[2], "One back.", hall.owner)
    twice = roll_back(hall.store, once, "Two back.", hall.owner)

    assert [once.arm_id, twice.arm_id] == [hall.tuned.id, hall.base.id]
    with pytest.raises(Refused, match="No model served this project before"):
        roll_back(hall.store, twice, "Three back.", hall.owner)


def test_a_choice_made_meanwhile_is_not_rolled_back_unseen(decided: Decided) -> None:
    hall = decided.hall
    seen = choose(hall.store, decided.study, hall.base, "To begin with.", hall.owner)
    choose(hall.store, decided.study, hall.tuned, "It was preferred.", hall.owner)

    with pytest.raises(Conflict, match="in the meantime"):
        roll_back(hall.store, seen, "Away with it.", hall.owner)


def test_the_model_that_serves_is_not_chosen_twice(decided: Decided) -> None:
    hall = decided.hall
    choose(hall.store, decided.study, hall.tuned, "It was preferred.", hall.owner)

    with pytest.raises(Conflict, match="serves this project already"):
        choose(hall.store, decided.study, hall.tuned, "Again.", hall.owner)


def test_an_open_study_chooses_nothing(decided: Decided) -> None:
    hall = decided.hall

    with pytest.raises(Refused, match="Close the study first"):
        choose(hall.store, hall.study(), hall.tuned, "I cannot wait.", hall.owner)


def test_a_model_that_was_not_compared_is_not_chosen_on_a_study(decided: Decided) -> None:
    hall = decided.hall
    third = add_model_arm(hall.store, hall.project.id, PROFILES["compatible"], "third", "Answer.", hall.owner)

    with pytest.raises(Refused, match="was not compared in study"):
        choose(hall.store, decided.study, third, "Why not?", hall.owner)


def test_a_choice_and_a_roll_back_want_a_reason(decided: Decided) -> None:
    hall = decided.hall
    with pytest.raises(Refused, match="Say why"):
        choose(hall.store, decided.study, hall.tuned, "  ", hall.owner)
    choose(hall.store, decided.study, hall.base, "To begin with.", hall.owner)
    second = choose(hall.store, decided.study, hall.tuned, "It was preferred.", hall.owner)

    with pytest.raises(Refused, match="Say why"):
        roll_back(hall.store, second, "", hall.owner)
    assert serving(hall.store, hall.project.id) == second


def test_only_owners_choose_and_roll_back(decided: Decided) -> None:
    hall = decided.hall
    with pytest.raises(NotAllowed, match="choose the model that serves"):
        choose(hall.store, decided.study, hall.tuned, "I like it.", hall.author)
    made = choose(hall.store, decided.study, hall.tuned, "It was preferred.", hall.owner)

    with pytest.raises(NotAllowed, match="choose the model that serves"):
        roll_back(hall.store, made, "I do not like it.", hall.author)
