"""The digest: what is in every journalled table, as one sha256 each."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from duckdb import DuckDBPyConnection

from core.store.catalog import Table

CHUNK = 10_000


@dataclass(frozen=True)
class TableDigest:
    """The number of rows of a table and the sha256 of their content in key order."""

    rows: int
    sha256: str


def digest_of(cursor: DuckDBPyConnection, catalog: Mapping[str, Table]) -> dict[str, TableDigest]:
    """The digest of every journalled table."""
    return {name: _table_digest(cursor, table) for name, table in sorted(catalog.items()) if table.journalled}


def _table_digest(cursor: DuckDBPyConnection, table: Table) -> TableDigest:
    columns = sorted(table.columns)
    cursor.execute(f"select {', '.join(columns)} from {table.name} order by {', '.join(table.key)}")
    hasher, count = hashlib.sha256(json.dumps(columns).encode()), 0
    while rows := cursor.fetchmany(CHUNK):
        count += len(rows)
        for row in rows:
            hasher.update(json.dumps([_plain(value) for value in row]).encode())
    return TableDigest(count, hasher.hexdigest())


def _plain(value: Any) -> Any:
    return value.astimezone(UTC).isoformat() if isinstance(value, datetime) else value
