"""The shelf of files: uploads and results, on disk under names the engine made."""

import hashlib
import os
import sqlite3
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO

from core.engine.database import Database
from core.engine.errors import ApiError, not_found
from core.engine.home import Home, sync_folder
from core.engine.ids import new_id
from core.engine.records import FileRecord

MAX_FILE_BYTES = 128 * 1024 * 1024
_CHUNK = 1024 * 1024
_USED_BY = (
    "SELECT id FROM jobs WHERE status IN ('validating_files', 'queued', 'running')"
    " AND ?1 IN (training_file, validation_file) UNION ALL "
    "SELECT id FROM batches WHERE status IN ('validating', 'in_progress', 'cancelling') AND input_file = ?1"
)


@dataclass(frozen=True)
class FileShelf:
    """Files by id."""

    home: Home
    database: Database

    def store(
        self, source: IO[bytes], filename: str, purpose: str, kept_seconds: int | None = None
    ) -> FileRecord:
        """Keep an upload, for `kept_seconds` or until it is deleted. When this returns it is on disk.

        Raises:
            ApiError: the file is empty or larger than `MAX_FILE_BYTES`.
        """
        file_id = new_id("file")
        passing = self.home.files / f"{file_id}.tmp"
        try:
            size, digest = _copy(source, passing)
            now = int(time.time())
            expires_at = None if kept_seconds is None else now + kept_seconds
            record = FileRecord(file_id, now, size, filename, purpose, digest, expires_at)
            passing.replace(self.path(file_id))
            sync_folder(self.home.files)
            with self.database.transaction() as tx:
                insert_file(tx, record)
        except BaseException:
            passing.unlink(missing_ok=True)
            self.path(file_id).unlink(missing_ok=True)
            raise
        return record

    def get(self, file_id: str) -> FileRecord:
        """One file.

        Raises:
            ApiError: there is none of that id, or its time is over.
        """
        self.forget_expired()
        row = self.database.row("SELECT * FROM files WHERE id = ?", (file_id,))
        if row is None:
            raise not_found("file", file_id, "file_id")
        return FileRecord.from_row(row)

    def page(
        self, purpose: str | None, after: str | None, limit: int, *, ascending: bool
    ) -> list[FileRecord]:
        """Up to `limit` files behind the file `after`."""
        self.forget_expired()
        direction, beyond = ("ASC", ">") if ascending else ("DESC", "<")
        conditions, values = ["1"], list[str | int]()
        if purpose is not None:
            conditions.append("purpose = ?")
            values.append(purpose)
        if after is not None:
            conditions.append(f"seq {beyond} (SELECT seq FROM files WHERE id = ?)")
            values.append(self.get(after).id)
        rows = self.database.rows(
            f"SELECT * FROM files WHERE {' AND '.join(conditions)} ORDER BY seq {direction} LIMIT ?",
            (*values, limit),
        )
        return [FileRecord.from_row(row) for row in rows]

    def opened(self, file_id: str) -> IO[bytes]:
        """The bytes of a file, to be read and closed.

        Raises:
            ApiError: there is no such file, or its bytes are lost.
        """
        path = self.path(self.get(file_id).id)
        try:
            return path.open("rb")
        except OSError as error:
            message = f"The bytes of {file_id} cannot be read from the disk: {error.strerror}."
            raise ApiError(500, message, code="storage_failed", type="server_error") from error

    def path(self, file_id: str) -> Path:
        """Where the bytes lie; only ids that `get` has known may come here."""
        return self.home.files / file_id

    def delete(self, file_id: str) -> None:
        """Forget a file and its bytes.

        Raises:
            ApiError: there is none of that id, or a job or batch that has not ended still needs it.
        """
        record = self.get(file_id)
        user = self._forget(record.id)
        if user is not None:
            kind = "batch" if user.startswith("batch") else "job"
            message = f"The file is used by {user}, which has not ended. Cancel that {kind} first."
            raise ApiError(400, message, code="file_in_use", param="file_id")

    def forget_expired(self) -> None:
        """Remove the files whose time is over; one that is still worked with stays until that has ended."""
        due = self.database.rows("SELECT id FROM files WHERE expires_at <= ?", (int(time.time()),))
        for row in due:
            self._forget(row["id"])

    def sweep(self) -> None:
        """Remove what a crash left half-written or unknown."""
        known = {row["id"] for row in self.database.rows("SELECT id FROM files")}
        for path in self.home.files.iterdir():
            if path.name not in known:
                path.unlink()

    def _forget(self, file_id: str) -> str | None:
        """Remove a file, or say which job or batch needs it."""
        with self.database.transaction() as tx:
            used = tx.execute(_USED_BY, (file_id,)).fetchone()
            if used is not None:
                user: str = used["id"]
                return user
            tx.execute("DELETE FROM files WHERE id = ?", (file_id,))
        self.path(file_id).unlink(missing_ok=True)
        return None


def insert_file(tx: sqlite3.Connection, record: FileRecord) -> None:
    """Make a file known inside a transaction."""
    tx.execute(
        "INSERT INTO files (id, created_at, bytes, filename, purpose, sha256, expires_at)"
        " VALUES (:id, :created_at, :bytes, :filename, :purpose, :sha256, :expires_at)",
        asdict(record),
    )


def _copy(source: IO[bytes], target: Path) -> tuple[int, str]:
    digest = hashlib.sha256()
    size = 0
    with target.open("wb") as file:
        while chunk := source.read(_CHUNK):
            size += len(chunk)
            if size > MAX_FILE_BYTES:
                message = (
                    f"The file is larger than {MAX_FILE_BYTES // 2**20} MiB, the most this engine takes."
                )
                raise ApiError(413, message, code="file_too_large", param="file")
            digest.update(chunk)
            file.write(chunk)
        file.flush()
        os.fsync(file.fileno())
    if not size:
        raise ApiError(400, "The file is empty.", code="empty_file", param="file")
    return size, digest.hexdigest()
