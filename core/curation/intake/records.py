"""Records: files of JSON objects, one on each line (JSONL) or all in one list; every broken one is listed."""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from core.curation.intake.chat import read_chat
from core.curation.intake.decode import BLANK, Decoded
from core.curation.intake.record import Record
from core.curation.intake.table import SUPPORTED, Rejected, Row, Table, counted
from core.errors import Refused
from core.formats.broken_json import Broken, explain, strict_object

PROMPT_ENDS = ("\n\n###\n\n", "\n\n===\n\n", " ->", "\n\nIntent:\n\n")
COMPLETION_ENDS = (" END", "\n###", " ###", "\n\n###\n\n", "\nEND")
"""What older training files put after each prompt and completion so that a model knew where they end."""

CHAT_START = '{"messages"'
"""Such lines are read a second time, strictly, as chat."""

JOINED = "instruction + input"
INPUTS = ("input", "context")


@dataclass(frozen=True)
class _Lines:
    """What stands on the lines of a JSONL file."""

    records: list[Record]
    rejected: list[Rejected]
    notes: list[str]


def read_lines(name: str, decoded: Decoded) -> Table:
    """Read a JSONL file.

    Raises:
        Refused: no line is a JSON object, or they have a shape that cannot be read yet.
    """
    found = _objects(decoded.text)
    notes = [*decoded.notes, *found.notes]
    if not found.records:
        raise Refused(
            f"No line of {name} can be read. Line {found.rejected[0].line}: {found.rejected[0].reason} "
            "Nothing was imported."
        )
    return _table(name, decoded.encoding, found.records, found.rejected, notes, one_list=False)


def read_document(name: str, decoded: Decoded) -> Table:
    """Read one JSON document: a list of objects. A record's line is its number, counted from 1.

    Raises:
        Refused: it is broken, or no list of objects, or has a shape that cannot be read yet.
    """
    try:
        document = json.loads(decoded.text)
    except json.JSONDecodeError as error:
        raise Refused(
            f"{name} is broken JSON at line {error.lineno}, column {error.colno}: {error.msg}. Mend it there "
            "or export it again; nothing was imported."
        ) from error
    except (ValueError, RecursionError) as error:
        _, reason = explain(decoded.text[:1], error)
        raise Refused(f"{name} cannot be read: {reason} Nothing was imported.") from error
    if isinstance(document, dict) and str(document.get("type", "")).startswith("conversation"):
        raise _not_yet(name, "an Intercom export of conversations")
    if not isinstance(document, list):
        raise Refused(
            f"{name} holds one JSON object, not a list of them. Put the objects into a list, or one on each "
            f"line; nothing was imported. Supported are {SUPPORTED}."
        )
    records, rejected = [], []
    for number, entry in enumerate(document, start=1):
        if isinstance(entry, dict):
            records.append(Record(number, entry))
        else:
            rejected.append(Rejected(number, "", "The record is no JSON object."))
    if not records:
        raise Refused(f"{name} is a JSON list without an object in it. Nothing was imported.")
    return _table(name, decoded.encoding, records, rejected, list(decoded.notes), one_list=True)


def is_one_document(text: str) -> bool:
    """Whether the text is one JSON list or object over all of its lines."""
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


def _objects(text: str) -> _Lines:
    found = _Lines([], [], [])
    lines = text.rstrip().split("\n")
    blank = 0
    for number, raw in enumerate(lines, start=1):
        line = raw.strip(BLANK)
        if not line:
            blank += 1
            continue
        try:
            document = json.loads(line) if line.startswith(CHAT_START) else strict_object(line)
        except Broken as broken:
            found.rejected.append(Rejected(number, broken.field, broken.reason))
        except (ValueError, RecursionError) as error:
            found.rejected.append(Rejected(number, *explain(line, error)))
        else:
            if isinstance(document, dict):
                found.records.append(Record(number, document, line))
            else:
                found.rejected.append(Rejected(number, "", "The line is no JSON object."))
    if blank:
        found.notes.append(f"Skipped: {counted(blank, 'blank line')} between the rows.")
    return found


