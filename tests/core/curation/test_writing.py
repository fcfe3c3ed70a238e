"""Writing: items are handed out one person at a time, and nothing typed is lost."""

import pytest

from core.curation import queue, review, writing
from core.curation.items import Item, State, count_by_state, history_of
from core.curation.projects import Kind, create_project
from core.curation.replies import replies_of
from core.errors import Conflict, NotAllowed, Refused
from core.people.membership import grant
from core.people.persons import Person, add_person
from core.people.roles import Role
from core.store.store import Store
from tests.core.curation.desk import Desk

REPLY = "Your suitcase is kept at desk 4 in the arrivals hall, open until midnight."


def handed(desk: Desk, person: Person) -> Item:
    item = queue.next_item(desk.store, desk.project, person)
    assert item is not None
    return item


def test_what_waits_longest_is_handed_out_first(desk: Desk) -> None:
    first, second = desk.asked("Where is my bag?"), desk.asked("Can I bring a drill?")

    assert handed(desk, desk.anna).id == first.id
    assert handed(desk, desk.ben).id == second.id


def test_a_held_item_stays_with_its_person_and_goes_to_nobody_else(desk: Desk) -> None:
    item = desk.asked("Where is my bag?")

    assert handed(desk, desk.anna).id == item.id
    assert handed(desk, desk.anna).id == item.id
    assert queue.next_item(desk.store, desk.project, desk.ben) is None
    with pytest.raises(Refused, match="Anna is writing this reply right now"):
        queue.take_item(desk.store, item.id, desk.ben)


def test_what_came_back_to_me_is_handed_to_me_first(desk: Desk) -> None:
    desk.asked("Where is my bag?")
    back = desk.returned("Can I bring a drill?", "No.")

    assert handed(desk, desk.anna).id == back.id
    assert handed(desk, desk.ben).id != back.id
    assert queue.waiting_for(desk.store, desk.project, desk.anna).returned_to_me == 1
    assert queue.waiting_for(desk.store, desk.project, desk.ben).returned_to_me == 0


def test_what_i_began_comes_before_what_nobody_began(desk: Desk) -> None:
    desk.asked("Where is my bag?")
    begun = desk.asked("Can I bring a drill?")
    writing.save_draft(desk.store, begun.id, "A drill", desk.anna)

    assert handed(desk, desk.anna).id == begun.id


def test_a_skipped_item_goes_to_the_end_and_says_why(desk: Desk) -> None:
    first, second = desk.asked("Where is my bag?"), desk.asked("Can I bring a drill?")
    queue.skip(desk.store, handed(desk, desk.anna).id, "I do not know the drill rules", desk.anna)

    assert handed(desk, desk.anna).id == second.id
    assert handed(desk, desk.ben).id == first.id
    last = history_of(desk.store, first.id)[-1]
    assert (last.person, last.action, last.state_from, last.state_to) == (
        "Anna", "skipped", State.WAITING, State.WAITING,
    )  # fmt: skip
    assert last.comment == "I do not know the drill rules"


def test_what_i_began_can_be_skipped_and_keeps_its_draft(desk: Desk) -> None:
    begun, other = desk.asked("Where is my bag?"), desk.asked("Can I bring a drill?")
    writing.save_draft(desk.store, begun.id, "Your bag", desk.anna)
    queue.skip(desk.store, begun.id, "", desk.anna)

    assert handed(desk, desk.anna).id == other.id
    draft = writing.draft_of(desk.store, begun.id, desk.anna)
    assert draft is not None
    assert draft.text == "Your bag"


def test_what_came_back_to_me_can_be_skipped(desk: Desk) -> None:
    back = desk.returned("Where is my bag?", "Gone.")
    other = desk.asked("Can I bring a drill?")
    queue.skip(desk.store, back.id, "Later", desk.anna)

    assert handed(desk, desk.anna).id == other.id
    assert desk.state(back) is State.RETURNED


def test_a_draft_survives_a_restart_of_the_server(desk: Desk) -> None:
    item = desk.asked("Where is my bag?")
    writing.save_draft(desk.store, item.id, "Your bag is", desk.anna)
    desk.store.close()

    again = Store(desk.store.home)
    draft = writing.draft_of(again, item.id, desk.anna)
    again.close()

    assert draft is not None
    assert draft.text == "Your bag is"


