"""Raters see two answers and nothing else; each duel has one vote, by its own rater."""

import dataclasses
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from core.errors import Conflict, NotAllowed, Refused
from core.people.membership import grant
from core.people.persons import Person
from core.people.roles import Role
from core.rating.duels import DuelView, Standing, begin, desk
from core.rating.guessing import decline
from core.rating.prompts import prompts_of
from core.rating.raters import progress_of
from core.rating.seating import a_stands_left
from core.rating.studies import close_study
from core.rating.votes import Outcome, undo_last, vote
from core.store.store import Store
from tests.core.rating.study_hall import LONG_AGO, Hall, furnished, likes, plain, rate_all, warm


def at_hand(hall: Hall, rater: Person) -> DuelView:
    duel = desk(hall.store, hall.project.id, rater).duel
    assert duel is not None
    return duel


def cast(hall: Hall, duel: DuelView, rater: Person, outcome: Outcome = Outcome.TIE) -> bool:
    return vote(hall.store, duel.duel_id, rater, outcome, datetime.now(UTC) - LONG_AGO)


def test_a_rater_is_offered_the_study_then_rates_it_to_the_end(hall: Hall) -> None:
    rita = hall.rater("Rita")
    assert desk(hall.store, hall.project.id, rita).standing is Standing.NOTHING
    study = hall.study()
    assert desk(hall.store, hall.project.id, rita).standing is Standing.INVITED

    seen = rate_all(hall, study, rita, likes("warm"))
    decline(hall.store, study.id, rita)

    found = desk(hall.store, hall.project.id, rita)
    assert (seen, found.standing, found.done, found.total) == (12, Standing.DONE, 12, 12)


def test_what_a_rater_gets_names_no_arm_and_no_model(hall: Hall) -> None:
    rita = hall.rater("Rita")
    begin(hall.store, hall.study().id, rita)

    duel = at_hand(hall, rita)

    assert {field.name for field in dataclasses.fields(duel)} == {
        "study_id", "duel_id", "position", "total", "question", "conversation", "left_text", "right_text",
    }  # fmt: skip
    for name in (hall.base.name, hall.tuned.name, hall.base.model, hall.tuned.model, "local"):
        assert name not in str(duel)


def test_every_rater_sees_the_prompts_in_the_order_drawn(hall: Hall) -> None:
    raters = [hall.rater(name) for name in ("Rita", "Rob")]
    study = hall.study()
    order = [prompt.item_id for prompt in prompts_of(hall.store, study.id)]

    for rater in raters:
        begin(hall.store, study.id, rater)
        shown = hall.store.rows("select item_id from duels where rater_id = ? order by position", rater.id)
        assert [item_id for (item_id,) in shown] == order


def test_in_every_block_of_four_each_arm_stands_left_twice() -> None:
    sides = a_stands_left("a secret", 1, 7, 40)

    assert [sum(sides[start : start + 4]) for start in range(0, 40, 4)] == [2] * 10
    assert len({tuple(sides[start : start + 4]) for start in range(0, 40, 4)}) > 1


def test_sides_differ_between_raters_and_studies_and_stay_the_same_for_one() -> None:
    assert a_stands_left("a secret", 1, 7, 40) == a_stands_left("a secret", 1, 7, 40)
    others = (("a secret", 1, 8), ("a secret", 2, 7), ("another", 1, 7))
    assert all(a_stands_left(*other, 40) != a_stands_left("a secret", 1, 7, 40) for other in others)


def test_sides_are_fixed_in_the_database_and_the_texts_follow_them(hall: Hall) -> None:
    rita = hall.rater("Rita")
    begin(hall.store, hall.study().id, rita)
    begin(hall.store, 1, rita)

    fixed = hall.store.rows("select id, left_arm from duels order by position")
    assert len(fixed) == 12
    assert Counter(arm for _, arm in fixed) == {hall.base.id: 6, hall.tuned.id: 6}
    for duel_id, left_arm in fixed:
        duel = at_hand(hall, rita)
        assert duel.duel_id == duel_id
        assert ("warm" in duel.left_text) == (left_arm == hall.tuned.id)
        cast(hall, duel, rita)


def test_nobody_but_its_rater_votes_on_a_duel(hall: Hall) -> None:
    rita, rob = hall.rater("Rita"), hall.rater("Rob")
    begin(hall.store, hall.study().id, rita)

    with pytest.raises(NotAllowed, match="another rater"):
        cast(hall, at_hand(hall, rita), rob)

    assert hall.store.value("select count(*) from votes") == 0


def test_an_owner_who_is_no_rater_may_not_begin(hall: Hall) -> None:
    with pytest.raises(NotAllowed, match="rate answers"):
        begin(hall.store, hall.study().id, hall.owner)


