"""Opening the database so that it holds what the journal holds, whatever happened to either."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from core.errors import StorageFailed
from core.store.blobs import Blobs
from core.store.database import FILE, LOG, Database, Sums, quoted
from core.store.journal import Change, Entry, Journal
from core.store.migrations import applied, from_the_future, known, migrate, pending
from core.store.position import Position, expected_sums, read_position, set_position
from core.store.replay import replay


@dataclass(frozen=True)
class Opened:
    """An open database, where it stands, and what had to be repaired, in sentences."""

    database: Database
    seq: int
    sums: Sums
    notices: tuple[str, ...]


def open_database(folder: Path, journal: Journal, blobs: Blobs) -> Opened:
    """Open the database and bring it and the journal to the same state.

    Raises:
        Refused: the workspace was written by a newer program.
        StorageFailed: the journal is damaged as well, or a blob is missing.
    """
    notices = _torn_notice(journal)
    database = _open_sound(folder, journal, blobs, notices)
    if database is not None:
        position = _known_position(database, journal, blobs)
        if _follows(journal, position):
            replayed = replay(database, blobs, journal.entries(position.end))
            if replayed:
                notices.append(f"{replayed} saved changes were put back into the database from the journal.")
            _heal_journal(database, journal, blobs, notices)
        elif journal.end < position.end:
            _restore_journal(database, journal, blobs, position, notices)
        else:
            must_be_whole(journal.entries(), blobs)
            aside = _set_aside(database, folder)
            notices.append(
                f"The database did not match the journal and was made anew; the old one is {aside}."
            )
            database = None
    if database is None:
        database = _anew(folder, journal, blobs)
    _migrate_pending(database, journal)
    return _opened(database, tuple(notices))


def rebuild_database(folder: Path, journal: Journal, blobs: Blobs, database: Database) -> Opened:
    """Make the database anew from journal and blobs; the old file is kept beside it.

    Raises:
        StorageFailed: the journal is damaged, a blob is missing or the disk is full; the database stays.
    """
    must_be_whole(journal.entries(), blobs)
    aside = _set_aside(database, folder)
    try:
        fresh = _anew(folder, journal, blobs)
    except BaseException:
        for source, target in ((aside, FILE), (f"{aside}.wal", LOG)):
            if (folder / source).exists():
                (folder / source).rename(folder / target)
        raise
    _migrate_pending(fresh, journal)
    return _opened(fresh, (f"The old database file is {aside}.",))


def _opened(database: Database, notices: tuple[str, ...]) -> Opened:
    return Opened(database, read_position(database).seq, expected_sums(database) or database.sums(), notices)


def _torn_notice(journal: Journal) -> list[str]:
    if journal.torn is None:
        return []
    return [f"The journal ended in a line that was never finished; it was moved to {journal.torn.name}."]


def _open_sound(folder: Path, journal: Journal, blobs: Blobs, notices: list[str]) -> Database | None:
    """The database if its file is there and every row of it is what was written."""
    if not (folder / FILE).exists():
        if (folder / LOG).exists():
            _rename_files(folder)
        if journal.end:
            notices.append("The database file was missing and was made anew from the journal.")
        return None
    database: Database | None = None
    try:
        database = Database(folder)
        found, expected = database.sums(), expected_sums(database)
        damage = None if expected in (None, found) else "its rows are not what was written"
    except duckdb.Error as error:
        damage = _first_line(error)
    if damage is None:
        return database
    must_be_whole(journal.entries(), blobs)
    aside = _set_aside(database, folder)
    notices.append(
        f"The database file was damaged ({damage}) and was made anew from the journal; "
        f"the damaged one is kept as {aside}."
    )
    return None


def _first_line(error: Exception) -> str:
    return str(error).strip().splitlines()[0][:120]


def _known_position(database: Database, journal: Journal, blobs: Blobs) -> Position:
    """Where the database stands, if this program knows all that was done to it and is to be done."""
    try:
        pending(database)
        position = read_position(database)
        if _follows(journal, position):
            must_be_whole(journal.entries(position.end), blobs)
    except Exception:
        database.close()
        raise
    return position


def must_be_whole(entries: Iterable[Entry], blobs: Blobs) -> None:
    """Read what is to be replayed once before anything is touched.

    Raises:
        Refused: a newer program wrote it.
        StorageFailed: a line is damaged, or a blob is missing or damaged.
    """
    for entry in entries:
        for change in entry.changes:
            if change.op == "migrate" and change.row["name"] not in known():
                raise from_the_future(change.row["name"])
            if "blob" in change.row and change.op in {"load", "replace"}:
                blobs.checked_path(change.row["blob"])


def _follows(journal: Journal, position: Position) -> bool:
    """Whether the journal holds, at its place and not voided, the last transaction of the database."""
    if position.seq == 0:
        return True
    if journal.line_before(position.end) != position.line:
        return False
    return not journal.voided_at(position.end)


def _restore_journal(
    database: Database, journal: Journal, blobs: Blobs, position: Position, notices: list[str]
) -> None:
    """The journal lost its end: the last line comes back from the database, more from a snapshot of it."""
    if journal.end + len(position.line.encode()) + 1 == position.end:
        journal.append_line(position.line)
        notices.append("The last line of the journal was missing and was put back from the database.")
        return
    entry = snapshot(database, journal, blobs, position.seq + 1)
    set_position(database, Position(entry.seq, entry.line, entry.end))
    notices.append("The journal had lost lines; the whole content of the database was written to it again.")


def _heal_journal(database: Database, journal: Journal, blobs: Blobs, notices: list[str]) -> None:
    """Write the journal anew where it is damaged in lines that the sound database holds already."""
    try:
        must_be_whole(journal.entries(), blobs)
    except StorageFailed:
        aside = journal.begin_anew()
        entry = snapshot(database, journal, blobs, read_position(database).seq + 1)
        set_position(database, Position(entry.seq, entry.line, entry.end))
        notices.append(
            "The journal was damaged and was written anew from the database, which is sound; the damaged one "
            f"is kept as {aside}."
        )


def snapshot(database: Database, journal: Journal, blobs: Blobs, seq: int) -> Entry:
    """Write the whole content of the database to the journal as one transaction."""
    changes = [Change("migrations", "migrate", {"name": name}) for name in applied(database)]
    cursor = database.cursor()
    try:
        for table in database.catalog.values():
            if not table.journalled:
                continue
            temporary = blobs.temporary()
            order = ", ".join(table.key)
            cursor.execute(
                f"copy (select * from {table.name} order by {order}) to {quoted(temporary)} (format parquet)"
            )
            changes.append(Change(table.name, "replace", {"blob": blobs.adopt(temporary)}))
    finally:
        cursor.close()
    return journal.append(seq, datetime.now(UTC).isoformat(), "system", changes)


def _anew(folder: Path, journal: Journal, blobs: Blobs) -> Database:
    must_be_whole(journal.entries(), blobs)
    database: Database | None = None
    try:
        database = Database(folder)
        replay(database, blobs, journal.entries())
        database.checkpoint()
    except BaseException as error:
        if database is not None:
            _quietly(database.close)
        for unfinished in (folder / FILE, folder / LOG):
            unfinished.unlink(missing_ok=True)
        if isinstance(error, duckdb.Error):
            raise StorageFailed(
                f"The database could not be made anew from the journal ({_first_line(error)}). "
                "Nothing saved is lost: free some disk space and open the workspace again."
            ) from error
        raise
    return database


def _migrate_pending(database: Database, journal: Journal) -> None:
    for name in pending(database):
        start, seq = journal.end, read_position(database).seq + 1
        time = datetime.now(UTC).isoformat()
        entry = journal.append(seq, time, "system", [Change("migrations", "migrate", {"name": name})])
        try:
            migrate(database, name, time)
        except duckdb.Error:
            journal.void(seq, start)
            raise
        set_position(database, Position(entry.seq, entry.line, entry.end))


def _set_aside(database: Database | None, folder: Path) -> str:
    if database is not None:
        _quietly(database.close)
    return _rename_files(folder)


def _quietly(close: Callable[[], None]) -> None:
    try:
        close()
    except duckdb.Error:
        return


def _rename_files(folder: Path) -> str:
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S%f")
    name = f"{FILE}.broken-{stamp}"
    for source, target in ((folder / FILE, folder / name), (folder / LOG, folder / f"{name}.wal")):
        if source.exists():
            source.rename(target)
    return name
