"""Flat records: an object with a question and perhaps a reply; Alpaca, Dolly, prompt and completion too."""

from collections.abc import Iterator
from typing import Any

from core.curation.intake.records.cells import Cell, columns_of, plain_cell
from core.curation.intake.records.record import Records
from core.curation.intake.records.said import Unusable
from core.curation.intake.table import Aside, Reading, Rejected, Row, Tally, listed

JOINED = "instruction + input"
INSTRUCTION = "instruction"
INPUTS = ("input", "context")

PROMPT_ENDS = ("\n\n###\n\n", "\n\n===\n\n", " ->", "\n\nIntent:\n\n")
COMPLETION_ENDS = (" END", "\n###", " ###", "\n\n###\n\n", "\nEND")
"""What older training files put after each prompt and completion so that a model knew where they end."""


def flat_reading(records: Records, documents: list[dict[str, Any]]) -> Reading:
    """Tell how a file of flat records is to be read.

    Args:
        records: the file.
        documents: its first records.
    """
    found = columns_of(documents)
    cells = dict(found.cells)
    known = {key for document in documents for key in document}
    notes = list(records.notes)
    if found.nested:
        notes.append(f"Left out, because they hold lists or objects: {listed(found.nested)}.")
    about = next((key for key in INPUTS if key in cells), None)
    if INSTRUCTION in cells and about is not None:
        cells = {JOINED: _joined(about), **cells}
    if {"prompt", "completion"} <= cells.keys():
        cells["prompt"] = _without_mark("prompt", documents, PROMPT_ENDS, notes)
        cells["completion"] = _without_mark("completion", documents, COMPLETION_ENDS, notes)

    def read(wanted: tuple[str, ...], tally: Tally) -> Iterator[Row | Rejected]:
        asked = [(name if cells[name] is found.cells.get(name) else None, cells[name]) for name in wanted]
        for record in records.each(tally):
            if isinstance(record, Rejected):
                yield record
                continue
            line, document = record
            if not document.keys() <= known:
                tally.add(Aside.LATE_COLUMN)
            try:
                texts = [
                    value if key and (value := document.get(key)).__class__ is str else cell(document)
                    for key, cell in asked
                ]
            except Unusable as unusable:
                yield Rejected(line, unusable.field, unusable.reason)
            else:
                yield Row(line, tuple(texts))

    kind = _called(records.format, known)
    return Reading(records.name, kind, records.encoding, records.unit, tuple(cells), read, tuple(notes))


def _called(kind: str, keys: set[str]) -> str:
    """The name of the format, by its keys."""
    if kind == "parquet":
        return kind
    if {"chosen", "rejected"} <= keys:
        return "preference-pairs"
    if {"prompt", "completion"} <= keys:
        return "prompt-completion"
    if {INSTRUCTION, "output"} <= keys:
        return "alpaca"
    return "dolly" if {INSTRUCTION, "context", "response"} <= keys else kind


def _joined(about: str) -> Cell:
    """Alpaca and Dolly: the question is the instruction with the text it is about."""
    first, second = plain_cell(INSTRUCTION), plain_cell(about)

    def cell(document: dict[str, Any]) -> str:
        return "\n".join(filter(None, (first(document), second(document))))

    return cell


def _without_mark(
    key: str, documents: list[dict[str, Any]], marks: tuple[str, ...], notes: list[str]
) -> Cell:
    """The text under a key without the mark that every such text ends with."""
    plain = plain_cell(key)
    told = [text for document in documents if isinstance(text := document.get(key), str) and text]
    mark = next((mark for mark in marks if told and all(text.endswith(mark) for text in told)), "")
    if not mark:
        return plain
    notes.append(f"Every {key} ended with the mark {mark.strip()!r}; it was removed.")
    return lambda document: plain(document).removesuffix(mark)
