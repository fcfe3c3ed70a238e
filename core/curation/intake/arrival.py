"""Arrivals: a row of a file, cleaned and checked, as the item it would become, or why it cannot."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from core.curation.intake.mapping import FIELDS, Mapping, check_mapping
from core.curation.intake.table import Rejected, Row, Table
from core.curation.items import NewItem, Turn, item_fingerprint
from core.curation.projects import Kind, Project
from core.text.fingerprint import normalised

LONGEST_TEXT = 100_000
LONGEST_NAME = 1_000
EVERY = 1_000
"""After how many rows progress is told."""

CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ufeff\ufffe\uffff]")
HALF_CHARACTER = re.compile(r"[\ud800-\udfff]")

Progress = Callable[[int, int], None]
"""Told how many of how many rows are done."""


@dataclass(frozen=True)
class Arrival:
    """A row that can be taken: the line it begins on, the item, its reply if it has one."""

    line: int
    item: NewItem
    reply: str | None
    fingerprint: str
    cleaned: bool


@dataclass(frozen=True)
class Arrivals:
    """What a file brings before it is compared with what is there."""

    taken: tuple[Arrival, ...]
    rejected: tuple[Rejected, ...]


def arrivals(project: Project, table: Table, mapping: Mapping, progress: Progress | None = None) -> Arrivals:
    """Clean and check every row.

    Raises:
        Refused: the mapping names a column that the file lacks.
    """
    check_mapping(table, mapping)
    reader = _Reader(project, table, mapping)
    taken: list[Arrival] = []
    rejected = list(table.rejected)
    total = len(table.rows)
    for done, row in enumerate(table.rows):
        if progress is not None and done % EVERY == 0:
            progress(done, total)
        found = reader.read(row)
        if isinstance(found, Arrival):
            taken.append(found)
        else:
            rejected.append(found)
    return Arrivals(tuple(taken), tuple(sorted(rejected, key=lambda one: one.line)))


class _Unusable(Exception):
    """A cell that cannot be taken."""

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(reason)
        self.field = field
        self.reason = reason


class _Reader:
    """Reads rows by a mapping into a project."""

    def __init__(self, project: Project, table: Table, mapping: Mapping) -> None:
        named = {field: getattr(mapping, field) for field in FIELDS}
        self._columns = {field: column for field, column in named.items() if column is not None}
        self._places = {field: table.columns.index(column) for field, column in self._columns.items()}
        self._width = len(table.columns)
        self._labels = {normalised(label): label for label in project.labels}
        self._removed = 0
        self._is_label_project = project.kind is Kind.LABEL

    def read(self, row: Row) -> Arrival | Rejected:
        """The row as it would arrive."""
        self._removed = 0
        try:
            question = self._question(row)
            reply = self._reply(row)
            turns = tuple(self._turn(turn) for turn in row.conversation)
            names = {field: self._name(row, field) for field in ("topic", "ticket", "customer")}
        except _Unusable as unusable:
            return Rejected(row.line, unusable.field, unusable.reason)
        item = NewItem(question, turns, **names)
        return Arrival(row.line, item, reply or None, item_fingerprint(item), self._removed > 0)

    def _question(self, row: Row) -> str:
        question = self._text(row, "question")
        if not question:
            raise _Unusable(self._columns["question"], "The question is blank.")
        return question

    def _reply(self, row: Row) -> str:
        reply = self._text(row, "reply")
        if not reply or not self._is_label_project:
            return reply
        label = self._labels.get(normalised(reply))
        if label is None:
            known = ", ".join(self._labels.values())
            shown = reply if len(reply) <= 60 else f"{reply[:59]}…"  # noqa: PLR2004 - a readable length
            raise _Unusable(
                self._columns["reply"], f"{shown!r} is not one of this project's labels: {known}."
            )
        return label

    def _text(self, row: Row, field: str) -> str:
        """A cell that people will read, cleaned; empty where the file has no column for it."""
        place = self._places.get(field)
        if place is None:
            return ""
        column = self._columns[field]
        if place >= len(row.cells):
            cells = f"{len(row.cells)} of {self._width} cells"
            raise _Unusable(column, f"The row breaks off before the {field}: it has {cells}.")
        return self._clean(row.cells[place], column, LONGEST_TEXT)

    def _turn(self, turn: Turn) -> Turn:
        return Turn(turn.role, self._clean(turn.text, "conversation", LONGEST_TEXT))

    def _name(self, row: Row, field: str) -> str | None:
        """A cell that names something, on one line."""
        place = self._places.get(field)
        if place is None or place >= len(row.cells):
            return None
        return " ".join(self._clean(row.cells[place], self._columns[field], LONGEST_NAME).split()) or None

    def _clean(self, text: str, field: str, longest: int) -> str:
        """The text without control characters, its lines ended alike, nothing blank around it."""
        if len(text) > longest:
            reason = f"The text has {len(text):,} characters; the most that is taken is {longest:,}."
            raise _Unusable(field, reason)
        if text.isprintable():
            return text.strip()
        if HALF_CHARACTER.search(text):
            raise _Unusable(
                field,
                "The text holds bytes that are not UTF-8, or half a character. Mend it and import it again.",
            )
        lined = text.replace("\r\n", "\n").replace("\r", "\n")
        cleaned, removed = CONTROL.subn("", lined)
        self._removed += removed
        return cleaned.strip()
