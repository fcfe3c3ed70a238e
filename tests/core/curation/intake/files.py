"""A file read to its end: its rows, what could not be read of it, and what was said about it."""

import json
from dataclasses import dataclass
from typing import Any

from core.curation.intake.reading import Wanted, read_file
from core.curation.intake.source import source_of
from core.curation.intake.table import Reading, Rejected, Row, Tally, Turns


@dataclass(frozen=True)
class Found:
    """Everything a file holds."""

    reading: Reading
    rows: list[Row]
    rejected: list[Rejected]
    notes: tuple[str, ...]

    @property
    def format(self) -> str:
        return self.reading.format

    @property
    def columns(self) -> tuple[str, ...]:
        return self.reading.columns

    @property
    def cells(self) -> list[tuple[str | None, ...]]:
        return [row.cells for row in self.rows]


def found(
    content: str | bytes,
    name: str = "file.csv",
    *,
    turns: Turns = Turns.LAST,
    sheet: str | None = None,
    encoding: str | None = None,
) -> Found:
    """The file, read with all its columns."""
    data = content.encode() if isinstance(content, str) else content
    reading = read_file(source_of(name, data), Wanted(turns, sheet, encoding))
    tally = Tally()
    all_rows = list(reading.read(reading.columns, tally))
    rows = [one for one in all_rows if isinstance(one, Row)]
    rejected = [one for one in all_rows if isinstance(one, Rejected)]
    return Found(reading, rows, rejected, (*reading.notes, *tally.sentences()))


def lines(*documents: Any, name: str = "file.jsonl", turns: Turns = Turns.LAST) -> Found:
    """Objects, each on a line of its own."""
    texts = [one if isinstance(one, str) else json.dumps(one) for one in documents]
    return found("\n".join(texts), name, turns=turns)
