"""The sealed reader: reads a workbook or a Parquet file in a process of its own and prints its rows.

Started by `sealed.py` as a bare script: it knows nothing of the workspace. Such files are unpacked by
compiled libraries, and a few kilobytes can claim a terabyte: then this process ends, and nothing else does.

Output: one JSON value on each line; for a workbook lists of texts, for Parquet objects. What it cannot read
it says as a text, and ends with 1.
"""

import json
import os
import resource
import sys
from collections.abc import Iterator
from contextlib import suppress
from datetime import date, datetime, time, timedelta
from itertools import islice
from typing import Any

MOST_MEMORY = 3 << 30
MOST_CPU_SECONDS = 300
FIRST_ROWS = 200
BATCH = 1_000
LARGEST_EXACT = 1e15
LONGEST_CELL = 200_000
"""Characters of a cell that are handed on; more than may be taken of any text."""


def main() -> int:
    """Read what the arguments name: `sheets FILE`, `rows FILE SHEET` or `parquet FILE`."""
    _confine()
    words = sys.argv[1:]
    try:
        for value in _values(*words):
            sys.stdout.write(json.dumps(value, default=_written) + "\n")
        sys.stdout.flush()
    except MemoryError:
        return _problem("memory")
    except Exception as error:  # noqa: BLE001 - whatever the libraries raise is told to who asked
        return _problem("password" if type(error).__name__ == "PasswordError" else str(error) or repr(error))
    return 0


def _confine() -> None:
    """No more memory or time than a large honest file takes, where the system can set such a limit."""
    os.environ["ARROW_DEFAULT_MEMORY_POOL"] = "system"
    for limit, most in ((resource.RLIMIT_AS, MOST_MEMORY), (resource.RLIMIT_CPU, MOST_CPU_SECONDS)):
        _, hard = resource.getrlimit(limit)
        with suppress(ValueError):  # macOS limits no memory
            resource.setrlimit(limit, (most if hard == resource.RLIM_INFINITY else min(most, hard), hard))


def _values(kind: str, path: str, *sheet: str) -> Iterator[Any]:
    if kind == "parquet":
        return _records(path)
    return _rows(path, *sheet) if kind == "rows" else _sheets(path)


def _sheets(path: str) -> Iterator[Any]:
    """Each sheet that can be seen: its name and its first rows."""
    from python_calamine import (  # noqa: PLC0415 - only where there is a workbook
        CalamineWorkbook,
        SheetTypeEnum,
        SheetVisibleEnum,
    )

    with CalamineWorkbook.from_path(path) as workbook:
        for about in workbook.sheets_metadata:
            if about.typ == SheetTypeEnum.WorkSheet and about.visible == SheetVisibleEnum.Visible:
                sheet = workbook.get_sheet_by_name(about.name)
                rows = islice(sheet.iter_rows(), FIRST_ROWS)
                yield [about.name, [list(map(_text, row)) for row in rows]]


def _rows(path: str, name: str) -> Iterator[list[str]]:
    """The rows of one sheet from its first, blank ones too, without the columns before the first used one."""
    from python_calamine import CalamineWorkbook  # noqa: PLC0415 - only where there is a workbook

    with CalamineWorkbook.from_path(path) as workbook:
        for row in workbook.get_sheet_by_name(name).iter_rows():
            yield list(map(_text, row))


def _records(path: str) -> Iterator[Any]:
    """The rows of a Parquet file as objects."""
    from pyarrow import parquet  # noqa: PLC0415 - a second to import, and not for workbooks

    for batch in parquet.ParquetFile(path).iter_batches(batch_size=BATCH, use_threads=False):
        for row in batch.to_pylist():
            yield {name: cell[:LONGEST_CELL] if isinstance(cell, str) else cell for name, cell in row.items()}


def _text(cell: Any) -> str:
    """A cell as a person sees it: whole numbers without a fraction, dates as ISO 8601."""
    if isinstance(cell, str):
        return cell[:LONGEST_CELL]
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < LARGEST_EXACT:
        return str(int(cell))
    return _written(cell)


def _written(value: Any) -> str:
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, timedelta):
        return str(value)
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)


def _problem(what: str) -> int:
    sys.stdout.write(json.dumps(what[:300]) + "\n")
    sys.stdout.flush()
    return 1


if __name__ == "__main__":
    sys.exit(main())
