"""Migrations: numbered SQL files, applied in order, each recorded where it ran and in the journal."""

from pathlib import Path

from core.errors import Refused
from core.store.database import CursorReader, Database


def known() -> list[str]:
    """The names of all migrations, in order."""
    return sorted(path.stem for path in Path(__file__).parent.glob("*.sql"))


def applied(database: Database) -> list[str]:
    """The migrations this database has seen, in order."""
    if "migrations" not in database.catalog:
        return []
    cursor = database.cursor()
    try:
        return [row[0] for row in CursorReader(cursor).rows("select name from migrations order by name")]
    finally:
        cursor.close()


def pending(database: Database) -> list[str]:
    """The migrations this database has not seen.

    Raises:
        Refused: the database has seen migrations this program does not know.
    """
    seen = applied(database)
    newer = [name for name in seen if name not in known()]
    if newer:
        raise from_the_future(newer[-1])
    return [name for name in known() if name not in seen]


def migrate(database: Database, name: str, time: str) -> None:
    """Apply one migration, if it is not applied yet, and fold it into the file at once.

    Raises:
        Refused: this program does not know it.
    """
    if name not in known():
        raise from_the_future(name)
    if name in applied(database):
        return
    cursor = database.cursor()
    try:
        cursor.begin()
        cursor.execute((Path(__file__).parent / f"{name}.sql").read_text(encoding="utf-8"))
        cursor.execute("insert into migrations (name, applied_at) values (?, ?)", [name, time])
        cursor.commit()
    finally:
        cursor.close()
    database.checkpoint()
    database.catalog = database.read_catalog()


def from_the_future(name: str) -> Refused:
    """The refusal of a workspace written by a newer program."""
    return Refused(
        f"This workspace was last used by a newer version of Touchstone (it knows the change {name!r}, this "
        "version does not). Nothing was changed. Update Touchstone, or open another workspace: --home DIR."
    )
