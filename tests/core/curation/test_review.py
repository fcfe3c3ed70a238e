"""Review: a second person decides, never the author, and every decision is in the history."""

from collections.abc import Callable

import pytest

from core.curation import review, writing
from core.curation.contradictions.nearby import pairs_of
from core.curation.items import State, history_of
from core.curation.replies import replies_of
from core.errors import Conflict, NotAllowed, Refused
from core.people.membership import grant
from core.people.roles import Role
from tests.core.curation.desk import Desk

REPLY = "Your suitcase is kept at desk 4 in the arrivals hall, open until midnight."
BETTER = "Your suitcase is safe with us at desk 4 in the arrivals hall, open until midnight."


def test_an_approved_reply_is_the_golden_one_and_says_who_approved_it(desk: Desk) -> None:
    item = desk.submitted("Where is my bag?", REPLY)

    review.approve(desk.store, item.id, desk.ben)

    (reply,) = replies_of(desk.store, item.id)
    assert (reply.decision, reply.reviewer) == ("approved", "Ben")
    assert desk.state(item) is State.APPROVED
    last = history_of(desk.store, item.id)[-1]
    assert (last.person, last.action) == ("Ben", "approved")
    assert (last.state_from, last.state_to) == (State.SUBMITTED, State.APPROVED)


def test_nobody_decides_on_their_own_reply(desk: Desk) -> None:
    item = desk.submitted("Where is my bag?", REPLY, by=desk.ben)

    with pytest.raises(NotAllowed, match="Ben wrote this reply, so somebody else has to decide"):
        review.approve(desk.store, item.id, desk.ben)
    with pytest.raises(NotAllowed, match="somebody else"):
        review.send_back(desk.store, item.id, review.Reason.TONE, "", desk.ben)

    assert desk.state(item) is State.SUBMITTED
    assert history_of(desk.store, item.id)[-1].action == "submitted"


def test_an_owner_does_not_approve_their_own_reply_either(desk: Desk) -> None:
    item = desk.submitted("Where is my bag?", REPLY, by=desk.olga)

    with pytest.raises(NotAllowed, match="somebody else"):
        review.approve(desk.store, item.id, desk.olga)


def test_who_edits_a_reply_is_its_author_from_then_on(desk: Desk) -> None:
    item = desk.submitted("Where is my bag?", REPLY)
    review.edit(desk.store, item.id, BETTER, desk.ben)

    with pytest.raises(NotAllowed, match="Ben wrote this reply"):
        review.approve(desk.store, item.id, desk.ben)
    review.approve(desk.store, item.id, desk.carl)

    first, second = replies_of(desk.store, item.id)
    assert (first.text, first.author, first.decision) == (REPLY, "Anna", None)
    assert (second.text, second.author, second.reviewer) == (BETTER, "Ben", "Carl")
    actions = [event.action for event in history_of(desk.store, item.id)]
    assert actions == ["added", "submitted", "edited", "approved"]


def test_a_reply_is_sent_back_with_a_reason_and_a_sentence(desk: Desk) -> None:
    item = desk.submitted("Where is my bag?", REPLY)

    review.send_back(desk.store, item.id, review.Reason.WRONG_FACT, " Desk 5. ", desk.ben)

    last = history_of(desk.store, item.id)[-1]
    assert (last.action, last.reason, last.comment) == ("returned", "wrong_fact", "Desk 5.")
    assert desk.state(item) is State.RETURNED
    writing.submit(desk.store, item.id, BETTER, desk.anna)
    assert [reply.number for reply in replies_of(desk.store, item.id)] == [1, 2]


def test_the_inbox_holds_what_others_wrote_and_never_ones_own(desk: Desk) -> None:
    annas = desk.submitted("Where is my bag?", REPLY)
    bens = desk.submitted("Can I bring a drill?", REPLY, by=desk.ben)

    assert [one.item.id for one in review.inbox(desk.store, desk.project, desk.ben)] == [annas.id]
    assert {one.item.id for one in review.inbox(desk.store, desk.project, desk.carl)} == {annas.id, bens.id}
    assert review.own_submissions(desk.store, desk.project, desk.ben) == 1
    with pytest.raises(NotAllowed, match="Anna may not review replies"):
        review.inbox(desk.store, desk.project, desk.anna)


def test_what_the_checks_found_comes_first_in_the_inbox(desk: Desk) -> None:
    desk.submitted("Where is my bag?", REPLY)
    odd = desk.submitted(
        "Whom do I write to?", "Write to [NAME] at help@example.com or call +44 20 7946 0958."
    )

    first = review.inbox(desk.store, desk.project, desk.ben)[0]

    assert first.item.id == odd.id
    assert [finding.sentence for finding in first.findings] == [
        "A placeholder was left in.",
        "There is an e-mail address in it.",
        "There is a telephone number in it.",
    ]


