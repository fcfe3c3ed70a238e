"""Taking items out: everything that passes a filter, as a spreadsheet or as lines of JSON."""

import csv
import io
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from enum import StrEnum

from core.curation.library.filter import Filter, condition
from core.people.persons import Person
from core.people.roles import Action, require
from core.store.database import Row
from core.store.store import Store
from core.text.spreadsheet import without_formula


class Form(StrEnum):
    """A file people open."""

    CSV = "csv"
    JSONL = "jsonl"


COLUMNS = {
    "item": "i.id",
    "state": "i.state",
    "topic": "i.topic",
    "ticket": "i.ticket",
    "customer": "i.customer",
    "language": "i.language",
    "asked_at": "i.asked_at",
    "volume": "i.volume",
    "details": "i.details",
    "conversation": "i.conversation",
    "question": "i.question",
    "reply": "r.text",
    "author": "a.email",
    "reviewer": "v.email",
    "changed_at": "i.changed_at",
}


def take_out(store: Store, project_id: int, wanted: Filter, form: Form, person: Person) -> bytes:
    """The items that pass the filter, oldest first, with the reply at hand.

    Raises:
        NotAllowed: the person may not see this project.
    """
    require(store, project_id, person, Action.READ)
    found = condition(project_id, wanted)
    rows = store.rows(
        f"select {', '.join(COLUMNS.values())} from items i left join replies r on r.id = i.reply_id "
        "left join people a on a.id = r.author_id left join people v on v.id = r.reviewer_id "
        f"where {found.sql} order by i.id",
        *found.asked,
    )
    return _csv(rows) if form is Form.CSV else "".join(_lines(rows)).encode()


def _csv(rows: list[Row]) -> bytes:
    """Made for spreadsheets: with a byte order mark, and nothing that runs as a formula."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for row in rows:
        writer.writerow([without_formula(_written(value)) for value in row])
    return out.getvalue().encode("utf-8-sig")


def _lines(rows: list[Row]) -> Iterator[str]:
    for row in rows:
        named = dict(zip(COLUMNS, row, strict=True))
        named["conversation"] = json.loads(named["conversation"] or "[]")
        named["details"] = json.loads(named["details"] or "{}")
        named["changed_at"] = _written(named["changed_at"])
        named["asked_at"] = _written(named["asked_at"]) or None
        yield json.dumps(named, ensure_ascii=False) + "\n"


def _written(value: object) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="seconds")
    return "" if value is None else str(value)
