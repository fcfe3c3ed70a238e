"""The DuckDB file: opened locked down, read through one cursor a question."""

from collections.abc import Callable, Hashable
from pathlib import Path
from typing import Any, Protocol

import duckdb
import pandas as pd
from duckdb import DuckDBPyConnection

from core.store.catalog import Table, read_catalog
from core.store.memory import Answer, Memory

FILE = "touchstone.duckdb"
LOG = "touchstone.duckdb.wal"
MEMORY_LIMIT = "4GB"
BUFFERED_ROW_GROUPS = 1
"""Row groups (122,880 rows each) of a large import that wait in memory before they are written."""
THREADS = 1
"""A question asked at a click is answered before another thread is awake; many are asked side by side."""

Row = tuple[Any, ...]
Sums = dict[str, int]
"""The exclusive or of all row hashes of each journalled table; what is missing is 0."""


def quoted(path: Path | str) -> str:
    """A path as SQL says it, where no parameter can stand."""
    escaped = str(path).replace("'", "''")
    return f"'{escaped}'"


class Reader(Protocol):
    """Answers questions asked in SQL, with values always as parameters."""

    def rows(self, sql: str, *values: Any) -> list[Row]:
        """All rows of the answer."""

    def row(self, sql: str, *values: Any) -> Row | None:
        """The first row of the answer, or None."""

    def value(self, sql: str, *values: Any) -> Any:
        """The first column of the first row, or None."""

    def frame(self, sql: str, *values: Any) -> pd.DataFrame:
        """The answer as a frame."""

    def recall(self, tables: tuple[str, ...], key: Hashable, ask: Callable[[], Answer]) -> Answer:
        """An answer that is asked again only after these tables, or parts of tables, were written to."""


class CursorReader:
    """A reader of one unit of work."""

    def __init__(self, cursor: DuckDBPyConnection, memory: Memory | None = None) -> None:
        self._cursor = cursor
        self._memory = memory or Memory()

    def rows(self, sql: str, *values: Any) -> list[Row]:
        """All rows of the answer."""
        return self._cursor.execute(sql, list(values)).fetchall()

    def row(self, sql: str, *values: Any) -> Row | None:
        """The first row of the answer, or None."""
        rows = self._cursor.execute(sql, list(values)).fetchall()
        return rows[0] if rows else None

    def value(self, sql: str, *values: Any) -> Any:
        """The first column of the first row, or None."""
        row = self.row(sql, *values)
        return row[0] if row else None

    def frame(self, sql: str, *values: Any) -> pd.DataFrame:
        """The answer as a frame."""
        return self._cursor.execute(sql, list(values)).df()

    def recall(self, tables: tuple[str, ...], key: Hashable, ask: Callable[[], Answer]) -> Answer:
        """An answer that is asked again only after these tables, or parts of tables, were written to."""
        return self._memory.recall(tables, key, ask)


class Database:
    """One open DuckDB file. A cursor belongs to one unit of work: connections are not safe to share."""

    def __init__(self, folder: Path, file: str = FILE) -> None:
        self._connection = duckdb.connect(
            str(folder / file),
            config={
                "memory_limit": MEMORY_LIMIT,
                "write_buffer_row_group_count": BUFFERED_ROW_GROUPS,
                "threads": THREADS,
            },
        )
        self._connection.execute("set global TimeZone = 'UTC'")
        blobs = quoted(f"{folder / 'blobs'}/")
        self._connection.execute(f"set allowed_directories = [{blobs}]")
        self._connection.execute("set enable_external_access = false")
        self._connection.execute("set lock_configuration = true")
        self.catalog = self.read_catalog()

    def cursor(self) -> DuckDBPyConnection:
        """A cursor for one unit of work; the caller closes it."""
        return self._connection.cursor()

    def read_catalog(self) -> dict[str, Table]:
        """The tables as they are now."""
        cursor = self.cursor()
        try:
            return read_catalog(cursor)
        finally:
            cursor.close()

    def checkpoint(self) -> None:
        """Fold the write-ahead log into the file."""
        cursor = self.cursor()
        try:
            cursor.execute("checkpoint")
        finally:
            cursor.close()

    def sums(self) -> Sums:
        """Read every column of every row once and sum up each table.

        The file's own block checksums do not suffice: zeroing a page of equal words leaves them as they are.

        Raises:
            duckdb.Error: some part of the file cannot be read.
        """
        cursor = self.cursor()
        try:
            found = {
                table.name: cursor.execute(f"select bit_xor({table.row_hash}) from {table.name}").fetchall()
                for table in self.catalog.values()
            }
        finally:
            cursor.close()
        return {
            name: rows[0][0] for name, rows in found.items() if rows[0][0] and self.catalog[name].journalled
        }

    def close(self) -> None:
        """Close the file."""
        self._connection.close()
