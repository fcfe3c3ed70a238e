"""The store of one workspace: read by SQL, write through a transaction that is in the journal first."""

import fcntl
import os
import threading
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
from duckdb import DuckDBPyConnection

from core.errors import Refused, StorageFailed
from core.store.anew import prepare, put_in_place, sweep
from core.store.blobs import Blobs
from core.store.database import FILE, CursorReader, Database, Row, Sums
from core.store.digest import TableDigest, digest_of
from core.store.journal import Journal
from core.store.memory import Answer, Memory
from core.store.position import Position, write_position
from core.store.recovery import Opened, open_database, rebuild_database
from core.store.transaction import Transaction

JOURNAL = "journal.jsonl"
BLOBS = "blobs"
LOCK = "touchstone.lock"
READERS_SECONDS = 30.0
"""How long writing anew waits for questions under way."""


class Store:
    """The data of one workspace, held by one process."""

    def __init__(self, home: Path) -> None:
        """Open the store in the folder `home`, making or repairing it as needed.

        Raises:
            Refused: another process holds it, or it was written by a newer program.
            StorageFailed: it cannot be read or written.
        """
        self.home = home
        self._writing = threading.RLock()
        self._in_transaction = False
        self._opening = threading.RLock()
        self._readers = 0
        self._none_reads = threading.Condition()
        try:
            home.mkdir(parents=True, exist_ok=True)
            self._hold = _hold(home / LOCK)
        except OSError as error:
            raise _unusable(home, error) from error
        try:
            self.blobs = Blobs(home / BLOBS)
            self.blobs.sweep()
            self._journal = Journal(home / JOURNAL)
        except OSError as error:
            os.close(self._hold)
            raise _unusable(home, error) from error
        try:
            self._open()
        except BaseException:
            self._journal.close()
            os.close(self._hold)
            raise

    def _open(self) -> None:
        try:
            self._accept(open_database(self.home, self._journal, self.blobs))
        except OSError as error:
            raise _unusable(self.home, error) from error
        except duckdb.Error as error:
            raise _unreadable(error) from error

    def _accept(self, opened: Opened) -> None:
        self._memory = Memory()
        self._database: Database | None = opened.database
        self._seq = opened.seq
        self._sums = opened.sums
        self.notices = opened.notices

    def close(self) -> None:
        """Close the files and let another process have them."""
        with self._writing, self._opening:
            if self._journal.closed:
                return
            self._drop()
            self._journal.close()
            os.close(self._hold)

    def rows(self, sql: str, *values: Any) -> list[Row]:
        """All rows of the answer."""
        with self.read() as reader:
            return reader.rows(sql, *values)

    def row(self, sql: str, *values: Any) -> Row | None:
        """The first row of the answer, or None."""
        with self.read() as reader:
            return reader.row(sql, *values)

    def value(self, sql: str, *values: Any) -> Any:
        """The first column of the first row, or None."""
        with self.read() as reader:
            return reader.value(sql, *values)

    def frame(self, sql: str, *values: Any) -> pd.DataFrame:
        """The answer as a frame."""
        with self.read() as reader:
            return reader.frame(sql, *values)

    def recall(self, tables: tuple[str, ...], key: Hashable, ask: Callable[[], Answer]) -> Answer:
        """An answer that is asked again only after these tables, or parts of tables, were written to."""
        return self._memory.recall(tables, key, ask)

    @contextmanager
    def read(self) -> Iterator[CursorReader]:
        """One unit of reading, with a cursor of its own."""
        with self._cursor() as cursor:
            yield CursorReader(cursor, self._memory)

    @contextmanager
    def _cursor(self) -> Iterator[DuckDBPyConnection]:
        with self._counted() as database:
            cursor = database.cursor()
            try:
                yield cursor
            except (duckdb.IOException, duckdb.FatalException) as error:
                self._drop()
                raise _unreadable(error) from error
            finally:
                cursor.close()

    @contextmanager
    def _counted(self) -> Iterator[Database]:
        """The database, which is not replaced by another file while somebody reads it."""
        database = None
        while database is None:
            found = self._healthy()
            with self._none_reads:
                if found is self._database:
                    self._readers += 1
                    database = found
        try:
            yield database
        finally:
            with self._none_reads:
                self._readers -= 1
                self._none_reads.notify_all()

    @contextmanager
    def transaction(self, by: str) -> Iterator[Transaction]:
        """One unit of writing in the name of a person; all of it is saved, or none.

        Raises:
            StorageFailed: the disk would not take it; nothing was saved.
        """
        with self._writing:
            if self._in_transaction:
                raise RuntimeError("A transaction was begun inside another one.")
            database = self._healthy()
            cursor = database.cursor()
            self._in_transaction = True
            try:
                cursor.begin()
                transaction = Transaction(cursor, database.catalog, self.blobs, self._memory)
                try:
                    yield transaction
                    self._commit(cursor, transaction, by)
                except (duckdb.IOException, duckdb.FatalException, duckdb.OutOfMemoryException) as error:
                    self._drop()
                    raise _unwritable(error) from error
                except BaseException:
                    _roll_back(cursor)
                    raise
            finally:
                self._in_transaction = False
                cursor.close()

    def _commit(self, cursor: DuckDBPyConnection, transaction: Transaction, by: str) -> None:
        if not transaction.changes:
            cursor.commit()
            self._forget(transaction)
            return
        start, seq = self._journal.end, self._seq + 1
        sums = _merged(self._sums, transaction.sums)
        entry = self._journal.append(seq, transaction.now.isoformat(), by, transaction.changes)
        self._seq = seq
        try:
            write_position(cursor, Position(seq, entry.line, entry.end), sums)
            cursor.commit()
        except BaseException as error:
            self._journal.void(seq, start)
            self._drop()
            if isinstance(error, duckdb.Error):
                raise _unwritable(error) from error
            raise
        self._sums = sums
        self._forget(transaction)

    def _forget(self, transaction: Transaction) -> None:
        self._memory.forget(transaction.written, transaction.loaded)

    def digest(self) -> dict[str, TableDigest]:
        """The content of every journalled table, the same after a restore and after a rebuild."""
        catalog = self._healthy().catalog
        with self._cursor() as cursor:
            return digest_of(cursor, catalog)

    def rebuild(self) -> None:
        """Make the database anew from journal and blobs; the old file is kept beside it."""
        with self._writing, self._opening:
            database, self._database = self._healthy(), None
            self._accept(rebuild_database(self.home, self._journal, self.blobs, database))

    def write_anew(self) -> None:
        """Write all files anew from what the tables hold, so that nothing deleted is left in any of them.

        Raises:
            StorageFailed: the disk is full, or somebody reads for too long; everything is as it was.
        """
        with self._writing, self._opening:
            database = self._healthy()
            try:
                prepare(self.home, self._journal.path, database, self.blobs, self._seq + 1)
                self._let_go_of(database)
                self._journal.close()
                try:
                    put_in_place(self.home, self._journal.path)
                finally:
                    self._journal = Journal(self._journal.path)
                self._open()
                sweep(self.home, self._journal, self._healthy(), self.blobs)
            except OSError as error:
                raise _unusable(self.home, error) from error
            except duckdb.Error as error:
                raise _unwritable(error) from error

    def _let_go_of(self, database: Database) -> None:
        """Close the database once nobody asks it anything any more; who comes now waits."""
        with self._none_reads:
            self._database = None
            if not self._none_reads.wait_for(lambda: self._readers == 0, READERS_SECONDS):
                self._database = database
                raise StorageFailed(
                    "The workspace could not be written anew, because something reads it all the time. "
                    "Everything is as it was; try again."
                )
        database.close()

    def _healthy(self) -> Database:
        """The database; opened anew after the disk failed it."""
        database = self._database
        if database is not None:
            return database
        with self._writing, self._opening:
            if self._journal.closed:
                raise StorageFailed("The workspace was closed. Open it again; everything saved is kept.")
            if self._database is None:
                self._open()
            return self._healthy()

    def _drop(self) -> None:
        with self._opening:
            database, self._database = self._database, None
            if database is not None:
                with suppress(duckdb.Error):
                    database.close()


