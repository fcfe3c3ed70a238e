"""Arrivals: a row of a file, cleaned and checked, as the item it would become, or why it cannot."""

import re
from datetime import datetime
from typing import NamedTuple

from core.curation.intake.mapping import Mapping
from core.curation.intake.metadata import day_comes_first, language, moment, volume
from core.curation.intake.records.said import Unusable
from core.curation.intake.table import Aside, Reading, Rejected, Row, Tally, shortened
from core.curation.items import Turn, item_fingerprint
from core.curation.projects import Kind, Project
from core.text.fingerprint import normalised

LONGEST_TEXT = 100_000
LONGEST_NAME = 1_000
DATES_LOOKED_AT = 500

CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ufeff\ufffe\uffff]")
UNCLEAN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ufeff\ufffe\uffff\ud800-\udfff]")
ASCII_CONTROL = bytes([*range(0x09), *range(0x0B, 0x20), 0x7F])
HALF_CHARACTER = re.compile(r"[\ud800-\udfff]")


class Arrival(NamedTuple):
    """A row that can be taken: the line it begins on, and the item it becomes.

    `details` are further columns by their names; `cleaned` says that control characters were removed.
    """

    line: int
    question: str
    conversation: tuple[Turn, ...]
    reply: str | None
    topic: str | None
    ticket: str | None
    customer: str | None
    asked_at: datetime | None
    volume: int | None
    language: str | None
    details: tuple[tuple[str, str], ...]
    fingerprint: str
    cleaned: bool


class Checker:
    """Checks the rows of one file for one project."""

    def __init__(self, project: Project, reading: Reading, mapping: Mapping, tally: Tally) -> None:
        self.columns = mapping.columns
        """The columns whose cells each row must come with, in this order."""
        self._mapping = mapping
        self._tally = tally
        place = {column: number for number, column in enumerate(self.columns)}
        self._question = place[mapping.question]
        self._reply, self._topic, self._ticket, self._customer, self._date, self._volume, self._language = [
            None if column is None else place[column]
            for column in (
                mapping.reply, mapping.topic, mapping.ticket, mapping.customer, mapping.date, mapping.volume,
                mapping.language,
            )
        ]  # fmt: skip
        self._keep = [(column, place[column]) for column in mapping.keep]
        self._has_details = bool(self._keep) or self._date is not None or self._volume is not None
        self._day_first = _day_first(reading, mapping.date)
        self._labels = {normalised(label): label for label in project.labels}
        self._is_label_project = project.kind is Kind.LABEL
        self._cleaned = False

    def check(self, row: Row) -> Arrival | Rejected:
        """The row as it would arrive."""
        line, cells, conversation = row
        self._cleaned = False
        try:
            question = self._asked(cells)
            reply = self._text(cells, self._reply, "reply") if self._reply is not None else ""
            if reply and self._is_label_project:
                reply = self._label(reply)
            turns = tuple([self._turn(turn) for turn in conversation]) if conversation else ()
            topic, ticket, customer, spoken = [
                self._name(cells, place) if place is not None else None
                for place in (self._topic, self._ticket, self._customer, self._language)
            ]
            asked_at, asked, details = self._rest(cells) if self._has_details else (None, None, ())
        except Unusable as unusable:
            return Rejected(line, unusable.field, unusable.reason)
        return Arrival(
            line, question, turns, reply or None, topic, ticket, customer, asked_at, asked,
            language(spoken) if spoken else None, details, item_fingerprint(question, turns), self._cleaned,
        )  # fmt: skip

    def _asked(self, cells: tuple[str | None, ...]) -> str:
        question = self._text(cells, self._question, "question")
        if not question:
            raise Unusable(self._mapping.question, "The question is blank.")
        return question

    def _text(self, cells: tuple[str | None, ...], place: int, field: str) -> str:
        """A cell that people will read, cleaned."""
        text = cells[place]
        if text is None:
            reason = f"The row breaks off before the {field}: it has fewer cells than the header."
            raise Unusable(self.columns[place], reason)
        return self._clean(text, self.columns[place], LONGEST_TEXT)

    def _label(self, reply: str) -> str:
        label = self._labels.get(normalised(reply))
        if label is None:
            known = ", ".join(self._labels.values())
            reason = f"{shortened(reply, 60)!r} is not one of this project's labels: {known}."
            raise Unusable(self._mapping.reply or "", reason)
        return label

    def _turn(self, turn: Turn) -> Turn:
        return Turn(turn.role, self._clean(turn.text, "conversation", LONGEST_TEXT))

    def _name(self, cells: tuple[str | None, ...], place: int) -> str | None:
        """A cell that names something, on one line; None where it is blank."""
        text = cells[place]
        if not text:
            return None
        return " ".join(self._clean(text, self.columns[place], LONGEST_NAME).split()) or None

    def _rest(
        self, cells: tuple[str | None, ...]
    ) -> tuple[datetime | None, int | None, tuple[tuple[str, str], ...]]:
        """The date, the volume and what else is kept; what cannot be read is kept as it is written."""
        kept = {column: named for column, place in self._keep if (named := self._name(cells, place))}
        asked_at = asked = None
        if self._date is not None and (written := self._name(cells, self._date)):
            asked_at = moment(written, day_first=self._day_first)
            if asked_at is None:
                self._tally.add(Aside.NO_DATE)
                kept[self.columns[self._date]] = written
        if self._volume is not None and (written := self._name(cells, self._volume)):
            asked = volume(written)
            if asked is None:
                self._tally.add(Aside.NO_NUMBER)
                kept[self.columns[self._volume]] = written
        return asked_at, asked, tuple(kept.items())

    def _clean(self, text: str, field: str, longest: int) -> str:
        """The text without control characters, its lines ended alike, nothing blank around it."""
        if len(text) > longest:
            raise Unusable(field, f"The text is longer than {longest:,} characters, the most that is taken.")
        if text.isprintable() or _is_clean(text):
            return text.strip()
        if HALF_CHARACTER.search(text):
            raise Unusable(
                field,
                "The text holds bytes that cannot be read, or half a character. Mend it and import it again.",
            )
        lined = text.replace("\r\n", "\n").replace("\r", "\n")
        cleaned, removed = CONTROL.subn("", lined)
        self._cleaned = self._cleaned or removed > 0
        return cleaned.strip()


def _is_clean(text: str) -> bool:
    """Whether nothing has to be removed from a text of several lines, or one with signs that do not print."""
    if text.isascii():
        return len(text.encode().translate(None, ASCII_CONTROL)) == len(text)
    return not UNCLEAN.search(text)


def _day_first(reading: Reading, column: str | None) -> bool | None:
    if column is None:
        return None
    place = reading.columns.index(column)
    rows = (row for row in reading.first(DATES_LOOKED_AT) if not isinstance(row, Rejected))
    return day_comes_first(row.cells[place] or "" for row in rows)