def test_a_first_draft_moves_the_item_and_is_nobody_elses(desk: Desk) -> None:
    item = desk.asked("Where is my bag?")
    writing.save_draft(desk.store, item.id, "   ", desk.anna)
    assert desk.state(item) is State.WAITING
    writing.save_draft(desk.store, item.id, "Your bag", desk.anna)
    writing.save_draft(desk.store, item.id, "Your bag is here.", desk.anna)

    assert desk.state(item) is State.DRAFT
    assert writing.draft_of(desk.store, item.id, desk.ben) is None
    assert [event.action for event in history_of(desk.store, item.id)] == ["added", "began"]


def test_an_emptied_draft_is_removed(desk: Desk) -> None:
    item = desk.asked("Where is my bag?")
    writing.save_draft(desk.store, item.id, "Your bag", desk.anna)
    writing.save_draft(desk.store, item.id, "", desk.anna)

    assert writing.draft_of(desk.store, item.id, desk.anna) is None


def test_a_late_draft_is_kept_and_takes_the_item_from_nobody(desk: Desk) -> None:
    desk.asked("Where is my bag?")
    item = handed(desk, desk.ben)
    writing.save_draft(desk.store, item.id, "Anna types on", desk.anna)

    assert writing.draft_of(desk.store, item.id, desk.anna) is not None
    assert handed(desk, desk.ben).id == item.id
    assert queue.next_item(desk.store, desk.project, desk.anna) is None


def test_a_submitted_reply_waits_for_review_with_its_history(desk: Desk) -> None:
    item = desk.asked("Where is my bag?")
    writing.save_draft(desk.store, item.id, "Your", desk.anna)
    writing.submit(desk.store, item.id, f"  {REPLY}\n", desk.anna)

    (reply,) = replies_of(desk.store, item.id)
    assert (reply.text, reply.author, reply.number) == (REPLY, "Anna", 1)
    assert desk.state(item) is State.SUBMITTED
    assert writing.draft_of(desk.store, item.id, desk.anna) is None
    assert [event.action for event in history_of(desk.store, item.id)] == ["added", "began", "submitted"]
    assert count_by_state(desk.store, desk.project.id)[State.SUBMITTED] == 1


def test_an_empty_reply_is_refused_and_the_draft_stays(desk: Desk) -> None:
    item = desk.asked("Where is my bag?")
    writing.save_draft(desk.store, item.id, "Your bag", desk.anna)

    with pytest.raises(Refused, match=r"The reply is empty\. Nothing was submitted"):
        writing.submit(desk.store, item.id, " \n ", desk.anna)

    draft = writing.draft_of(desk.store, item.id, desk.anna)
    assert draft is not None
    assert desk.state(item) is State.DRAFT


def test_in_a_label_project_only_a_label_is_a_reply(desk: Desk) -> None:
    with desk.store.transaction(desk.olga.email) as tx:
        labels = create_project(tx, "Complaints", desk.olga, kind=Kind.LABEL, labels=("Card", "Loan"))
        grant(tx, labels.id, desk.anna, Role.EXPERT)
    item = Desk(desk.store, labels, desk.anna, desk.ben, desk.carl, desk.olga).asked("My card is gone")

    with pytest.raises(Refused, match="'card' is not one of this project's labels: Card, Loan"):
        writing.submit(desk.store, item.id, "card", desk.anna)
    writing.submit(desk.store, item.id, "Card", desk.anna)

    assert desk.state(item) is State.SUBMITTED


def test_what_is_submitted_or_approved_is_not_written_over(desk: Desk) -> None:
    waiting, golden = desk.submitted("Where?", REPLY), desk.approved("When?", REPLY)

    for item in (waiting, golden):
        with pytest.raises(Refused, match="already"):
            writing.submit(desk.store, item.id, "Something else entirely", desk.ben)
        with pytest.raises(Refused, match="already"):
            writing.save_draft(desk.store, item.id, "Something else", desk.ben)
        with pytest.raises(Refused, match="already"):
            queue.skip(desk.store, item.id, "", desk.ben)
        assert [reply.text for reply in replies_of(desk.store, item.id)] == [REPLY]


