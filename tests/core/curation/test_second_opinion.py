"""Second opinions: a sample of decided replies is judged again by somebody who does not know how."""

import pytest

from core.curation import review
from core.curation.items import State
from core.curation.review import Reason
from core.curation.review_rates import rates
from core.curation.second_opinion import concord, give, to_give
from core.errors import NotAllowed, Refused
from tests.core.curation.desk import Desk

REPLY = "Please ask at desk 4, we are glad to help you there all day."
MANY = 40


def decide_many(desk: Desk) -> None:
    for number in range(MANY):
        item = desk.submitted(f"Question number {number} about something?", REPLY)
        if number % 4:
            review.approve(desk.store, item.id, desk.ben)
        else:
            review.send_back(desk.store, item.id, Reason.TONE, "Warmer.", desk.ben)


def give_all(desk: Desk, decision: State, reason: Reason | None = None) -> int:
    given = 0
    while (asked := to_give(desk.store, desk.project, desk.carl)) is not None:
        give(desk.store, asked.reply.id, decision, desk.carl, reason)
        given += 1
    return given


def test_about_a_tenth_of_the_decided_replies_is_asked_about_and_never_those_one_decided(desk: Desk) -> None:
    decide_many(desk)

    assert to_give(desk.store, desk.project, desk.ben) is None
    assert 1 <= give_all(desk, State.APPROVED) <= MANY // 4


def test_an_opinion_changes_nothing_about_the_reply_and_shows_where_two_differ(desk: Desk) -> None:
    decide_many(desk)
    asked = to_give(desk.store, desk.project, desk.carl)
    assert asked is not None
    before = desk.now(asked.item)

    given = give_all(desk, State.RETURNED, Reason.WRONG_FACT)
    found = concord(desk.store, desk.project.id)

    assert desk.now(asked.item) == before
    assert found.given == given
    assert found.agreed + len(found.apart) == given
    assert {one.second for one in found.apart} == {State.RETURNED}
    assert {one.first for one in found.apart} == {State.APPROVED}


def test_whoever_wrote_or_decided_gives_no_second_opinion(desk: Desk) -> None:
    decide_many(desk)
    asked = to_give(desk.store, desk.project, desk.carl)
    assert asked is not None

    for person in (desk.ben, desk.anna):
        with pytest.raises(NotAllowed):
            give(desk.store, asked.reply.id, State.APPROVED, person)
    give(desk.store, asked.reply.id, State.APPROVED, desk.carl)
    with pytest.raises(Refused, match="meanwhile"):
        give(desk.store, asked.reply.id, State.APPROVED, desk.olga)


def test_sending_back_takes_a_reason_here_too(desk: Desk) -> None:
    decide_many(desk)
    asked = to_give(desk.store, desk.project, desk.carl)
    assert asked is not None

    with pytest.raises(Refused, match="why"):
        give(desk.store, asked.reply.id, State.RETURNED, desk.carl)


def test_return_rates_say_of_how_many_and_why(desk: Desk) -> None:
    decide_many(desk)

    found = rates(desk.store, desk.project.id)

    assert (found.everything.decided, found.everything.returned) == (MANY, MANY // 4)
    assert [(one.name, one.decided, one.returned) for one in found.reasons] == [("tone", MANY, MANY // 4)]


def test_a_new_writers_replies_are_reviewed_first(desk: Desk) -> None:
    for number in range(review.NEW_WRITER):
        desk.approved(f"Where is desk {number}?", REPLY)
    desk.submitted("Is there a ferry to the islands?", REPLY)
    desk.submitted("Which bus goes downtown?", REPLY, by=desk.carl)

    first, second = review.inbox(desk.store, desk.project, desk.ben)

    assert (first.reply.author, first.new_writer) == (desk.carl.name, True)
    assert (second.reply.author, second.new_writer) == (desk.anna.name, False)
