"""What raters say beside their votes: practice, guesses, notes, reasons, ratings on a scale."""

import csv
import io
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from core.errors import Conflict, NotAllowed, Refused
from core.people.membership import grant
from core.people.persons import Person
from core.people.roles import Role
from core.rating.asides import blinding, rated, remarks, second_looks
from core.rating.duels import DuelView, Standing, begin, desk
from core.rating.guessing import Guess, decline, guess
from core.rating.notes import note_on, place_of, write_note
from core.rating.practice import leave_practice, practise
from core.rating.studies import Study, close_study
from core.rating.study_plan import Form
from core.rating.taking_out import votes_csv
from core.rating.votes import Outcome, Reason, score, undo_last, vote
from tests.core.rating.study_hall import LONG_AGO, Hall, likes, rate_all


def ago() -> datetime:
    return datetime.now(UTC) - LONG_AGO


def at_hand(hall: Hall, rater: Person) -> DuelView:
    duel = desk(hall.store, hall.project.id, rater).duel
    assert duel is not None
    return duel


def begun(hall: Hall, *, practice: int = 0, quality: str = "") -> tuple[Study, Person]:
    """Rita in a study with so much practice, of duels or on a scale of this quality."""
    rita = hall.rater("Rita")
    form = Form.SCALE if quality else Form.DUEL
    study = hall.study_of(replace(hall.plan(), practice=practice, form=form, quality=quality))
    begin(hall.store, study.id, rita)
    return study, rita


def test_practice_comes_first_on_prompts_of_its_own_and_counts_nowhere(hall: Hall) -> None:
    study, rita = begun(hall, practice=2)
    practised = at_hand(hall, rita)
    assert desk(hall.store, hall.project.id, rita).standing is Standing.PRACTICE

    assert not practise(hall.store, study.id, rita, 0, Outcome.LEFT, datetime.now(UTC))
    assert practise(hall.store, study.id, rita, 0, Outcome.LEFT, ago())
    assert not practise(hall.store, study.id, rita, 0, Outcome.LEFT, ago())
    assert practise(hall.store, study.id, rita, 1, Outcome.SKIP, ago())

    found = desk(hall.store, hall.project.id, rita)
    assert (found.standing, found.done, found.total) == (Standing.RATING, 0, 10)
    asked = hall.store.rows("select question from study_prompts where not practice")
    assert (practised.question,) not in asked
    assert hall.store.value("select count(*) from votes") == 0


def test_practice_may_be_left_out(hall: Hall) -> None:
    study, rita = begun(hall, practice=3)

    leave_practice(hall.store, study.id, rita)

    assert desk(hall.store, hall.project.id, rita).standing is Standing.RATING


def test_no_vote_falls_on_a_practice_duel(hall: Hall) -> None:
    _, rita = begun(hall, practice=1)

    with pytest.raises(Refused, match="no such duel"):
        vote(hall.store, at_hand(hall, rita).duel_id, rita, Outcome.LEFT, ago())


def test_guesses_come_after_the_last_duel_and_tell_how_blind_it_was(hall: Hall) -> None:
    study, rita = begun(hall)
    with pytest.raises(Refused, match="after the last pair"):
        guess(hall.store, study.id, rita, at_hand(hall, rita).duel_id, Guess.LEFT, ago())
    rate_all(hall, study, rita, likes("warm"))

    for number in range(12):
        duel = at_hand(hall, rita)
        said = Guess.LEFT if "warm" in duel.left_text else Guess.RIGHT
        assert guess(hall.store, study.id, rita, duel.duel_id, Guess.UNSURE if number == 0 else said, ago())
        assert not guess(hall.store, study.id, rita, duel.duel_id, said, ago())

    assert desk(hall.store, hall.project.id, rita).standing is Standing.DONE
    with pytest.raises(Refused, match="is not closed"):
        blinding(hall.store, study)
    found = blinding(hall.store, close_study(hall.store, study, hall.owner))
    assert (found.n_guesses, found.n_prompts) == (12, 12)
    assert found.right == pytest.approx(11.5 / 12)
    assert "was not blind" in found.sentence


def test_guesses_may_be_left_out_and_then_count_for_nothing(hall: Hall) -> None:
    study, rita = begun(hall)
    rate_all(hall, study, rita, likes("warm"))
    guess(hall.store, study.id, rita, at_hand(hall, rita).duel_id, Guess.UNSURE, ago())

    decline(hall.store, study.id, rita)

    assert desk(hall.store, hall.project.id, rita).standing is Standing.DONE
    assert blinding(hall.store, close_study(hall.store, study, hall.owner)).n_guesses == 1


def test_who_began_to_guess_takes_no_vote_back(hall: Hall) -> None:
    study, rita = begun(hall)
    rate_all(hall, study, rita, likes("warm"))
    assert undo_last(hall.store, study.id, rita) is not None
    rate_all(hall, study, rita, likes("warm"))
    guess(hall.store, study.id, rita, at_hand(hall, rita).duel_id, Guess.LEFT, ago())

    with pytest.raises(Refused, match="began to guess"):
        undo_last(hall.store, study.id, rita)