def test_an_item_that_was_returned_meanwhile_is_shown_again_before_a_submission(desk: Desk) -> None:
    item = desk.asked("Where is my bag?")
    seen = desk.now(item).version
    writing.submit(desk.store, item.id, "No idea.", desk.anna)
    review.send_back(desk.store, item.id, review.Reason.TONE, "", desk.ben)

    with pytest.raises(Conflict, match="changed since you opened it"):
        writing.submit(desk.store, item.id, REPLY, desk.anna, seen=seen)

    assert desk.state(item) is State.RETURNED


def test_a_submission_can_be_taken_back_while_nobody_decided(desk: Desk) -> None:
    item = desk.submitted("Where is my bag?", REPLY)
    with pytest.raises(Refused, match="not yours"):
        writing.take_back(desk.store, item.id, desk.ben)

    writing.take_back(desk.store, item.id, desk.anna)

    draft = writing.draft_of(desk.store, item.id, desk.anna)
    assert draft is not None
    assert draft.text == REPLY
    assert desk.state(item) is State.DRAFT
    assert history_of(desk.store, item.id)[-1].action == "taken back"
    assert handed(desk, desk.anna).id == item.id
    assert queue.next_item(desk.store, desk.project, desk.ben) is None


def test_a_decided_submission_cannot_be_taken_back(desk: Desk) -> None:
    item = desk.approved("Where is my bag?", REPLY)

    with pytest.raises(Refused, match="can no longer be taken back"):
        writing.take_back(desk.store, item.id, desk.anna)

    assert desk.state(item) is State.APPROVED


def test_nobody_writes_without_the_role(desk: Desk) -> None:
    item = desk.asked("Where is my bag?")
    vera = add_person(desk.store, "vera@example.com", "Vera")
    with desk.store.transaction(desk.olga.email) as tx:
        grant(tx, desk.project.id, vera, Role.VIEWER)

    for verb in (
        lambda: queue.next_item(desk.store, desk.project, vera),
        lambda: queue.take_item(desk.store, item.id, vera),
        lambda: writing.save_draft(desk.store, item.id, "Mine", vera),
        lambda: writing.submit(desk.store, item.id, REPLY, vera),
        lambda: queue.skip(desk.store, item.id, "", vera),
        lambda: writing.take_back(desk.store, item.id, vera),
    ):
        with pytest.raises(NotAllowed, match="Vera may not write replies here"):
            verb()
    assert [event.action for event in history_of(desk.store, item.id)] == ["added"]


def test_what_is_typed_after_somebody_else_submitted_is_kept_as_a_draft(desk: Desk) -> None:
    item = desk.submitted("Where is my bag?", REPLY, by=desk.anna)

    with pytest.raises(Refused, match=r"already submitted\. Your text is kept"):
        writing.save_draft(desk.store, item.id, "My own words.", desk.ben)

    kept = writing.draft_of(desk.store, item.id, desk.ben)
    assert kept is not None
    assert kept.text == "My own words."
    assert desk.state(item) is State.SUBMITTED


def test_taking_back_an_edit_leaves_the_version_before_it_for_review(desk: Desk) -> None:
    item = desk.submitted("Where is my bag?", REPLY, by=desk.anna)
    submitted = desk.now(item).reply_id
    review.edit(desk.store, item.id, f"{REPLY} It is on your left.", desk.ben)

    writing.take_back(desk.store, item.id, desk.ben)

    assert desk.state(item) is State.SUBMITTED
    assert desk.now(item).reply_id == submitted


def test_taking_back_writes_over_an_older_draft(desk: Desk) -> None:
    item = desk.asked("Where is my bag?")
    writing.save_draft(desk.store, item.id, "An older thought.", desk.anna)
    writing.submit(desk.store, item.id, REPLY, desk.anna)
    with pytest.raises(Refused):
        writing.save_draft(desk.store, item.id, "A later thought.", desk.anna)

    writing.take_back(desk.store, item.id, desk.anna)

    kept = writing.draft_of(desk.store, item.id, desk.anna)
    assert kept is not None
    assert kept.text == REPLY


def test_half_a_character_does_not_cost_the_rest_of_a_draft(desk: Desk) -> None:
    item = desk.asked("Where is my bag?")

    writing.save_draft(desk.store, item.id, "At desk 4 \ud83d today", desk.anna)

    kept = writing.draft_of(desk.store, item.id, desk.anna)
    assert kept is not None
    assert kept.text == "At desk 4 ? today"