def is_workspace(home: Path) -> bool:
    """Whether something of a workspace lies in this folder."""
    return (home / JOURNAL).exists() or (home / FILE).exists()


def _hold(path: Path) -> int:
    """Take the workspace's lock file for this process."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        holder = os.read(descriptor, 32).decode(errors="replace").strip() or "unknown"
        os.close(descriptor)
        raise Refused(
            f"The workspace {path.parent} is in use by another Touchstone process (process {holder}). "
            "Close the app that uses it, or name another workspace with --home DIR. Nothing was changed."
        ) from None
    os.ftruncate(descriptor, 0)
    os.write(descriptor, str(os.getpid()).encode())
    return descriptor


def _roll_back(cursor: DuckDBPyConnection) -> None:
    """Undo a transaction; one that failed in its COMMIT is undone already."""
    with suppress(duckdb.Error):
        cursor.rollback()


def _unusable(home: Path, error: OSError) -> StorageFailed:
    return StorageFailed(f"The workspace {home} cannot be used: {error.strerror}.")


def _merged(sums: Sums, changes: Sums) -> Sums:
    return {name: sums.get(name, 0) ^ changes.get(name, 0) for name in sums.keys() | changes.keys()}


def _unwritable(error: Exception) -> StorageFailed:
    return StorageFailed(
        f"Nothing was saved: the database could not be written ({str(error).splitlines()[0][:160]}). "
        "Free some disk space and try again; everything saved before is kept."
    )


def _unreadable(error: Exception) -> StorageFailed:
    return StorageFailed(
        f"The database could not be read ({str(error).splitlines()[0][:160]}). "
        "It is repaired from the journal the next time it is opened; nothing saved is lost."
    )
