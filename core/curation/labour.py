"""Labour: how long people write at a reply, pauses left out."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from core.errors import Refused
from core.people.persons import Person
from core.people.roles import Action, require
from core.store.memory import part
from core.store.store import Store
from core.store.transaction import Transaction

IDLE = timedelta(seconds=60)
"""Whoever shows no sign for longer did something else; of such a pause nothing is counted."""
NOTED = timedelta(seconds=10)
"""Signs nearer to the last one that was noted are not noted themselves."""

MOST_PER_HOUR = 10_000


@dataclass(frozen=True)
class Labour:
    """What approved replies took their writers: of how many it is known, the median and the sum."""

    replies: int
    median_seconds: float
    seconds: float


def show_sign(tx: Transaction, item_id: int, person: Person) -> None:
    """The person sees, types or submits something of this item now."""
    key = {"item_id": item_id, "person_id": person.id}
    row = _clock(tx, item_id, person)
    if row is None:
        tx.insert("writing_clock", {**key, "seconds": 0.0, "seen_at": tx.now})
    elif tx.now - row[1] >= NOTED:
        tx.update("writing_clock", key, {"seconds": _worked(tx, row), "seen_at": tx.now})


def note_labour(tx: Transaction, item_id: int, reply_id: int, person: Person) -> None:
    """Keep what this reply took, and let the clock begin anew."""
    row = _clock(tx, item_id, person)
    tx.insert("reply_times", {"reply_id": reply_id, "seconds": _worked(tx, row) if row else 0.0})
    if row is not None:
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


def declare_rate(store: Store, project_id: int, per_hour: float, person: Person) -> None:
    """Say what an hour of writing costs, in USD; the newest word counts for every round.

    Raises:
        NotAllowed: the person may not freeze datasets here.
        Refused: it is no price.
    """
    with store.transaction(person.email) as tx:
        require(tx, project_id, person, Action.FREEZE)
        if not 0 < per_hour <= MOST_PER_HOUR:
            raise Refused(f"An hour costs more than 0 and up to {MOST_PER_HOUR:,} USD. Nothing was changed.")
        row = {"id": tx.new_id("labour_rates"), "project_id": project_id, "per_hour": per_hour}
        tx.insert("labour_rates", {**row, "person_id": person.id, "declared_at": tx.now})


def rate_of(store: Store, project_id: int) -> float | None:
    """USD for an hour of writing; None where nobody declared it."""
    sql = "select per_hour from labour_rates where project_id = ? order by id desc limit 1"
    rate: float | None = store.recall(
        ("labour_rates",), ("labour rate", project_id), lambda: store.value(sql, project_id)
    )
    return rate


def _clock(tx: Transaction, item_id: int, person: Person) -> tuple[float, datetime] | None:
    """The seconds worked until the last sign, and when that was."""
    tables = (part("writing_clock", "item_id", item_id),)
    asked = ("writing clock", item_id, person.id)
    row = tx.recall(tables, asked, lambda: tx.row(CLOCK, item_id, person.id))
    return None if row is None else (row[0], row[1])


def _worked(tx: Transaction, clock: tuple[float, datetime]) -> float:
    """The seconds worked until now."""
    seconds, seen_at = clock
    gap = tx.now - seen_at
    return seconds + (gap.total_seconds() if gap <= IDLE else 0.0)


CLOCK = "select seconds, seen_at from writing_clock where item_id = ? and person_id = ?"
