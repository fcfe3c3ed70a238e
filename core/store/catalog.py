"""What tables there are, and which of them the journal keeps."""

from dataclasses import dataclass

from duckdb import DuckDBPyConnection

UNJOURNALLED = frozenset(
    {
        "journal_position",
        "item_locks",
        "near_pairs",
        "scans",
        "writing_clock",
        "item_worth",
        "surveys",
        "review_desks",
    }
)
"""What can be computed again, or means nothing after a restart."""


@dataclass(frozen=True)
class Table:
    """One table: its columns with their types, in order, and its primary key."""

    name: str
    columns: tuple[str, ...]
    types: tuple[str, ...]
    key: tuple[str, ...]

    @property
    def journalled(self) -> bool:
        """Whether the journal can make this table anew."""
        return self.name not in UNJOURNALLED

    @property
    def row_hash(self) -> str:
        """The SQL of a row's hash; the exclusive or over all rows is the table's sum."""
        return f"hash({', '.join(self.columns)})"

    @property
    def versioned(self) -> bool:
        """Whether updates are checked against a version column."""
        return "version" in self.columns


def read_catalog(cursor: DuckDBPyConnection) -> dict[str, Table]:
    """Every table of the database by name."""
    columns: dict[str, list[tuple[str, str]]] = {}
    for table, column, kind in cursor.execute(
        "select table_name, column_name, data_type from duckdb_columns() "
        "where not internal and database_name = current_database() order by table_name, column_index"
    ).fetchall():
        columns.setdefault(table, []).append((column, kind))
    keys = {
        table: tuple(key)
        for table, key in cursor.execute(
            "select table_name, constraint_column_names from duckdb_constraints() "
            "where constraint_type = 'PRIMARY KEY'"
        ).fetchall()
    }
    return {
        name: Table(name, tuple(c for c, _ in pairs), tuple(t for _, t in pairs), keys.get(name, ()))
        for name, pairs in columns.items()
    }
