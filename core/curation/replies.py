"""Replies: the versions of an item's ideal answer."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from core.curation.items import Item
from core.people.persons import Person
from core.store.database import Reader, Row
from core.store.memory import part
from core.store.transaction import Transaction


class Origin(StrEnum):
    """How a reply came to be."""

    WRITTEN = "written"
    IMPORTED = "imported"
    EDITED = "edited"
    DRAFTED = "drafted by a model"


@dataclass(frozen=True)
class Reply:
    """One version of an ideal reply; `number` counts from 1 within its item."""

    id: int
    item_id: int
    number: int
    text: str
    origin: Origin
    author_id: int
    author: str
    written_at: datetime
    reviewer: str | None
    decision: str | None
    reason: str | None
    comment: str | None
    version: int


def add_reply(tx: Transaction, item: Item, text: str, author: Person, origin: Origin) -> int:
    """Add a new version of an item's reply and return its number in the workspace."""
    newest = tx.value("select max(number) from replies where item_id = ?", item.id)
    reply_id = tx.new_id("replies")
    tx.insert(
        "replies",
        {
            "id": reply_id,
            "item_id": item.id,
            "number": (newest or 0) + 1,
            "text": text,
            "origin": origin.value,
            "author_id": author.id,
            "written_at": tx.now,
            "version": 1,
        },
    )
    return reply_id


def reply_by_id(reader: Reader, reply_id: int) -> Reply | None:
    """The reply with this number."""
    tables = (part("replies", "id", reply_id), "people")
    asked = ("reply", reply_id)
    row = reader.recall(tables, asked, lambda: reader.row(f"{SELECT} where r.id = ?", reply_id))
    return reply_of(row) if row else None


def replies_of(reader: Reader, item_id: int) -> list[Reply]:
    """All versions of an item's reply, oldest first."""
    return [reply_of(row) for row in reader.rows(f"{SELECT} where r.item_id = ? order by r.number", item_id)]


COLUMNS = (
    "r.id, r.item_id, r.number, r.text, r.origin, r.author_id, a.name, r.written_at, v.name, "
    "r.decision, r.reason, r.comment, r.version"
)
SELECT = (
    f"select {COLUMNS} from replies r join people a on a.id = r.author_id "
    "left join people v on v.id = r.reviewer_id"
)


def reply_of(row: Row) -> Reply:
    """A reply from a row of COLUMNS."""
    number, item_id, count, text, origin, *rest = row
    return Reply(number, item_id, count, text, Origin(origin), *rest)
