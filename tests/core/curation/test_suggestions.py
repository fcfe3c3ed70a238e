"""A model's suggestion is a start: nothing typed is lost to it, and reviewers see where a reply came from."""

import pytest

from core.curation import writing
from core.curation.items import State
from core.curation.replies import Origin
from core.curation.review import inbox
from core.curation.suggestions import keep_suggestion, newest_suggestion, take_suggestion, taken_suggestion
from core.errors import NotAllowed, Refused
from core.people.persons import ensure_person
from tests.core.curation.desk import Desk

SAID = "Please ask at desk 4, we are glad to help you there all day."


def suggest(desk: Desk, item_id: int) -> None:
    keep_suggestion(desk.store, item_id, "reply-picker", SAID, desk.anna)
    suggestion = newest_suggestion(desk.store, item_id, desk.anna)
    assert suggestion is not None
    take_suggestion(desk.store, suggestion, desk.anna)


def test_a_suggestion_that_is_taken_becomes_the_draft_and_begins_the_item(desk: Desk) -> None:
    item = desk.asked("Where is my suitcase?")

    suggest(desk, item.id)

    draft = writing.draft_of(desk.store, item.id, desk.anna)
    assert draft is not None
    assert draft.text == SAID
    assert desk.state(item) is State.DRAFT


def test_what_was_typed_stays_above_the_suggestion(desk: Desk) -> None:
    item = desk.asked("Where is my suitcase?")
    writing.save_draft(desk.store, item.id, "Dear guest,\n", desk.anna)

    suggest(desk, item.id)

    draft = writing.draft_of(desk.store, item.id, desk.anna)
    assert draft is not None
    assert draft.text == f"Dear guest,\n\n{SAID}"


def test_a_reply_that_began_with_a_model_says_so_in_review_until_it_is_decided(desk: Desk) -> None:
    item = desk.asked("Where is my suitcase?")
    suggest(desk, item.id)
    writing.submit(desk.store, item.id, f"{SAID} Until midnight.", desk.anna)

    (one,) = inbox(desk.store, desk.project, desk.ben)
    started_from = taken_suggestion(desk.store, item.id, one.reply.author_id)

    assert one.reply.origin is Origin.DRAFTED
    assert started_from is not None
    assert started_from.text == SAID


def test_a_suggestion_that_was_only_read_marks_nothing(desk: Desk) -> None:
    item = desk.asked("Where is my suitcase?")
    keep_suggestion(desk.store, item.id, "reply-picker", SAID, desk.anna)
    writing.submit(desk.store, item.id, "Ask at desk 9, it is open until midnight.", desk.anna)

    (one,) = inbox(desk.store, desk.project, desk.ben)

    assert one.reply.origin is Origin.WRITTEN


def test_suggestions_are_kept_for_writers_only_and_never_empty(desk: Desk) -> None:
    item = desk.asked("Where is my suitcase?")
    with desk.store.transaction(desk.olga.email) as tx:
        stranger = ensure_person(tx, "zed@example.com", "Zed")

    with pytest.raises(NotAllowed):
        keep_suggestion(desk.store, item.id, "reply-picker", SAID, stranger)
    with pytest.raises(Refused, match="nothing to suggest"):
        keep_suggestion(desk.store, item.id, "reply-picker", "  \n", desk.anna)
