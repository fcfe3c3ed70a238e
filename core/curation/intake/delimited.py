"""Delimited tables: comma, semicolon, tab or bar between cells; each row knows its physical line."""

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator
from itertools import islice

from core.curation.intake.decode import BLANK, Decoded, empty
from core.curation.intake.mapping import is_known
from core.curation.intake.table import SUPPORTED, Rejected, Row, Table, counted, listed
from core.errors import Refused

DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}
ONE_COLUMN = "\x1f"
"""Stands for a delimiter in a file of one column, where commas belong to the text."""

SAMPLE_ROWS = 200
SAMPLE_CHARACTERS = 100_000
MOST_PREAMBLE = 20
LEAST_AGREEING = 0.5
SPEAKER = re.compile(r"^\s*(customer|agent|user|assistant|client|kunde|visitor|bot|rep)\s*:", re.IGNORECASE)
DECLARED = re.compile(r"sep=([,;\t|])\r?\n")

csv.field_size_limit(2**31 - 1)


_Line = tuple[int, list[str]]
"""The physical line on which a row begins, and its cells."""


def read_delimited(name: str, decoded: Decoded) -> Table:
    """Read a delimited table.

    Raises:
        Refused: it is a transcript, or a header without rows.
    """
    _must_not_be_transcript(name, decoded.text)
    delimiter = _delimiter(name, decoded.text)
    lines = list(_lines(decoded.text, delimiter))
    if not lines:
        raise empty(name)
    notes = list(decoded.notes)
    header = _header_place(lines)
    if header:
        notes.append(f"Skipped before the header: {counted(header, 'line')} that belong to no table.")
    columns = _column_names(lines[header][1], notes)
    body = lines[header + 1 :]
    if not body:
        raise Refused(
            f"{name} holds only its header ({listed(columns)}) and no rows. Nothing was imported; "
            "export it again with its rows."
        )
    rejected = _unclosed_quote(decoded.text, delimiter, body[-1][0])
    if rejected:
        body = body[:-1]
    rows = []
    for line in body:
        row = _row(line, columns, delimiter)
        if isinstance(row, Row):
            rows.append(row)
        else:
            rejected.append(row)
    kind = "tsv" if delimiter == "\t" else "csv"
    found = tuple(sorted(rejected, key=lambda one: one.line))
    return Table(name, kind, decoded.encoding, columns, tuple(rows), found, tuple(notes))


def _must_not_be_transcript(name: str, text: str) -> None:
    sample = [line for line in text[:SAMPLE_CHARACTERS].split("\n") if line.strip()][:SAMPLE_ROWS]
    if 2 * sum(bool(SPEAKER.match(line)) for line in sample) > len(sample):
        raise Refused(
            f"{name} is a plain transcript (who spoke, then a colon), which cannot be imported yet. Make it "
            "a table with a question and a reply in each row; nothing was imported. "
            f"Supported are {SUPPORTED}."
        )


def _lines(text: str, delimiter: str) -> Iterator[_Line]:
    """The rows that are not blank lines."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    begins = 1
    for cells in reader:
        if cells and not (begins == 1 and DECLARED.match(text)):
            yield begins, cells
        begins = reader.line_num + 1


def _delimiter(name: str, text: str) -> str:
    declared = DECLARED.match(text)
    if declared:
        return declared.group(1)
    first = next(line for line in io.StringIO(text) if line.strip(BLANK))
    if is_known(first.strip().strip('"')):
        return ONE_COLUMN
    order = sorted(DELIMITERS, key=lambda one: one != "\t" if name.lower().endswith((".tsv", ".tab")) else 0)
    scores = {delimiter: _score(text, delimiter) for delimiter in order}
    best = max(order, key=lambda one: scores[one])
    return best if scores[best][0] >= LEAST_AGREEING else ONE_COLUMN


def _score(text: str, delimiter: str) -> tuple[float, int]:
    """How many rows agree on a number of cells over one, and how many header cells have a name we know."""
    sample = text[:SAMPLE_CHARACTERS]
    rows = [cells for _, cells in islice(_lines(sample, delimiter), SAMPLE_ROWS)]
    if len(sample) < len(text) and len(rows) > 1:
        rows = rows[:-1]
    widths = Counter(len(row) for row in rows)
    width, agreeing = max(widths.items(), key=lambda found: (found[1], found[0]), default=(0, 0))
    if width < 2:  # noqa: PLR2004 - one cell a row is no table
        return 0.0, 0
    return agreeing / len(rows), max(sum(map(is_known, row)) for row in rows[:MOST_PREAMBLE])


def _header_place(lines: list[_Line]) -> int:
    """The first row nearly as wide as most: what a program printed before the table is narrower."""
    widths = Counter(len(cells) for _, cells in lines[:SAMPLE_ROWS])
    width = max(widths, key=lambda one: (widths[one], one))
    for place, (_, cells) in enumerate(lines[:MOST_PREAMBLE]):
        if len(cells) > width // 2:
            return place
    return 0


def _column_names(cells: list[str], notes: list[str]) -> tuple[str, ...]:
    """The header's names, each once and none blank."""
    names: list[str] = []
    for place, cell in enumerate(cells, start=1):
        wanted = " ".join(cell.encode("utf-8", "replace").decode().split()) or f"column {place}"
        found, count = wanted, 1
        while found in names:
            count += 1
            found = f"{wanted} ({count})"
        if found != wanted:
            notes.append(f"The column {wanted} stands there more than once; one is called {found} here.")
        names.append(found)
    return tuple(names)


def _row(line: _Line, columns: tuple[str, ...], delimiter: str) -> Row | Rejected:
    """The row; cells too many are refused, for they are mostly a reply cut in two."""
    begins, cells = line
    if len(cells) > len(columns):
        if any(cell.strip() for cell in cells[len(columns) :]):
            return Rejected(
                begins,
                "",
                f"The row has {len(cells)} cells, the header {len(columns)}. Put a cell that holds a "
                f"{DELIMITERS.get(delimiter, 'delimiter')} in quotation marks.",
            )
        cells = cells[: len(columns)]
    return Row(begins, tuple(cells))


def _unclosed_quote(text: str, delimiter: str, last: int) -> list[Rejected]:
    """The last row, if a quotation mark in it is never closed: everything after it was read as one cell."""
    if '"' not in text:
        return []
    tail = list(islice(io.StringIO(text, newline=""), last - 1, None))
    try:
        for _ in csv.reader(tail, delimiter=delimiter, strict=True):
            pass
    except csv.Error as error:
        if "unexpected end" in str(error):
            reason = (
                "A quotation mark opens in this row and is never closed, so the file's last "
                f"{counted(len(tail), 'line')} were read as one row. Close it and import the file again; "
                "what was taken is known then."
            )
            return [Rejected(last, "", reason)]
    return []
