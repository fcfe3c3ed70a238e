"""The engine's memory: one SQLite file of files, jobs, events, checkpoints and models."""

import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from core.engine.errors import EngineRefused

_FIRST = """
CREATE TABLE IF NOT EXISTS files (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT UNIQUE NOT NULL, created_at INTEGER NOT NULL,
    bytes INTEGER NOT NULL, filename TEXT NOT NULL, purpose TEXT NOT NULL, sha256 TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS jobs (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT UNIQUE NOT NULL, created_at INTEGER NOT NULL,
    finished_at INTEGER, status TEXT NOT NULL, model TEXT NOT NULL, training_file TEXT NOT NULL,
    validation_file TEXT, suffix TEXT, seed INTEGER NOT NULL, hyperparameters TEXT NOT NULL,
    metadata TEXT NOT NULL, fine_tuned_model TEXT, result_file TEXT, trained_tokens INTEGER,
    error TEXT, cancel_asked_at REAL, attempts INTEGER NOT NULL DEFAULT 0, handle TEXT,
    events_read INTEGER NOT NULL DEFAULT 0);
CREATE INDEX IF NOT EXISTS jobs_by_status ON jobs (status, seq);
CREATE TABLE IF NOT EXISTS job_metadata (
    job_id TEXT NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY (job_id, key));
CREATE TABLE IF NOT EXISTS events (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT UNIQUE NOT NULL, job_id TEXT NOT NULL,
    created_at INTEGER NOT NULL, level TEXT NOT NULL, type TEXT NOT NULL, message TEXT NOT NULL,
    data TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS events_by_job ON events (job_id, seq);
CREATE TABLE IF NOT EXISTS checkpoints (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT UNIQUE NOT NULL, job_id TEXT NOT NULL,
    created_at INTEGER NOT NULL, step INTEGER NOT NULL, model TEXT NOT NULL, metrics TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS checkpoints_by_job ON checkpoints (job_id, seq);
CREATE TABLE IF NOT EXISTS models (
    id TEXT PRIMARY KEY, created_at INTEGER NOT NULL, kind TEXT NOT NULL, folder TEXT NOT NULL,
    job_id TEXT NOT NULL);
"""
_METHODS_TRAINERS_AND_EXPIRY = """
ALTER TABLE jobs ADD COLUMN method TEXT NOT NULL DEFAULT 'supervised';
ALTER TABLE jobs ADD COLUMN trainer TEXT NOT NULL DEFAULT 'reply_picker';
ALTER TABLE jobs ADD COLUMN step INTEGER;
ALTER TABLE jobs ADD COLUMN total_steps INTEGER;
ALTER TABLE jobs ADD COLUMN told_to_step INTEGER;
CREATE INDEX jobs_to_wind_up ON jobs (seq) WHERE handle IS NOT NULL;
ALTER TABLE files ADD COLUMN expires_at INTEGER;
"""
_BATCHES = """
CREATE TABLE batches (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT UNIQUE NOT NULL, created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL, status TEXT NOT NULL, endpoint TEXT NOT NULL, input_file TEXT NOT NULL,
    completion_window TEXT NOT NULL, metadata TEXT NOT NULL, output_seconds INTEGER, model TEXT,
    total INTEGER NOT NULL DEFAULT 0, completed INTEGER NOT NULL DEFAULT 0,
    failed INTEGER NOT NULL DEFAULT 0, input_tokens INTEGER NOT NULL DEFAULT 0,
    output_tokens INTEGER NOT NULL DEFAULT 0, errors TEXT, output_file TEXT, error_file TEXT,
    in_progress_at INTEGER, finalizing_at INTEGER, completed_at INTEGER, failed_at INTEGER,
    expired_at INTEGER, cancelling_at INTEGER, cancelled_at INTEGER);
CREATE INDEX batches_by_status ON batches (status, seq);
CREATE INDEX files_by_expiry ON files (expires_at) WHERE expires_at IS NOT NULL;
"""
_UPGRADES = (_FIRST, _METHODS_TRAINERS_AND_EXPIRY, _BATCHES)
"""Applied in order, each in one transaction with its number; one that was shipped is never changed."""


class Database:
    """One connection shared by the server's threads, one at a time.

    `synchronous=FULL`: what was acknowledged survives a power cut as well as a kill.
    """

    def __init__(self, path: Path) -> None:
        self._lock = threading.RLock()
        self._connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=30)
        self._connection.row_factory = sqlite3.Row
        self._connection.execute("PRAGMA journal_mode=WAL")
        self._connection.execute("PRAGMA synchronous=FULL")
        self._upgrade(path)

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """All of it or nothing of it, on disk when the block is left."""
        with self._lock:
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection
                self._connection.execute("COMMIT")
            except BaseException:
                if self._connection.in_transaction:  # a full disk has rolled it back already
                    self._connection.execute("ROLLBACK")
                raise

    @property
    def changes(self) -> int:
        """How many rows were changed since the database was opened."""
        return self._connection.total_changes

    def rows(self, sql: str, values: Sequence[Any] = ()) -> list[sqlite3.Row]:
        """Every row of a query."""
        with self._lock:
            return self._connection.execute(sql, values).fetchall()

    def row(self, sql: str, values: Sequence[Any] = ()) -> sqlite3.Row | None:
        """The first row of a query, if there is one."""
        with self._lock:
            found: sqlite3.Row | None = self._connection.execute(sql, values).fetchone()
            return found

    def close(self) -> None:
        """Fold the write-ahead log in and let go of the file."""
        with self._lock:
            self._connection.close()

    def _upgrade(self, path: Path) -> None:
        version: int = self._connection.execute("PRAGMA user_version").fetchone()[0]
        if version > len(_UPGRADES):
            message = f"{path} was written by a newer engine. Start that one; nothing was changed."
            raise EngineRefused(message)
        for number, upgrade in enumerate(_UPGRADES[version:], start=version + 1):
            self._connection.executescript(
                f"BEGIN IMMEDIATE; {upgrade} PRAGMA user_version = {number}; COMMIT;"
            )
