"""Replay: what the journal holds and the database lacks is written into the database."""

import json
from collections.abc import Iterable
from typing import Any

from duckdb import DuckDBPyConnection

from core.store.blobs import Blobs
from core.store.catalog import Table
from core.store.database import Database, quoted
from core.store.journal import Entry
from core.store.migrations import migrate
from core.store.position import Position, set_position

Key = tuple[Any, ...]


def replay(database: Database, blobs: Blobs, entries: Iterable[Entry]) -> int:
    """Apply the entries in order and return how many there were.

    Single rows are folded per key and written in bulk; an interrupted replay can simply run again,
    because the position moves last.
    """
    folded: dict[str, dict[Key, dict[str, Any] | None]] = {}
    count = 0
    last: Entry | None = None
    for entry in entries:
        count, last = count + 1, entry
        for table, op, row in entry.changes:
            if op == "migrate":
                _write(database, blobs, folded)
                migrate(database, row["name"], entry.time)
            elif op in {"load", "replace"}:
                _write(database, blobs, folded)
                _load(database, blobs, table, row["blob"], only=op == "replace")
            else:
                described = database.catalog[table]
                key = tuple(row[column] for column in described.key)
                folded.setdefault(table, {})[key] = None if op == "delete" else row
    _write(database, blobs, folded)
    if last is not None:
        set_position(database, Position(last.seq, last.line, last.end))
    return count


def _write(database: Database, blobs: Blobs, folded: dict[str, dict[Key, dict[str, Any] | None]]) -> None:
    cursor = database.cursor()
    try:
        for name, rows in folded.items():
            table = database.catalog[name]
            cursor.begin()
            _remove(cursor, table, list(rows))
            cursor.commit()
            cursor.begin()
            _add(cursor, blobs, table, [row for row in rows.values() if row is not None])
            cursor.commit()
    finally:
        cursor.close()
    folded.clear()


def _remove(cursor: DuckDBPyConnection, table: Table, keys: list[Key]) -> None:
    conditions = " and ".join(f"{column} = ?" for column in table.key)
    if cursor.execute(f"select 1 from {table.name} limit 1").fetchall():
        for key in keys:
            cursor.execute(f"delete from {table.name} where {conditions}", list(key))


def _add(cursor: DuckDBPyConnection, blobs: Blobs, table: Table, rows: list[dict[str, Any]]) -> None:
    if not rows:
        return
    temporary = blobs.temporary()
    try:
        lines = [json.dumps(row, ensure_ascii=False).encode() + b"\n" for row in rows]
        longest = max(16 << 20, *map(len, lines))
        temporary.write_bytes(b"".join(lines))
        types = ", ".join(f"'{c}': '{t}'" for c, t in zip(table.columns, table.types, strict=True))
        names = ", ".join(table.columns)
        cursor.execute(
            f"insert into {table.name} ({names}) select {names} from read_json({quoted(temporary)}, "
            f"format = 'newline_delimited', columns = {{{types}}}, maximum_object_size = {longest})"
        )
    finally:
        temporary.unlink(missing_ok=True)


def _load(database: Database, blobs: Blobs, table: str, sha256: str, *, only: bool) -> None:
    """Write the rows of a blob over those of the same key, or, with `only`, over all that there were."""
    path = blobs.checked_path(sha256)
    key = database.catalog[table].key
    same_key = " and ".join(f"{table}.{column} = incoming.{column}" for column in key)
    replaced = f"delete from {table}"
    if not only:
        replaced += f" using read_parquet({quoted(path)}) incoming where {same_key}"
    cursor = database.cursor()
    try:
        cursor.execute(replaced)
        cursor.execute(f"insert into {table} by name select * from read_parquet({quoted(path)})")
    finally:
        cursor.close()
