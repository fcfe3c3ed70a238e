"""Records: files of JSON objects, one on each line or all in one document; every broken one is listed."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from operator import truediv
from typing import Any, NamedTuple

from core.curation.intake.plain.decode import BLANK, Encoding, open_text, whole_text
from core.curation.intake.records.said import KINDS, is_turn
from core.curation.intake.source import Source
from core.curation.intake.table import SUPPORTED, Aside, Rejected, Tally, Unit
from core.curation.intake.words import is_known
from core.errors import Refused
from core.formats.broken_json import Broken, explain, strict_object

MOST_DOCUMENT = 400 << 20
"""Bytes of a JSON document, which is read whole."""

LISTS = (
    "tickets", "conversations", "records", "results", "data", "items", "rows", "examples", "questions",
    "entries", "instances", "dialogues", "chats",
)  # fmt: skip
"""Where exports keep their records."""


class Record(NamedTuple):
    """One JSON object; `line` is the physical line it stands on, or its number in a document."""

    line: int
    document: dict[str, Any]


@dataclass(frozen=True)
class Records:
    """A file of records.

    Attributes:
        name: the file's name.
        format: json, jsonl or parquet.
        encoding: as people are told.
        unit: what a record's number counts.
        each: goes through the records once, from the first.
        notes: sentences about the file.
    """

    name: str
    format: str
    encoding: str
    unit: Unit
    each: Callable[[Tally], Iterator[Record | Rejected]]
    notes: tuple[str, ...] = ()


def records_by_line(source: Source, encoding: Encoding) -> Records:
    """A file with an object on each line.

    Raises:
        Refused: none of its lines is one.
    """

    def each(tally: Tally) -> Iterator[Record | Rejected]:
        text, binary = open_text(source, encoding, newline="\n")
        tally.share = lambda: 1.0 if binary.closed else binary.tell() / source.size
        blank = 0
        with text:
            for number, raw in enumerate(text, start=1):
                line = raw.strip(BLANK)
                if not line:
                    blank += 1
                    continue
                if blank:
                    tally.add(Aside.BLANK_LINE, blank)
                    blank = 0
                yield _record(number, line)

    problem: Rejected | None = None
    for found in each(Tally()):
        if isinstance(found, Record):
            return Records(source.name, "jsonl", encoding.called, Unit.LINE, each, encoding.notes)
        problem = problem or found
    first = f" Line {problem.line}: {problem.reason}" if problem else ""
    raise Refused(f"No line of {source.name} can be read.{first} Nothing was imported.")


def records_of_document(source: Source, encoding: Encoding) -> Records:
    """A file that is one JSON document: a list of objects, one object that holds such a list, or one record.

    Raises:
        Refused: it is broken, too large, or holds no object.
    """
    if source.size > MOST_DOCUMENT:
        raise Refused(
            f"{source.name} is one JSON document of {source.size >> 20:,} MB, and such a document is read "
            f"whole; the most that is taken is {MOST_DOCUMENT >> 20} MB. Export it as JSONL, with one object "
            "on each line; nothing was imported."
        )
    try:
        document = json.loads(whole_text(source, encoding))
    except json.JSONDecodeError as error:
        raise Refused(
            f"{source.name} is broken JSON at line {error.lineno}, column {error.colno}: {error.msg}. Mend "
            "it there or export it again; nothing was imported."
        ) from error
    except (ValueError, RecursionError) as error:
        _, reason = explain("", error)
        raise Refused(f"{source.name} cannot be read: {reason} Nothing was imported.") from error
    entries = _entries(source.name, document)

    def each(tally: Tally) -> Iterator[Record | Rejected]:
        for number, entry in enumerate(entries, start=1):
            tally.share = partial(truediv, number, len(entries))
            if isinstance(entry, dict):
                yield Record(number, entry)
            else:
                yield Rejected(number, "", f"The record is no JSON object; it is {KINDS[type(entry)]}.")

    return Records(source.name, "json", encoding.called, Unit.RECORD, each, encoding.notes)


def is_one_document(source: Source, encoding: Encoding) -> bool:
    """Whether a JSON file is one document, rather than an object on each line.

    A list is one, and so is what goes on over several lines; an object that ends on its line has others after
    it. Of a broken first line the file's name tells.
    """
    text, _ = open_text(source, encoding, newline="\n")
    with text:
        lines = (line for raw in text if (line := raw.strip(BLANK)))
        first, second = next(lines, ""), next(lines, None)
    by_name = source.name.lower().endswith((".jsonl", ".ndjson"))
    if second is None or (first.startswith("[") and not by_name):
        return True
    return not _is_whole(first) and (not by_name or first.endswith(("{", "[", ",")))


def _record(number: int, line: str) -> Record | Rejected:
    try:
        document = strict_object(line)
    except Broken as broken:
        return Rejected(number, broken.field, broken.reason)
    except (ValueError, RecursionError) as error:
        return Rejected(number, *explain(line, error))
    if isinstance(document, dict):
        return Record(number, document)
    return Rejected(number, "", f"The line is no JSON object; it is {KINDS[type(document)]}.")


def _entries(name: str, document: Any) -> list[Any]:
    entries = _listed_in(document) if isinstance(document, dict) else document
    if not isinstance(entries, list):
        raise Refused(
            f"{name} holds {KINDS[type(document)]}, not a list of objects. Put the objects into a list, or "
            f"one on each line; nothing was imported. Supported are {SUPPORTED}."
        )
    if not any(isinstance(entry, dict) for entry in entries):
        raise Refused(f"{name} is a JSON list without an object in it. Nothing was imported.")
    return entries


def _listed_in(document: dict[str, Any]) -> list[Any]:
    """The records that an object holds; or the object itself, as the only one."""
    lists = {
        key: value
        for key, value in document.items()
        if isinstance(value, list) and value and isinstance(value[0], dict) and not is_turn(value[0])
    }
    is_record = any(isinstance(value, str) and is_known(key) for key, value in document.items())
    named = next((key for key in LISTS if key in lists), None)
    return [document] if is_record or named is None else lists[named]


def _is_whole(line: str) -> bool:
    try:
        json.loads(line)
    except (ValueError, RecursionError):
        return False
    return True
