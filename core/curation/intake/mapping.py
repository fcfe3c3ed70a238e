"""The mapping: which column holds the question, which the reply, and what is kept beside them."""

import json
import re
from collections.abc import Collection
from dataclasses import asdict, dataclass, fields

from core.curation.intake.table import Reading, Rejected, listed
from core.curation.intake.words import WORDS, WORTH_KEEPING, plain
from core.errors import Refused

MOST_KEPT = 20
"""Columns kept beside an item under names of their own."""

LABELS_IN = 500
"""Rows that are looked at for the labels of a project."""


@dataclass(frozen=True)
class Mapping:
    """The columns of an import; None where there is none for it. `keep` are kept under their own names."""

    question: str
    reply: str | None = None
    topic: str | None = None
    ticket: str | None = None
    customer: str | None = None
    date: str | None = None
    volume: str | None = None
    language: str | None = None
    keep: tuple[str, ...] = ()

    def __str__(self) -> str:
        named = [(field, column) for field in FIELDS if (column := getattr(self, field)) is not None]
        return ",".join(
            f"{field}={column}" for field, column in [*named, *((KEEP, one) for one in self.keep)]
        )

    @property
    def columns(self) -> tuple[str, ...]:
        """Every column that is read, each once."""
        mapped = (column for field in FIELDS if (column := getattr(self, field)) is not None)
        return tuple(dict.fromkeys([*mapped, *self.keep]))

    def to_json(self) -> str:
        """The mapping as the store keeps it."""
        return json.dumps(asdict(self), ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> "Mapping":
        """A mapping as it was kept."""
        kept = json.loads(text)
        return cls(**{**kept, KEEP: tuple(kept.get(KEEP, ()))})


KEEP = "keep"
FIELDS = tuple(field.name for field in fields(Mapping) if field.name != KEEP)
PAIR_START = re.compile(rf",(?=\s*(?:{'|'.join([*FIELDS, KEEP])})\s*=)", re.IGNORECASE)


def guess_mapping(reading: Reading, labels: Collection[str] = ()) -> Mapping | None:
    """The mapping the column names suggest, or None where none of them reads like a question.

    Args:
        reading: the file.
        labels: a label project's labels: the column that holds them is the reply, whatever its name.
    """
    found: dict[str, str] = {}
    labelled = _column_of_labels(reading, labels)
    if labelled is not None:
        found["reply"] = labelled
    for field in FIELDS:
        column = _named(field, [one for one in reading.columns if one not in found.values()])
        if field not in found and column is not None:
            found[field] = column
    if "question" not in found:
        return None
    keep = [one for one in reading.columns if one not in found.values() and plain(one) in WORTH_KEEPING]
    return Mapping(**found, keep=tuple(keep[:MOST_KEPT]))


def mapping_for(reading: Reading, text: str | None, labels: Collection[str] = ()) -> Mapping:
    """The mapping a person wrote as `question=COL,reply=COL,…`, or else the one the names suggest.

    What is written is used as it is: a field that is not named has no column. Only the question is guessed
    where it is missing. `keep=COL` may stand there more than once.

    Raises:
        Refused: it is not written so, names a column the file lacks, or no column reads like a question.
    """
    guessed = guess_mapping(reading, labels)
    if text is None:
        if guessed is None:
            raise Refused(
                f"No column of {reading.name} reads like the customer's question. Name it, for instance with "
                f"--map 'question=COLUMN,reply=COLUMN'; nothing was imported. Its columns: "
                f"{listed(reading.columns)}."
            )
        return guessed
    written, keep = _pairs(reading, text)
    if "question" not in written:
        if guessed is None or guessed.question in written.values():
            raise Refused(
                f"The mapping names no column for the question; nothing was imported. "
                f"The columns of {reading.name}: {listed(reading.columns)}."
            )
        written["question"] = guessed.question
    return Mapping(**written, keep=tuple(keep))


def check_mapping(reading: Reading, mapping: Mapping) -> None:
    """Make sure that every mapped column is there and stands for one thing.

    Raises:
        Refused: a column is missing, or is both the question and the reply, or too many are kept.
    """
    for field in FIELDS:
        column = getattr(mapping, field)
        if column is not None:
            _column(reading, field, column)
    for column in mapping.keep:
        _column(reading, KEEP, column)
    if len(mapping.keep) > MOST_KEPT:
        raise Refused(f"At most {MOST_KEPT} columns are kept beside the items; nothing was imported.")
    if mapping.question == mapping.reply:
        raise Refused(
            f"The column {mapping.question} of {reading.name} cannot be both the question and the reply. "
            "Choose two columns; nothing was imported."
        )


def _pairs(reading: Reading, text: str) -> tuple[dict[str, str], list[str]]:
    """What is written: a column for each field, and those that are kept."""
    written: dict[str, str] = {}
    keep: dict[str, None] = {}
    for pair in PAIR_START.split(text):
        field, equals, column = (part.strip() for part in pair.partition("="))
        field = field.lower()
        if not equals or field not in {*FIELDS, KEEP} or field in written:
            raise Refused(
                f"The mapping {text!r} cannot be read at {pair.strip()!r}. Write it as "
                f"'question=COLUMN,reply=COLUMN' with any of {', '.join(FIELDS)}, each once, and keep=COLUMN "
                "for what else is to be kept; nothing was imported."
            )
        if column and field == KEEP:
            keep[_column(reading, field, column)] = None
        elif column:
            written[field] = _column(reading, field, column)
    return written, list(keep)


def _column(reading: Reading, field: str, wanted: str) -> str:
    """The file's own spelling of a column."""
    if wanted in reading.columns:
        return wanted
    alike = [column for column in reading.columns if column.casefold() == wanted.casefold()]
    if len(alike) == 1:
        return alike[0]
    wish = "to keep" if field == KEEP else f"for the {field}"
    raise Refused(
        f"{reading.name} has no column {wanted!r} {wish}. Its columns: {listed(reading.columns)}. "
        "Choose one of them; nothing was imported."
    )


def _named(field: str, columns: list[str]) -> str | None:
    by_name: dict[str, str] = {}
    for column in columns:
        by_name.setdefault(plain(column), column)
    return next((by_name[word] for word in map(plain, WORDS[field]) if word in by_name), None)


def _column_of_labels(reading: Reading, labels: Collection[str]) -> str | None:
    """The column most of whose values are labels of the project."""
    known = {label.strip().casefold() for label in labels}
    if not known:
        return None
    rows = [row.cells for row in reading.first(LABELS_IN) if not isinstance(row, Rejected)]
    best, best_hits = None, 0
    for place, column in enumerate(reading.columns):
        values = [value for row in rows if (value := (row[place] or "").strip().casefold())]
        hits = sum(value in known for value in values)
        if 2 * hits > len(values) and hits > best_hits:
            best, best_hits = column, hits
    return best
