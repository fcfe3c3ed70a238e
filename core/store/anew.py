"""Writing a workspace anew: what was deleted from its tables leaves its files too, the free pages among them.

The new journal says in one line what the tables hold, and the new database is made from it. At any moment the
journal in place is whole and says the same, so a kill in between loses nothing: the database is made from it.
"""

import os
import re
from collections.abc import Iterable
from pathlib import Path

from core.errors import StorageFailed
from core.store.blobs import SUFFIX, Blobs
from core.store.database import FILE, LOG, Database
from core.store.journal import Journal
from core.store.recovery import snapshot
from core.store.replay import replay

ANEW = ".anew"
ASIDE = (f"{FILE}.broken-*", f"{FILE}.tmp", "journal.jsonl.broken-*", "journal.jsonl.torn-*")
"""What recovery set aside, which may hold what was deleted since."""

NAME = re.compile(r"[0-9a-f]{64}")
"""What may name a blob."""


def prepare(home: Path, journal_path: Path, database: Database, blobs: Blobs, seq: int) -> None:
    """Make the new journal and the new database beside the old ones, which nobody writes to meanwhile.

    Raises:
        StorageFailed: the new database does not hold what the old one holds; nothing was replaced.
    """
    for leftover in home.glob(f"*{ANEW}*"):
        leftover.unlink()
    journal = Journal(_new(journal_path))
    try:
        snapshot(database, journal, blobs, seq)
        fresh = Database(home, f"{FILE}{ANEW}")
        try:
            replay(fresh, blobs, journal.entries())
            fresh.checkpoint()
            _must_be_equal(database, fresh)
        finally:
            fresh.close()
    finally:
        journal.close()


def put_in_place(home: Path, journal_path: Path) -> None:
    """Replace the old files; the old database goes first, because the journal in place can make it anew."""
    for old in (FILE, LOG):
        (home / old).unlink(missing_ok=True)
    _sync(home)
    _new(journal_path).replace(journal_path)
    (home / f"{FILE}{ANEW}").replace(home / FILE)
    _sync(home)


def sweep(home: Path, journal: Journal, database: Database, blobs: Blobs) -> None:
    """Remove the blobs that neither the journal nor a row names, and what recovery once set aside."""
    named = _named(journal, database)
    for blob in blobs.folder.glob(f"*{SUFFIX}"):
        if blob.name.removesuffix(SUFFIX) not in named:
            blob.unlink()
    for pattern in ASIDE:
        for aside in home.glob(pattern):
            _remove(aside)
    _sync(blobs.folder)
    _sync(home)


def _new(path: Path) -> Path:
    return path.with_name(f"{path.name}{ANEW}")


def _named(journal: Journal, database: Database) -> set[str]:
    found = {
        change.row["blob"] for entry in journal.entries() for change in entry.changes if "blob" in change.row
    }
    cursor = database.cursor()
    try:
        for table in database.catalog.values():
            for column, kind in zip(table.columns, table.types, strict=True):
                if kind == "VARCHAR":
                    asked = f"select {column} from {table.name} where regexp_matches({column}, ?)"
                    found |= _names(row[0] for row in cursor.execute(asked, [NAME.pattern]).fetchall())
    finally:
        cursor.close()
    return found


def _names(texts: Iterable[str]) -> set[str]:
    return {name for text in texts for name in NAME.findall(text)}


def _must_be_equal(old: Database, fresh: Database) -> None:
    if old.sums() != fresh.sums():
        raise StorageFailed(
            "The workspace could not be written anew: the copy did not hold what the database holds. "
            "Everything is as it was; open the workspace again to have it checked and mended."
        )


def _remove(path: Path) -> None:
    if path.is_dir():
        for part in path.iterdir():
            part.unlink()
        path.rmdir()
    else:
        path.unlink()


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
