"""How long a reply took: what was worked at it, by the store's clock, pauses left out."""

from core.curation import queue, review, writing
from core.curation.labour import labour_of
from tests.core.curation.desk import Desk

REPLY = "Please ask at desk 4, we are glad to help you there all day."


def seen_ago(desk: Desk, item_id: int, seconds: int) -> None:
    """As if the writer's last sign had been so long ago."""
    with desk.store.transaction(desk.anna.email) as tx:
        before = tx.value(
            "select seen_at - to_seconds(?) from writing_clock where item_id = ? and person_id = ?",
            seconds,
            item_id,
            desk.anna.id,
        )
        tx.update("writing_clock", {"item_id": item_id, "person_id": desk.anna.id}, {"seen_at": before})


def test_work_counts_and_a_long_pause_does_not(desk: Desk) -> None:
    item = desk.asked("Where is my suitcase?")
    queue.take_item(desk.store, item.id, desk.anna)
    seen_ago(desk, item.id, 30)
    writing.save_draft(desk.store, item.id, "Please ask", desk.anna)
    seen_ago(desk, item.id, 3600)
    writing.save_draft(desk.store, item.id, "Please ask at", desk.anna)
    seen_ago(desk, item.id, 20)

    writing.submit(desk.store, item.id, REPLY, desk.anna)
    review.approve(desk.store, item.id, desk.ben)

    labour = labour_of(desk.store, desk.project.id)
    assert labour is not None
    assert labour.replies == 1
    assert 50 <= labour.median_seconds < 60


def test_of_replies_that_came_with_a_file_it_is_unknown_not_zero(desk: Desk) -> None:
    assert labour_of(desk.store, desk.project.id) is None


def test_an_edited_reply_that_nobody_timed_is_left_out(desk: Desk) -> None:
    item = desk.submitted("Where is my suitcase?", REPLY)
    review.edit(desk.store, item.id, f"{REPLY} Until midnight.", desk.ben)
    review.approve(desk.store, item.id, desk.carl)

    assert labour_of(desk.store, desk.project.id) is None
