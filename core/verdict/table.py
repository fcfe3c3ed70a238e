"""A CSV file as a frame of text whose index is the physical line on which each row begins."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path

import numpy as np
import pandas as pd

from core.verdict.arrays import IntArray
from core.verdict.errors import BadTable
from core.verdict.plain_csv import DELIMITERS, LINE, read_plain

_ROWS_AT_ONCE = 2_048


def read_csv(path: Path) -> pd.DataFrame:
    """Read a CSV file (UTF-8, or UTF-16 with its mark; comma, semicolon or tab) as text, nothing guessed.

    Columns are text or categories of text, of which every value is held once; the index is called `line`.

    Raises:
        BadTable: the file is empty, not text, or a row does not fit the header.
        OSError: the file cannot be read.
    """
    content = path.read_bytes()
    plain = read_plain(content)
    return plain if plain is not None else parse_csv(io.StringIO(_text(content), newline=""))


def parse_csv(lines: Iterable[str]) -> pd.DataFrame:
    """Parse lines of CSV as `read_csv` does."""
    source = iter(lines)
    first = next(source, "")
    delimiter = max(DELIMITERS, key=first.count)
    rows = _rows(csv.reader(_chain(first, source), delimiter=delimiter, strict=True))
    _, header = next(rows, (0, []))
    names = [name.strip() for name in header]
    _refuse_header(names)
    columns = [_Codes() for _ in names]
    parts: list[list[IntArray]] = [[] for _ in names]
    begins: list[int] = []
    while block := list(islice(rows, _ROWS_AT_ONCE)):
        begins.extend(line for line, _ in block)
        for line, row in block:
            if len(row) != len(names):
                raise BadTable(f"line {line}: the row has {len(row)} fields and the header {len(names)}.")
        values = zip(*(row for _, row in block), strict=True)
        for column, part, cells in zip(columns, parts, values, strict=True):
            part.append(np.fromiter(map(column.__getitem__, cells), dtype=np.int64, count=len(cells)))
    return pd.DataFrame(
        {
            name: pd.Categorical.from_codes(_joined(part), categories=pd.Index(list(column), dtype=object))
            for name, column, part in zip(names, columns, parts, strict=True)
            if name
        },
        index=pd.Index(begins, name=LINE, dtype="int64"),
    )


def require(frame: pd.DataFrame, columns: Sequence[str]) -> None:
    """Raise BadTable where a column is missing."""
    missing = [column for column in columns if column not in frame.columns]
    if missing:
        there = ", ".join(str(column) for column in frame.columns)
        word = "column" if len(missing) == 1 else "columns"
        raise BadTable(f"the {word} {', '.join(missing)} cannot be found; the file has: {there}.")


def place(frame: pd.DataFrame, row: int) -> str:
    """Return where a row stands: its line in the file, or its number from 1 in a frame made elsewhere."""
    return f"line {frame.index[row]}" if frame.index.name == LINE else f"row {row + 1}"


class _Codes(dict[str, int]):
    """Numbers for the different values of a column, given as they appear."""

    def __missing__(self, value: str) -> int:
        self[value] = code = len(self)
        return code


def _text(content: bytes) -> str:
    encoding = "utf-16" if content[:2] in {b"\xff\xfe", b"\xfe\xff"} else "utf-8-sig"
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise BadTable(f"line {line}: this is not UTF-8 text; save the file as UTF-8.") from error


def _chain(first: str, rest: Iterator[str]) -> Iterator[str]:
    yield first
    yield from rest


def _rows(reader: Iterator[list[str]]) -> Iterator[tuple[int, list[str]]]:
    """Yield every row that is not blank, with the line on which it begins."""
    begins = 1
    while True:
        try:
            row = next(reader, None)
        except csv.Error as error:
            raise BadTable(f"line {begins}: the row cannot be read as CSV ({error}).") from error
        if row is None:
            return
        line, begins = begins, reader.line_num + 1  # type: ignore[attr-defined]  # csv's reader has it, its stub not
        if len(row) > 1 or (row and row[0].strip()):
            yield line, row


def _refuse_header(names: Sequence[str]) -> None:
    if not names:
        raise BadTable("the file is empty.")
    twice = sorted({name for name in names if name and names.count(name) > 1})
    if twice:
        raise BadTable(f"line 1: two columns are called {twice[0]}.")


def _joined(parts: Sequence[IntArray]) -> IntArray:
    return np.concatenate(parts) if parts else np.empty(0, dtype=np.int64)