def test_an_approved_reply_that_says_something_else_to_the_same_question_is_shown(desk: Desk) -> None:
    desk.approved("Where is my bag?", "It is at desk 9, on the second floor.")
    item = desk.submitted("where is MY bag?", REPLY)
    desk.submitted("Can I bring a drill?", REPLY)

    found = {one.item.id: one.contradicted for one in review.inbox(desk.store, desk.project, desk.ben)}

    assert found.pop(item.id)
    assert list(found.values()) == [False]
    (pair,) = pairs_of(desk.store, desk.project, item, REPLY)
    assert pair.other.reply == "It is at desk 9, on the second floor."


def test_a_reviewer_decides_on_what_they_saw_and_on_nothing_newer(desk: Desk) -> None:
    item = desk.submitted("Where is my bag?", REPLY)
    seen = item.reply_id
    writing.take_back(desk.store, item.id, desk.anna)
    writing.submit(desk.store, item.id, BETTER, desk.anna)

    decisions: tuple[Callable[[], None], ...] = (
        lambda: review.approve(desk.store, item.id, desk.ben, reply_id=seen),
        lambda: review.edit(desk.store, item.id, "Other words for it", desk.ben, reply_id=seen),
        lambda: review.send_back(desk.store, item.id, review.Reason.TONE, "", desk.ben, reply_id=seen),
    )
    for decide in decisions:
        with pytest.raises(Conflict, match="Another version"):
            decide()
    assert desk.state(item) is State.SUBMITTED
    review.approve(desk.store, item.id, desk.ben, reply_id=desk.now(item).reply_id)
    assert desk.state(item) is State.APPROVED


def test_what_is_not_submitted_cannot_be_decided_on(desk: Desk) -> None:
    waiting, golden = desk.asked("Where is my bag?"), desk.approved("When?", REPLY)

    for item, state in ((waiting, "waiting"), (golden, "approved")):
        with pytest.raises(Refused, match=f"is {state}; only a submitted reply"):
            review.approve(desk.store, item.id, desk.carl)
    with pytest.raises(Refused, match="no item with the number 999"):
        review.approve(desk.store, 999, desk.ben)


def test_an_edit_has_to_change_something_and_leave_something(desk: Desk) -> None:
    item = desk.submitted("Where is my bag?", REPLY)

    with pytest.raises(Refused, match="Nothing was changed in the reply"):
        review.edit(desk.store, item.id, f" {REPLY} ", desk.ben)
    with pytest.raises(Refused, match="The reply is empty"):
        review.edit(desk.store, item.id, " ", desk.ben)


@pytest.mark.parametrize("decision", ["approved", "returned"])
def test_a_decision_can_be_undone_and_waits_again(desk: Desk, decision: str) -> None:
    make = desk.approved if decision == "approved" else desk.returned
    item = make("Where is my bag?", REPLY)

    review.reopen(desk.store, item.id, desk.ben)

    (reply,) = replies_of(desk.store, item.id)
    assert (reply.decision, reply.reviewer, reply.reason) == (None, None, None)
    assert desk.state(item) is State.SUBMITTED
    assert history_of(desk.store, item.id)[-1].action == "decision undone"
    review.approve(desk.store, item.id, desk.carl)
    with pytest.raises(Refused, match="no decision"):
        review.reopen(desk.store, desk.asked("Another one?").id, desk.ben)


def test_the_author_does_not_undo_a_decision_on_their_own_reply(desk: Desk) -> None:
    item = desk.submitted("Where is my bag?", REPLY, by=desk.ben)
    review.send_back(desk.store, item.id, review.Reason.UNCLEAR, "", desk.carl)

    with pytest.raises(NotAllowed, match="somebody else"):
        review.reopen(desk.store, item.id, desk.ben)
    assert desk.state(item) is State.RETURNED


def test_nobody_reviews_without_the_role(desk: Desk) -> None:
    item = desk.submitted("Where is my bag?", REPLY, by=desk.ben)

    decisions: tuple[Callable[[], None], ...] = (
        lambda: review.approve(desk.store, item.id, desk.anna),
        lambda: review.edit(desk.store, item.id, BETTER, desk.anna),
        lambda: review.reopen(desk.store, item.id, desk.anna),
    )
    for decide in decisions:
        with pytest.raises(NotAllowed, match="takes the role owner or reviewer, and Anna has expert"):
            decide()
    with desk.store.transaction(desk.olga.email) as tx:
        grant(tx, desk.project.id, desk.anna, Role.REVIEWER)
    review.approve(desk.store, item.id, desk.anna)
    assert desk.state(item) is State.APPROVED
