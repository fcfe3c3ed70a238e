"""The only way to write: insert, update, delete and load, each remembered for the journal."""

from collections.abc import Callable, Collection, Hashable, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
from duckdb import DuckDBPyConnection

from core.errors import Conflict
from core.store.blobs import Blobs
from core.store.catalog import Table
from core.store.database import CursorReader, Sums, quoted
from core.store.journal import Change
from core.store.memory import PARTS, Answer, Memory, table_of, touched


class Transaction(CursorReader):
    """One unit of writing; it reads its own writes. Every row written in it carries the moment `now`."""

    def __init__(
        self, cursor: DuckDBPyConnection, catalog: Mapping[str, Table], blobs: Blobs, memory: Memory
    ) -> None:
        super().__init__(cursor, memory)
        self._catalog = catalog
        self._blobs = blobs
        self.now = datetime.now(UTC)
        self.changes: list[Change] = []
        self.sums: Sums = {}
        self.written: set[str] = set()
        self.loaded: set[str] = set()

    def recall(self, tables: tuple[str, ...], key: Hashable, ask: Callable[[], Answer]) -> Answer:
        """An answer as remembered, unless this transaction wrote to what it depends on."""
        if not self.written.isdisjoint(tables) or not self.loaded.isdisjoint(map(table_of, tables)):
            return ask()
        return super().recall(tables, key, ask)

    def new_id(self, table: str) -> int:
        """A number no row of this table ever had."""
        return self.new_ids(table, 1)[0]

    def new_ids(self, table: str, count: int) -> range:
        """So many consecutive numbers no row of this table ever had, by one statement: each new row asks."""
        row = self.row(
            f"update counters set next_id = next_id + {count:d} where table_name = ? "
            f"returning next_id, hash(table_name, next_id - {count:d}), hash(table_name, next_id)",
            table,
        )
        if row is None:
            self.insert("counters", {"table_name": table, "next_id": 1 + count})
            return range(1, 1 + count)
        following, *hashes = row
        for row_hash in hashes:
            self._add("counters", row_hash)
        self._remember("counters", "update", {"table_name": table, "next_id": following}, {})
        return range(following - count, following)

    def insert(self, table: str, row: Mapping[str, Any]) -> None:
        """Add one row; columns not named are null."""
        described = self._catalog[table]
        marks = ", ".join("?" for _ in row)
        sql = f"insert into {table} ({', '.join(row)}) values ({marks})"
        if described.journalled:
            sql += f" returning {described.row_hash}"
        self._count(table, sql, [_known(value) for value in row.values()])
        self._remember(table, "insert", row, row)

    def update(
        self, table: str, key: Mapping[str, Any], changes: Mapping[str, Any], *, version: int | None = None
    ) -> None:
        """Change one row.

        Args:
            table: the table.
            key: its whole primary key.
            changes: the columns to change; `version` moves on by itself where the table has one.
            version: what the person saw; None for changes that cannot clash.

        Raises:
            Conflict: there is no such row, or no longer in that version.
        """
        described = self._catalog[table]
        settings = [f"{column} = ?" for column in changes]
        found = " and ".join(f"{column} = ?" for column in key)
        conditions, values = found, [*map(_known, changes.values()), *key.values()]
        if described.versioned:
            settings.append("version = version + 1")
        if version is not None:
            conditions += " and version = ?"
            values.append(version)
        parts = PARTS.get(table, ())
        before = f"select {', '.join((described.row_hash, *parts))} from {table} where {found}"
        gone = self._cursor.execute(before, list(key.values())).fetchall() if described.journalled else []
        sql = f"update {table} set {', '.join(settings)} where {conditions}"
        [(changed,)] = self._cursor.execute(sql, values).fetchall()
        if not changed:
            raise Conflict(
                "Somebody else changed this in the meantime. Nothing of yours was overwritten or saved; "
                "open it again to see what changed."
            )
        self._take_out(table, gone)
        now = {**key, **changes}
        if described.journalled:  # asked afterwards: RETURNING makes DuckDB delete and insert the whole row
            after = f"select {described.row_hash}, * from {table} where {found}"
            [(row_hash, *row)] = self._cursor.execute(after, list(key.values())).fetchall()
            self._add(table, row_hash)
            now = dict(zip(described.columns, row, strict=True))
        self._remember(table, "update", now, now)

    def delete(self, table: str, key: Mapping[str, Any]) -> None:
        """Remove one row, if it is there."""
        conditions = " and ".join(f"{column} = ?" for column in key)
        told = ", ".join((self._catalog[table].row_hash, *PARTS.get(table, ())))
        sql = f"delete from {table} where {conditions} returning {told}"
        self._take_out(table, self._cursor.execute(sql, list(key.values())).fetchall())
        self._remember(table, "delete", key, {})

    def load(self, table: str, rows: pd.DataFrame) -> None:
        """Add many rows at once; the journal names them as one blob."""
        if rows.empty:
            return
        types = dict(zip(self._catalog[table].columns, self._catalog[table].types, strict=True))
        temporary = self._blobs.temporary()
        self._cursor.register("incoming", rows)
        try:
            columns = ", ".join(f"cast({name} as {types[name]}) as {name}" for name in rows.columns)
            self._cursor.execute(
                f"copy (select {columns} from incoming) to {quoted(temporary)} (format parquet)"
            )
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise
        finally:
            with suppress(duckdb.Error):  # after a failed COPY the transaction takes no more statements
                self._cursor.unregister("incoming")
        self.load_file(table, temporary, list(rows.columns))

    def load_file(self, table: str, temporary: Path, columns: Collection[str]) -> None:
        """Add the rows of a finished Parquet file beside the blobs, which becomes one of them.

        Args:
            table: the table.
            temporary: the file; its columns have exactly the types of the table's.
            columns: their names; the table's other columns are null.
        """
        types = dict(zip(self._catalog[table].columns, self._catalog[table].types, strict=True))
        sha256 = self._blobs.adopt(temporary)
        path = self._blobs.path(sha256)
        [(count,)] = self._cursor.execute(
            f"insert into {table} by name select * from read_parquet({quoted(path)})"
        ).fetchall()
        whole = ", ".join(name if name in columns else f"cast(null as {types[name]})" for name in types)
        self._count(table, f"select bit_xor(hash({whole})) from read_parquet({quoted(path)})", [])
        self.loaded.add(table)
        self._remember(table, "load", {"blob": sha256, "rows": count}, {})

    def _count(self, table: str, sql: str, values: list[Any]) -> None:
        """Run SQL that returns row hashes and take them into the table's sum."""
        for (row_hash,) in self._cursor.execute(sql, values).fetchall():
            self._add(table, row_hash)

    def _take_out(self, table: str, rows: list[Any]) -> None:
        """Take rows out of the table's sum, and remember which parts of the table they were."""
        for row_hash, *parted in rows:
            self._add(table, row_hash)
            self.written |= touched(table, dict(zip(PARTS.get(table, ()), parted, strict=True)))

    def _add(self, table: str, row_hash: int) -> None:
        if self._catalog[table].journalled:
            self.sums[table] = self.sums.get(table, 0) ^ row_hash

    def _remember(self, table: str, op: str, row: Mapping[str, Any], now: Mapping[str, Any]) -> None:
        """Take a change into the journal, and into what the memory has to forget: the row as it is `now`."""
        self.written |= touched(table, now)
        if self._catalog[table].journalled:
            self.changes.append(Change(table, op, {name: _plain(value) for name, value in row.items()}))


def _plain(value: Any) -> Any:
    """A value as the journal writes it."""
    value = _known(value)
    return value.astimezone(UTC).isoformat() if isinstance(value, datetime) else value


def _known(value: Any) -> Any:
    """A value as the store keeps it: no float that is not a number, no half of a character."""
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()
    if isinstance(value, float) and value != value:  # noqa: PLR0124 - only NaN differs from itself
        return None
    return value
