"""Labour: how long people write at a reply, pauses left out."""

from dataclasses import dataclass
from datetime import timedelta

from core.people.persons import Person
from core.store.store import Store
from core.store.transaction import Transaction

IDLE = timedelta(seconds=60)
"""Whoever shows no sign for longer did something else; of such a pause nothing is counted."""


@dataclass(frozen=True)
class Labour:
    """What approved replies took their writers: of how many it is known, the median and the sum."""

    replies: int
    median_seconds: float
    seconds: float


def show_sign(tx: Transaction, item_id: int, person: Person) -> None:
    """The person sees, types or submits something of this item now."""
    key = {"item_id": item_id, "person_id": person.id}
    row = tx.row(CLOCK, item_id, person.id)
    if row is None:
        tx.insert("writing_clock", {**key, "seconds": 0.0, "seen_at": tx.now})
        return
    seconds, seen_at = row
    gap = tx.now - seen_at
    worked = gap.total_seconds() if gap <= IDLE else 0.0
    tx.update("writing_clock", key, {"seconds": seconds + worked, "seen_at": tx.now})


def note_labour(tx: Transaction, item_id: int, reply_id: int, person: Person) -> None:
    """Keep what this reply took, and let the clock begin anew."""
    show_sign(tx, item_id, person)
    seconds, _ = tx.row(CLOCK, item_id, person.id) or (0.0, None)
    tx.insert("reply_times", {"reply_id": reply_id, "seconds": seconds})
    tx.delete("writing_clock", {"item_id": item_id, "person_id": person.id})


def labour_of(store: Store, project_id: int) -> Labour | None:
    """What the approved replies of a project took; None where it is known of none."""

    def ask() -> Labour | None:
        row = store.row(
            "select count(*), median(t.seconds), sum(t.seconds) from items i "
            "join reply_times t on t.reply_id = i.reply_id "
            "where i.project_id = ? and i.state = 'approved'",
            project_id,
        )
        return Labour(*row) if row and row[0] else None

    return store.recall(("items", "reply_times"), ("labour", project_id), ask)


CLOCK = "select seconds, seen_at from writing_clock where item_id = ? and person_id = ?"