def test_a_note_stays_with_its_duel_through_an_undo(hall: Hall) -> None:
    study, rita = begun(hall)
    duel = at_hand(hall, rita)
    write_note(hall.store, duel.duel_id, rita, " Too cold. ", duel.left_text[:12].upper())
    vote(hall.store, duel.duel_id, rita, Outcome.RIGHT, ago())
    undo_last(hall.store, study.id, rita)

    assert note_on(hall.store, duel.duel_id).text == "Too cold."
    assert hall.store.value("select side from duel_notes") == "left"
    write_note(hall.store, duel.duel_id, rita, "", " ")
    assert hall.store.value("select count(*) from duel_notes") == 0


def test_a_passage_stands_in_an_answer_however_it_is_spaced() -> None:
    assert place_of("the  PLAIN\nnotice", "Consult the plain notice.") == (8, 24)
    assert place_of("(a+b)", "what is (a+b)?") == (8, 13)
    assert place_of("gone", "Consult the plain notice.") is None
    assert place_of("  ", "Consult the plain notice.") is None


def test_a_note_about_words_of_nobody_or_on_a_strangers_duel_is_refused(hall: Hall) -> None:
    _, rita = begun(hall)
    duel = at_hand(hall, rita)

    with pytest.raises(Refused, match="in neither answer"):
        write_note(hall.store, duel.duel_id, rita, "Odd.", "words of nobody")
    with pytest.raises(Refused, match="up to 2,000"):
        write_note(hall.store, duel.duel_id, rita, "x" * 2001, "")
    with pytest.raises(NotAllowed, match="another rater"):
        write_note(hall.store, duel.duel_id, hall.owner, "Mine.", "")
    assert hall.store.value("select count(*) from duel_notes") == 0


def test_remarks_name_the_arm_whose_words_they_are_once_the_study_is_closed(hall: Hall) -> None:
    study, rita = begun(hall)
    first = at_hand(hall, rita)
    write_note(hall.store, first.duel_id, rita, "Cold.", "consult the plain notice")
    vote(hall.store, first.duel_id, rita, Outcome.TIE, ago())
    vote(hall.store, at_hand(hall, rita).duel_id, rita, Outcome.SKIP, ago(), Reason.KNOWN)
    with pytest.raises(Refused, match="is not closed"):
        remarks(hall.store, study)

    noted, skipped = remarks(hall.store, close_study(hall.store, study, hall.owner))

    assert (noted.rater, noted.text, noted.about) == ("Rita", "Cold.", (hall.base.id,))
    assert (skipped.text, skipped.reason) == ("", Reason.KNOWN)


def test_only_a_skip_has_a_reason(hall: Hall) -> None:
    _, rita = begun(hall)

    with pytest.raises(Refused, match="Only a skip"):
        vote(hall.store, at_hand(hall, rita).duel_id, rita, Outcome.LEFT, ago(), Reason.KNOWN)


def test_notes_stand_in_the_votes_file_for_owners_alone(hall: Hall) -> None:
    study, rita = begun(hall)
    duel = at_hand(hall, rita)
    write_note(hall.store, duel.duel_id, rita, "=cmd|' /C calc'!A0", "")
    vote(hall.store, duel.duel_id, rita, Outcome.SKIP, ago(), Reason.UNCLEAR)
    viewer = hall.rater("Eva")
    with hall.store.transaction("test") as tx:
        grant(tx, hall.project.id, viewer, Role.VIEWER)
    closed = close_study(hall.store, study, hall.owner)

    for person, there in ((hall.owner, True), (viewer, False)):
        file = votes_csv(hall.store, closed, person).decode("utf-8-sig")
        (row,) = csv.DictReader(io.StringIO(file))
        assert row["reason"] == "unclear"
        assert ("note" in row) is there
        assert "calc" not in file or row["note"].startswith("'")


def test_on_a_scale_the_better_rated_answer_wins_and_the_ratings_are_kept(hall: Hall) -> None:
    study, rita = begun(hall, quality="Politeness")

    for number in range(12):
        duel = at_hand(hall, rita)
        points = (5 - number % 3, 3) if "warm" in duel.left_text else (3, 5 - number % 3)
        assert score(hall.store, duel.duel_id, rita, *points, ago())

    closed = close_study(hall.store, study, hall.owner)
    found = rated(hall.store, closed)
    assert found is not None
    assert found.n_prompts == 12
    assert found.first == pytest.approx(4)
    assert found.second == pytest.approx(3)
    outcomes = hall.store.rows("select outcome = 'tie', count(*) from votes group by all order by all")
    assert outcomes == [(False, 8), (True, 4)]


def test_a_study_is_rated_in_its_own_form(hall: Hall) -> None:
    study, rita = begun(hall, quality="Politeness")
    duel = at_hand(hall, rita)

    with pytest.raises(Refused, match="another form"):
        vote(hall.store, duel.duel_id, rita, Outcome.LEFT, ago())
    with pytest.raises(Refused, match="from 1 to 5"):
        score(hall.store, duel.duel_id, rita, 0, 6, ago())
    assert vote(hall.store, duel.duel_id, rita, Outcome.SKIP, ago(), Reason.SUBJECT)
    with pytest.raises(Conflict):
        score(hall.store, duel.duel_id, rita, 1, 5, ago())
    assert rated(hall.store, close_study(hall.store, study, hall.owner)) is None


def test_a_study_nobody_rated_has_no_asides(hall: Hall) -> None:
    closed = close_study(hall.store, hall.study(), hall.owner)

    assert second_looks(hall.store, closed) is None
    assert blinding(hall.store, closed).n_guesses == 0
    assert remarks(hall.store, closed) == []
    assert rated(hall.store, closed) is None