def test_one_vote_a_duel_and_the_first_one_stands(hall: Hall) -> None:
    rita = hall.rater("Rita")
    begin(hall.store, hall.study().id, rita)
    duel = at_hand(hall, rita)
    cast(hall, duel, rita, Outcome.LEFT)

    with pytest.raises(Conflict, match="decided already"):
        cast(hall, duel, rita, Outcome.RIGHT)

    assert hall.store.rows("select outcome from votes") == [("left",)]


def test_a_duel_that_is_not_the_one_at_hand_is_refused(hall: Hall) -> None:
    rita = hall.rater("Rita")
    study = hall.study()
    begin(hall.store, study.id, rita)
    cast(hall, at_hand(hall, rita), rita)
    stale = at_hand(hall, rita)
    undo_last(hall.store, study.id, rita)

    with pytest.raises(Conflict, match="another tab"):
        cast(hall, stale, rita)


def test_a_vote_within_four_tenths_of_a_second_is_not_taken(hall: Hall) -> None:
    rita = hall.rater("Rita")
    begin(hall.store, hall.study().id, rita)
    duel = at_hand(hall, rita)
    now = datetime.now(UTC)

    assert not vote(hall.store, duel.duel_id, rita, Outcome.LEFT, now)
    assert not vote(hall.store, duel.duel_id, rita, Outcome.LEFT, now + timedelta(hours=1))
    assert hall.store.value("select count(*) from votes") == 0
    assert cast(hall, duel, rita)


def test_taking_back_a_vote_brings_its_duel_back_and_is_remembered(hall: Hall) -> None:
    rita = hall.rater("Rita")
    study = hall.study()
    begin(hall.store, study.id, rita)
    first = at_hand(hall, rita)
    cast(hall, first, rita, Outcome.BOTH_BAD)
    assert at_hand(hall, rita).position == 2

    assert undo_last(hall.store, study.id, rita) == first.duel_id

    assert at_hand(hall, rita) == first
    assert hall.store.rows("select duel_id, rater_id, outcome from undone_votes") == [
        (first.duel_id, rita.id, "both_bad")
    ]
    assert undo_last(hall.store, study.id, rita) is None


def test_who_wrote_a_golden_reply_of_the_test_split_cannot_rate(hall: Hall) -> None:
    with hall.store.transaction("test") as tx:
        grant(tx, hall.project.id, hall.author, Role.RATER)
    study = hall.study()

    assert desk(hall.store, hall.project.id, hall.author).standing is Standing.AUTHOR
    with pytest.raises(NotAllowed, match="nobody rates what they helped to write"):
        begin(hall.store, study.id, hall.author)


def test_a_study_has_as_many_raters_as_were_planned(hall: Hall) -> None:
    rita, rob = hall.rater("Rita"), hall.rater("Rob")
    study = hall.study(raters=1)
    begin(hall.store, study.id, rita)

    assert desk(hall.store, hall.project.id, rob).standing is Standing.FULL
    with pytest.raises(Refused, match="planned for 1"):
        begin(hall.store, study.id, rob)


def test_identical_pairs_are_never_shown(store: Store, olga: Person, anna: Person) -> None:
    hall = furnished(store, olga, anna, base=lambda row: warm(row) if row.item_id % 2 else plain(row))
    rita = hall.rater("Rita")
    study = hall.study()
    different = sum(not prompt.identical for prompt in prompts_of(store, study.id))

    assert rate_all(hall, study, rita, likes("warm")) == different < 12


def test_a_failed_answer_stays_in_the_study_as_no_answer(store: Store, olga: Person, anna: Person) -> None:
    hall = furnished(store, olga, anna, tuned=lambda row: None if row.item_id % 2 else warm(row))
    rita = hall.rater("Rita")
    study = hall.study()

    begin(store, study.id, rita)
    shown = set()
    for _ in range(12):
        duel = at_hand(hall, rita)
        shown |= {duel.left_text, duel.right_text}
        cast(hall, duel, rita)

    assert "(no answer)" in shown


def test_a_closed_study_takes_no_votes_and_none_back(hall: Hall) -> None:
    rita = hall.rater("Rita")
    study = hall.study()
    begin(hall.store, study.id, rita)
    cast(hall, at_hand(hall, rita), rita)
    duel = at_hand(hall, rita)
    close_study(hall.store, study, hall.owner)

    with pytest.raises(Refused, match="closed in the meantime"):
        cast(hall, duel, rita)
    with pytest.raises(Refused, match="no longer be taken back"):
        undo_last(hall.store, study.id, rita)
    assert desk(hall.store, hall.project.id, rita).standing is Standing.NOTHING


def test_progress_counts_votes_of_everybody_who_began(hall: Hall) -> None:
    rita, rob = hall.rater("Rita"), hall.rater("Rob")
    study = hall.study()
    rate_all(hall, study, rita, likes("warm"), at_most=3)
    begin(hall.store, study.id, rob)

    assert [(one.person.name, one.done, one.total) for one in progress_of(hall.store, study.id)] == [
        ("Rita", 3, 12),
        ("Rob", 0, 12),
    ]
