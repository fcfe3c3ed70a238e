"""Beside the verdict stand second looks, guesses and ratings; notes stand with the duels that were lost."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from core.people.persons import Person
from core.rating.duels import Standing, begin, desk
from core.rating.guessing import Guess, guess
from core.rating.notes import write_note
from core.rating.studies import Study, close_study
from core.rating.study_plan import Form
from core.rating.votes import score
from core.report.losses import losses_of
from core.report.verdict_content import verdict_content
from core.store.store import Store
from tests.core.rating.study_hall import LONG_AGO, Hall, furnished, likes, rate_all


@pytest.fixture
def hall(store: Store, olga: Person, anna: Person) -> Hall:
    return furnished(store, olga, anna, prompts=40)


def rated(hall: Hall, study: Study, rater: Person) -> None:
    """Everything, 5 for the warm answer and 2 for the other."""
    begin(hall.store, study.id, rater)
    while (found := desk(hall.store, hall.project.id, rater)).standing is Standing.RATING:
        assert found.duel is not None
        left, right = (5, 2) if "warm" in found.duel.left_text else (2, 5)
        score(hall.store, found.duel.duel_id, rater, left, right, datetime.now(UTC) - LONG_AGO)


def beside(hall: Hall, study: Study) -> str:
    return " ".join(verdict_content(hall.store, close_study(hall.store, study, hall.owner)).beside)


def test_pairs_that_came_again_tell_how_steady_raters_are(hall: Hall) -> None:
    study = hall.study_of(replace(hall.plan(1), repeats=0.1))
    rate_all(hall, study, hall.rater("Rita"), likes("warm"))

    said = beside(hall, study)

    assert (
        "Shown 4 pairs a second time with their sides swapped, raters chose the same as before on 100 %"
        in said
    )
    assert "on 0 % they chose the same side instead" in said


def test_guesses_tell_how_blind_it_was(hall: Hall) -> None:
    rita = hall.rater("Rita")
    study = hall.study(1)
    rate_all(hall, study, rita, likes("warm"))
    while (found := desk(hall.store, hall.project.id, rita)).standing is Standing.GUESSING:
        assert found.duel is not None
        tuned = Guess.LEFT if "warm" in found.duel.left_text else Guess.RIGHT
        guess(hall.store, study.id, rita, found.duel.duel_id, tuned, datetime.now(UTC) - LONG_AGO)

    assert "Raters could tell which answer was the tuned one: 100 % right" in beside(hall, study)


def test_a_scale_tells_both_means_and_their_difference(hall: Hall) -> None:
    study = hall.study_of(replace(hall.plan(1), form=Form.SCALE, quality="warmth"))
    rated(hall, study, hall.rater("Rita"))

    said = beside(hall, study)

    assert "From 1 to 5 for “warmth” the tuned model was rated 5.00 and the base model 2.00: +3.00" in said


def test_without_any_of_them_nothing_is_said(hall: Hall) -> None:
    study = hall.study(1)
    rate_all(hall, study, hall.rater("Rita"), likes("warm"))

    said = beside(hall, study)

    assert "second time" not in said
    assert "From 1 to 5" not in said
    assert "could tell" not in said


def test_a_note_stands_with_the_duel_that_was_lost(hall: Hall) -> None:
    rita = hall.rater("Rita")
    study = hall.study(1)
    begin(hall.store, study.id, rita)
    first = desk(hall.store, hall.project.id, rita).duel
    assert first is not None
    write_note(hall.store, first.duel_id, rita, "Too gushing.", "Gladly")
    rate_all(hall, study, rita, likes("plain"))

    found = losses_of(hall.store, close_study(hall.store, study, hall.owner))

    assert [duel.notes for duel in found.worst if duel.notes] == [("Rita: Too gushing. (“Gladly”)",)]