def _table(
    name: str,
    encoding: str,
    records: list[Record],
    rejected: list[Rejected],
    notes: list[str],
    *,
    one_list: bool,
) -> Table:
    keys = Counter(key for record in records for key in record.document)
    half = len(records) / 2
    if keys["messages"] >= half:
        table = read_chat(name, encoding, records, notes)
    else:
        _must_be_supported(name, records, keys, half)
        table = _flat_table(name, encoding, records, notes, "json" if one_list else "jsonl")
    found = tuple(sorted((*rejected, *table.rejected), key=lambda one: one.line))
    return Table(name, table.format, encoding, table.columns, table.rows, found, table.notes)


def _must_be_supported(name: str, records: list[Record], keys: Counter[str], half: float) -> None:
    if keys["conversations"] >= half or keys["conversation"] >= half:
        raise _not_yet(name, "a file of ShareGPT conversations")
    if keys["comments"] >= half and any(
        isinstance(record.document.get("comments"), list) for record in records
    ):
        raise _not_yet(name, "a Zendesk export of tickets with their comments")
    if keys["preferred_output"] >= half:
        raise _not_yet(name, "a file of preference pairs")


def _not_yet(name: str, kind: str) -> Refused:
    return Refused(
        f"{name} is {kind}, which cannot be imported yet. Export it as a table with a question and a reply "
        f"in each row; nothing was imported. Supported are {SUPPORTED}."
    )


def _flat_table(name: str, encoding: str, records: list[Record], notes: list[str], kind: str) -> Table:
    """A row an object, a column a key; keys that hold lists or objects are left out."""
    keys = list(dict.fromkeys(key for record in records for key in record.document))
    nested = {key for key in keys if _is_nested(records, key)}
    if nested:
        notes.append(f"Left out, because they hold lists or objects: {', '.join(sorted(nested))}.")
    columns = tuple(key for key in keys if key not in nested)
    rows: list[Row] = []
    rejected: list[Rejected] = []
    for record in records:
        odd = next((key for key in columns if isinstance(record.document.get(key), list | dict)), None)
        if odd is None:
            cells = tuple(_cell(record.document.get(key)) for key in columns)
            rows.append(Row(record.line, cells))
        else:
            rejected.append(Rejected(record.line, odd, f"{odd} holds a list or an object, not a text."))
    table = Table(name, kind, encoding, columns, tuple(rows), tuple(rejected), tuple(notes))
    if {"prompt", "completion"} <= set(columns):
        return _without_marks(table)
    if "instruction" in columns and any(one in columns for one in INPUTS):
        return _with_inputs(table)
    return table


def _is_nested(records: Sequence[Record], key: str) -> bool:
    values = [record.document[key] for record in records if record.document.get(key) is not None]
    return 2 * sum(isinstance(value, list | dict) for value in values) > len(values)


def _cell(value: Any) -> str:
    if isinstance(value, str):
        return value
    return "" if value is None else json.dumps(value)


def _with_inputs(table: Table) -> Table:
    """Alpaca and Dolly: the question is the instruction with the text it is about."""
    instruction = table.columns.index("instruction")
    about = table.columns.index(next(one for one in INPUTS if one in table.columns))
    rows = tuple(
        Row(row.line, ("\n".join(filter(None, (row.cells[instruction], row.cells[about]))), *row.cells))
        for row in table.rows
    )
    kind = "alpaca" if "output" in table.columns else table.format
    columns = (JOINED, *table.columns)
    return Table(table.name, kind, table.encoding, columns, rows, table.rejected, table.notes)


def _without_marks(table: Table) -> Table:
    """Prompt and completion without the marks that older training files end them with."""
    prompt, completion = table.columns.index("prompt"), table.columns.index("completion")
    notes = list(table.notes)
    ends = {
        prompt: _common_end([row.cells[prompt] for row in table.rows], PROMPT_ENDS),
        completion: _common_end([row.cells[completion] for row in table.rows], COMPLETION_ENDS),
    }
    for place, end in ends.items():
        if end:
            notes.append(f"Every {table.columns[place]} ended with the mark {end.strip()!r}; it was removed.")
    rows = tuple(
        Row(row.line, tuple(cell.removesuffix(ends.get(at, "")) for at, cell in enumerate(row.cells)))
        for row in table.rows
    )
    return Table(
        table.name, "prompt-completion", table.encoding, table.columns, rows, table.rejected, tuple(notes)
    )


def _common_end(texts: list[str], marks: tuple[str, ...]) -> str:
    told = [text for text in texts if text]
    return next((mark for mark in marks if told and all(text.endswith(mark) for text in told)), "")
