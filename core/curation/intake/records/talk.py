"""Talks: records that are conversations, each of which becomes one row or several."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from core.curation.intake.records.cells import Columns, columns_of
from core.curation.intake.records.exchanges import exchanges
from core.curation.intake.records.record import Record, Records
from core.curation.intake.records.said import Said, Unusable
from core.curation.intake.table import Aside, Reading, Rejected, Row, Tally, Turns, listed

QUESTION, REPLY = "question", "reply"


def _as_it_is(record: dict[str, Any]) -> dict[str, Any]:
    return record


@dataclass(frozen=True)
class Talk:
    """One shape of conversations.

    Attributes:
        format: its name.
        field: where in a record the messages stand.
        fits: whether a record is of this shape.
        said: the messages that customer and agent exchanged; raises Unusable.
        without: keys that are no columns.
        about: what else a record holds, as an object of plain values.
    """

    format: str
    field: str
    fits: Callable[[dict[str, Any]], bool]
    said: Callable[[dict[str, Any], Tally], list[Said]]
    without: frozenset[str] = frozenset()
    about: Callable[[dict[str, Any]], dict[str, Any]] = _as_it_is


def talk_reading(records: Records, documents: list[dict[str, Any]], talk: Talk, turns: Turns) -> Reading:
    """Tell how a file of conversations is to be read.

    Args:
        records: the file.
        documents: its first records.
        talk: their shape.
        turns: which turn of a conversation is to be answered.
    """
    found = columns_of(map(talk.about, documents), talk.without | {QUESTION, REPLY})
    known = {key for document in documents for key in document}
    notes = list(records.notes)
    if found.nested:
        notes.append(f"Left out, because they hold lists of objects: {listed(found.nested)}.")

    def read(wanted: tuple[str, ...], tally: Tally) -> Iterator[Row | Rejected]:
        rows = _rows(talk, turns, wanted, found, tally)
        for record in records.each(tally):
            if isinstance(record, Rejected):
                yield record
                continue
            if not record.document.keys() <= known:
                tally.add(Aside.LATE_COLUMN)
            try:
                yield from rows(record)
            except Unusable as unusable:
                yield Rejected(record.line, unusable.field, unusable.reason)

    columns = (QUESTION, REPLY, *found.cells)
    kind = records.format if records.format == "parquet" else talk.format
    return Reading(
        records.name, kind, records.encoding, records.unit, columns, read, tuple(notes), has_turns=True
    )


def _rows(
    talk: Talk, turns: Turns, wanted: tuple[str, ...], found: Columns, tally: Tally
) -> Callable[[Record], Iterator[Row]]:
    """How a record becomes rows with the wanted cells; what cannot be read raises Unusable."""
    extra = [(place, found.cells[name]) for place, name in enumerate(wanted) if name in found.cells]
    asked = [place for place, name in enumerate(wanted) if name == QUESTION]
    replied = [place for place, name in enumerate(wanted) if name == REPLY]

    def rows(record: Record) -> Iterator[Row]:
        about = talk.about(record.document) if extra else {}
        cells = [""] * len(wanted)
        for place, cell in extra:
            cells[place] = cell(about)
        for one in exchanges(talk.said(record.document, tally), turns, talk.field, tally):
            for place in asked:
                cells[place] = one.question
            for place in replied:
                cells[place] = one.reply
            yield Row(record.line, tuple(cells), one.before)

    return rows
