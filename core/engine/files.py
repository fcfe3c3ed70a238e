"""The shelf of files: uploads and results, on disk under names the engine made."""

import hashlib
import os
import sqlite3
import time
from dataclasses import dataclass
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
    " AND (training_file = ? OR validation_file = ?)"
)


@dataclass(frozen=True)
class FileShelf:
    """Files by id."""

    home: Home
    database: Database

    def store(self, source: IO[bytes], filename: str, purpose: str) -> FileRecord:
        """Keep an upload; when this returns it is on disk and known.

        Raises:
            ApiError: the file is empty or larger than `MAX_FILE_BYTES`.
        """
        file_id = new_id("file")
        passing = self.home.files / f"{file_id}.tmp"
        try:
            size, digest = _copy(source, passing)
            if not size:
                raise ApiError(400, "The file is empty.", code="empty_file", param="file")
            record = FileRecord(file_id, int(time.time()), size, filename, purpose, digest)
            passing.replace(self.path(file_id))
        finally:
            passing.unlink(missing_ok=True)
        sync_folder(self.home.files)
        with self.database.transaction() as tx:
            insert_file(tx, record)
        return record

    def get(self, file_id: str) -> FileRecord:
        """One file.

        Raises:
            ApiError: there is none of that id.
        """
        row = self.database.row("SELECT * FROM files WHERE id = ?", (file_id,))
        if row is None:
            raise not_found("file", file_id, "file_id")
        return FileRecord.from_row(row)

    def page(
        self, purpose: str | None, after: str | None, limit: int, *, ascending: bool
    ) -> list[FileRecord]:
        """Up to `limit` files behind the file `after`."""
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

    def path(self, file_id: str) -> Path:
        """Where the bytes lie; only ids that `get` has known may come here."""
        return self.home.files / file_id

    def delete(self, file_id: str) -> None:
        """Forget a file and its bytes.

        Raises:
            ApiError: there is none of that id, or a job that has not ended still needs it.
        """
        record = self.get(file_id)
        with self.database.transaction() as tx:
            used = tx.execute(_USED_BY, (record.id, record.id)).fetchone()
            if used:
                message = f"The file is used by {used['id']}, which has not ended. Cancel that job first."
                raise ApiError(400, message, code="file_in_use", param="file_id")
            tx.execute("DELETE FROM files WHERE id = ?", (record.id,))
        self.path(record.id).unlink(missing_ok=True)

    def sweep(self) -> None:
        """Remove what a crash left half-written or unknown."""
        known = {row["id"] for row in self.database.rows("SELECT id FROM files")}
        for path in self.home.files.iterdir():
            if path.name not in known:
                path.unlink()


def insert_file(tx: sqlite3.Connection, record: FileRecord) -> None:
    """Make a file known inside a transaction."""
    tx.execute(
        "INSERT INTO files (id, created_at, bytes, filename, purpose, sha256) VALUES (?, ?, ?, ?, ?, ?)",
        (record.id, record.created_at, record.bytes, record.filename, record.purpose, record.sha256),
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
    return size, digest.hexdigest()
