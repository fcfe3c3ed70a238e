"""Replies: the versions of an item's ideal answer."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from core.curation.items import Item
from core.people.persons import Person, names_of
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
    newest = item.reply_id and tx.value("select max(number) from replies where item_id = ?", item.id)
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
    tables = (part("replies", "id", reply_id),)
    asked = ("reply", reply_id)
    row = reader.recall(tables, asked, lambda: reader.row(f"{SELECT} where id = ?", reply_id))
    return _reply(row, names_of(reader)) if row else None


def replies_of(reader: Reader, item_id: int) -> list[Reply]:
    """All versions of an item's reply, oldest first."""
    names = names_of(reader)
    return [_reply(row, names) for row in reader.rows(f"{SELECT} where item_id = ? order by number", item_id)]


SELECT = (
    "select id, item_id, number, text, origin, author_id, written_at, reviewer_id, "
    "decision, reason, comment, version from replies"
)


def _reply(row: Row, names: Mapping[int, str]) -> Reply:
    """A reply from a row of SELECT; joining two names to it would take DuckDB three times as long."""
    number, item_id, count, text, origin, author_id, written_at, reviewer_id, *rest = row
    told = (author_id, names[author_id], written_at, names.get(reviewer_id))
    return Reply(number, item_id, count, text, Origin(origin), *told, *rest)
