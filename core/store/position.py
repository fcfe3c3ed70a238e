"""How far in the journal the database is, and what its tables then sum up to."""

import json
from dataclasses import dataclass

import duckdb
from duckdb import DuckDBPyConnection

from core.store.database import CursorReader, Database, Sums


@dataclass(frozen=True)
class Position:
    """The last transaction in the database: its number, its journal line, and the byte where that ends."""

    seq: int
    line: str
    end: int


START = Position(0, "", 0)


def read_position(database: Database) -> Position:
    """The position of an open database; the start for a new one."""
    if "journal_position" not in database.catalog:
        return START
    cursor = database.cursor()
    try:
        row = CursorReader(cursor).row("select seq, line, line_end from journal_position")
    finally:
        cursor.close()
    return Position(*row) if row else START


def write_position(cursor: DuckDBPyConnection, position: Position, sums: Sums) -> None:
    """Move the position; row hashes belong to the version of DuckDB that made them."""
    cursor.execute(
        "update journal_position set seq = ?, line = ?, line_end = ?, sums = ?, engine_version = ?",
        [position.seq, position.line, position.end, json.dumps(sums), duckdb.__version__],
    )


def set_position(database: Database, position: Position) -> None:
    """Move the position of a database nobody else writes to, with its tables summed up anew."""
    cursor = database.cursor()
    try:
        write_position(cursor, position, database.sums())
    finally:
        cursor.close()


def expected_sums(database: Database) -> Sums | None:
    """What the tables summed up to when they were last written; None if that cannot be compared."""
    if "journal_position" not in database.catalog:
        return None
    cursor = database.cursor()
    try:
        row = CursorReader(cursor).row("select sums, engine_version from journal_position")
    finally:
        cursor.close()
    if row is None or row[1] != duckdb.__version__:
        return None
    sums: Sums = json.loads(row[0])
    return {name: value for name, value in sums.items() if value}
