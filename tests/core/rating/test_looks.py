"""Looks at an open study are written down, once for each person and each new state of its votes."""

import pytest

from core.errors import NotAllowed
from core.rating.looks import looks_at, note_look
from core.rating.studies import close_study
from core.rating.votes import undo_last
from tests.core.rating.study_hall import Hall, likes, rate_all


def test_a_look_counts_once_until_the_votes_change(hall: Hall) -> None:
    rita = hall.rater("Rita")
    study = hall.study()
    note_look(hall.store, study, hall.owner)
    assert looks_at(hall.store, study.id) == []

    rate_all(hall, study, rita, likes("warm"), at_most=3)
    note_look(hall.store, study, hall.owner)
    note_look(hall.store, study, hall.owner)
    undo_last(hall.store, study.id, rita)
    note_look(hall.store, study, hall.owner)

    looks = looks_at(hall.store, study.id)
    assert [(look.person, look.n_votes) for look in looks] == [("Olga", 3), ("Olga", 2)]
    assert {look.seen for look in looks} == {"evidence without a direction"}


def test_a_closed_study_may_be_looked_at_freely(hall: Hall) -> None:
    rita = hall.rater("Rita")
    study = hall.study()
    rate_all(hall, study, rita, likes("warm"), at_most=3)
    close_study(hall.store, study, hall.owner)

    note_look(hall.store, study, hall.owner)

    assert looks_at(hall.store, study.id) == []


def test_who_may_not_see_verdicts_does_not_look(hall: Hall) -> None:
    rita = hall.rater("Rita")
    study = hall.study()

    with pytest.raises(NotAllowed, match="see verdicts"):
        note_look(hall.store, study, rita)
