"""Sealed files: workbooks and Parquet, read by a process of its own with little memory and time to waste."""

import json
import os
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Generator, Iterator
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from core.curation.intake.packed import sealed_reader
from core.curation.intake.records.record import Record, Records
from core.curation.intake.source import Source
from core.curation.intake.table import Rejected, Tally, Unit
from core.errors import Refused

ENVIRONMENT = frozenset({"PATH", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "LANG", "LC_ALL", "TMPDIR"})
"""What the sealed reader may know of the environment: no keys."""

ENDINGS = (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods", ".parquet")
LONGEST_LINE = 1 << 26
"""Bytes of one row as the sealed reader prints it."""

MOST_UNPACKED = 1 << 30
"""Bytes that the parts of a workbook may have together once they are unpacked."""


def sheets_of(source: Source) -> list[tuple[str, list[list[str]]]]:
    """The sheets of a workbook that can be seen: each one's name and first rows.

    Raises:
        Refused: it cannot be read, is protected by a password, or would unpack to too much.
    """
    _must_not_burst(source)
    with closing(_values(source, "sheets")) as sheets:
        return [(name, rows) for name, rows in sheets]


def rows_of_sheet(source: Source, sheet: str) -> Iterator[tuple[int, list[str]]]:
    """The rows of a sheet that hold anything, with their numbers as the workbook shows them."""
    with closing(_values(source, "rows", sheet)) as rows:
        for number, cells in enumerate(rows, start=1):
            if any(map(str.strip, cells)):
                yield number, cells


def records_of_parquet(source: Source) -> Records:
    """A Parquet file as records, numbered from 1.

    Raises:
        Refused: it cannot be read.
    """

    def each(_: Tally) -> Iterator[Record | Rejected]:
        with closing(_values(source, "parquet")) as rows:
            for number, row in enumerate(rows, start=1):
                yield Record(number, row)

    return Records(source.name, "parquet", "binary", Unit.RECORD, each)


def _values(source: Source, *words: str) -> Generator[Any, None, None]:
    """What the sealed reader prints; it ends with the iterator."""
    kind, *rest = words
    with _on_disk(source) as path:
        command = [sys.executable, "-I", sealed_reader.__file__, kind, str(path), *rest]
        child = subprocess.Popen(  # noqa: S603 - our own script, and no shell
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={name: value for name, value in os.environ.items() if name in ENVIRONMENT},
        )
        assert child.stdout is not None  # noqa: S101 - it was asked for
        try:
            for line in iter(partial(child.stdout.readline, LONGEST_LINE), b""):
                if not line.endswith(b"\n"):
                    raise _refused(source, "memory")
                value = json.loads(line)
                if isinstance(value, str):
                    raise _refused(source, value)
                yield value
            if child.wait() != 0:
                raise _refused(source, "memory")
        finally:
            child.kill()
            child.wait()
            child.stdout.close()


@contextmanager
def _on_disk(source: Source) -> Iterator[Path]:
    if isinstance(source.bytes_or_path, Path):
        yield source.bytes_or_path
        return
    ending = next((ending for ending in ENDINGS if source.name.lower().endswith(ending)), "")
    with tempfile.NamedTemporaryFile(suffix=ending) as file:
        file.write(source.bytes_or_path)
        file.flush()
        yield Path(file.name)


def _must_not_burst(source: Source) -> None:
    """Refuse a workbook that says itself that it unpacks to more than any honest one."""
    with source.open() as file:
        if not zipfile.is_zipfile(file):
            return
        try:
            with zipfile.ZipFile(file) as parts:
                size = sum(part.file_size for part in parts.infolist())
        except (zipfile.BadZipFile, ValueError, OSError) as error:
            raise _refused(source, str(error)) from error
    if size > MOST_UNPACKED:
        raise Refused(
            f"{source.name} would unpack to {size >> 20:,} MB, which no workbook of questions does; the most "
            f"is {MOST_UNPACKED >> 20:,} MB. Save its sheet as CSV and import that; nothing was imported."
        )


def _refused(source: Source, problem: str) -> Refused:
    if problem == "password":
        return Refused(
            f"{source.name} is protected by a password. Save it without one and import that; nothing was "
            "imported."
        )
    if problem == "memory":
        return Refused(
            f"{source.name} would take more memory or time to read than a file of this kind may: it is "
            "broken, made to do harm, or far too wide. Save the columns you need as CSV and import that; "
            "nothing was imported."
        )
    return Refused(
        f"{source.name} cannot be read ({problem}). Open it in the program that made it, save it again or as "
        "CSV, and import that; nothing was imported."
    )
