"""The book of fine-tuning jobs: every change of state is one conditional update with its event."""

import json
import secrets
import sqlite3
import time
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from core.engine.database import Database
from core.engine.errors import ApiError, JobFailed, not_found
from core.engine.files import insert_file
from core.engine.ids import new_id
from core.engine.jobs.folder import Note, Outcome
from core.engine.records import (
    CheckpointRecord,
    EventRecord,
    FileRecord,
    Hyperparameters,
    JobRecord,
    ModelRecord,
)

MAX_ATTEMPTS = 3


@dataclass(frozen=True)
class JobRequest:
    """A job as it was asked for, checked."""

    model: str
    training_file: str
    validation_file: str | None
    suffix: str | None
    seed: int | None
    hyperparameters: Hyperparameters
    metadata: dict[str, str]


@dataclass(frozen=True)
class JobBook:
    """Jobs, their events and their checkpoints."""

    database: Database

    def create(self, request: JobRequest) -> JobRecord:
        """Write a job down; when this returns it will be run, also after a crash."""
        job_id = new_id("ftjob")
        seed = secrets.randbelow(2**31) if request.seed is None else request.seed
        with self.database.transaction() as tx:
            tx.execute(
                "INSERT INTO jobs (id, created_at, status, model, training_file, validation_file, suffix,"
                " seed, hyperparameters, metadata) VALUES (?, ?, 'validating_files', ?, ?, ?, ?, ?, ?, ?)",
                (
                    job_id,
                    int(time.time()),
                    request.model,
                    request.training_file,
                    request.validation_file,
                    request.suffix,
                    seed,
                    json.dumps(request.hyperparameters.public()),
                    json.dumps(request.metadata, ensure_ascii=False),
                ),
            )
            tx.executemany(
                "INSERT INTO job_metadata (job_id, key, value) VALUES (?, ?, ?)",
                [(job_id, key, value) for key, value in request.metadata.items()],
            )
            _add_event(tx, job_id, Note("info", f"Created fine-tuning job: {job_id}"))
            _add_event(tx, job_id, Note("info", f"Validating training file: {request.training_file}"))
        return self.get(job_id)

    def get(self, job_id: str) -> JobRecord:
        """One job.

        Raises:
            ApiError: there is none of that id.
        """
        row = self.database.row("SELECT * FROM jobs WHERE id = ?", (job_id,))
        if row is None:
            raise not_found("fine_tuning_job", job_id, "fine_tuning_job_id")
        return JobRecord.from_row(row)

    def page(self, after: str | None, limit: int, metadata: dict[str, str]) -> list[JobRecord]:
        """Up to `limit` jobs older than `after`, newest first, that carry all of the metadata."""
        conditions, values = ["1"], list[str | int]()
        if after is not None:
            conditions.append("seq < (SELECT seq FROM jobs WHERE id = ?)")
            values.append(self.get(after).id)
        for key, value in metadata.items():
            conditions.append("id IN (SELECT job_id FROM job_metadata WHERE key = ? AND value = ?)")
            values += [key, value]
        rows = self.database.rows(
            f"SELECT * FROM jobs WHERE {' AND '.join(conditions)} ORDER BY seq DESC LIMIT ?",
            (*values, limit),
        )
        return [JobRecord.from_row(row) for row in rows]

    def with_status(self, status: str) -> list[JobRecord]:
        """Jobs in one state, oldest first."""
        rows = self.database.rows("SELECT * FROM jobs WHERE status = ? ORDER BY seq", (status,))
        return [JobRecord.from_row(row) for row in rows]

    def stopping(self) -> list[JobRecord]:
        """Cancelled jobs whose worker may still be alive."""
        rows = self.database.rows("SELECT * FROM jobs WHERE status = 'cancelled' AND handle IS NOT NULL")
        return [JobRecord.from_row(row) for row in rows]

    def events(self, job_id: str, after: str | None, limit: int) -> list[EventRecord]:
        """Up to `limit` events older than `after`, newest first."""
        rows = self._older("events", self.get(job_id).id, after, limit)
        return [EventRecord.from_row(row) for row in rows]

    def checkpoints(self, job_id: str, after: str | None, limit: int) -> list[CheckpointRecord]:
        """Up to `limit` checkpoints older than `after`, newest first."""
        rows = self._older("checkpoints", self.get(job_id).id, after, limit)
        return [CheckpointRecord.from_row(row) for row in rows]

    def queue(self, job_id: str, note: Note) -> bool:
        """The files are good."""
        return self._move(job_id, "validating_files", "status = 'queued'", (), [note])

    def start(self, job_id: str, handle: str) -> bool:
        """A worker is about to start; `handle` names its folder."""
        changes = "status = 'running', handle = ?, attempts = attempts + 1, events_read = 0"
        return self._move(job_id, "queued", changes, (handle,), [Note("info", "Fine-tuning job started")])

    def read_events(self, job_id: str, notes: list[Note], read_to: int) -> None:
        """Take over what the worker reported up to byte `read_to` of its file."""
        self._move(job_id, "running", "events_read = ?", (read_to,), notes)

    def requeue(self, job: JobRecord, note: Note) -> bool:
        """The worker died; its half-drawn curve goes, for the next attempt draws it anew."""
        with self.database.transaction() as tx:
            moved = tx.execute(
                "UPDATE jobs SET status = 'queued', handle = NULL WHERE id = ? AND status = 'running'",
                (job.id,),
            ).rowcount
            if moved:
                tx.execute("DELETE FROM events WHERE job_id = ? AND type = 'metrics'", (job.id,))
                _add_event(tx, job.id, note)
        return bool(moved)

    def fail(self, job_id: str, status: str, failure: JobFailed) -> bool:
        """End a job that stands in `status` as failed."""
        error = {"code": failure.code, "message": failure.message, "param": failure.param}
        changes = "status = 'failed', finished_at = ?, handle = NULL, error = ?"
        values = (int(time.time()), json.dumps(error, ensure_ascii=False))
        return self._move(job_id, status, changes, values, [Note("error", failure.message)])

    def succeed(self, job: JobRecord, model: ModelRecord, result: FileRecord, outcome: Outcome) -> bool:
        """End a job as succeeded; its model, checkpoints and result file become known in the same moment."""
        now = int(time.time())
        with self.database.transaction() as tx:
            moved = tx.execute(
                "UPDATE jobs SET status = 'succeeded', finished_at = ?, handle = NULL, fine_tuned_model = ?,"
                " result_file = ?, trained_tokens = ? WHERE id = ? AND status = 'running'",
                (now, model.id, result.id, outcome.trained_tokens, job.id),
            ).rowcount
            if not moved:
                return False
            insert_file(tx, result)
            tx.execute(
                "INSERT INTO models (id, created_at, kind, folder, job_id) VALUES (?, ?, ?, ?, ?)",
                (model.id, model.created_at, model.kind, model.folder, job.id),
            )
            tx.executemany(
                "INSERT INTO checkpoints (id, job_id, created_at, step, model, metrics)"
                " VALUES (?, ?, ?, ?, ?, ?)",
                [
                    (new_id("ftckpt"), job.id, now, point.step, model.id, json.dumps(point.metrics))
                    for point in outcome.checkpoints
                ],
            )
            _add_event(tx, job.id, Note("info", f"New fine-tuned model created: {model.id}"))
            _add_event(tx, job.id, Note("info", "The job has successfully completed"))
        return True

    def cancel(self, job_id: str) -> JobRecord:
        """Cancel a job at once; a worker that still runs is stopped afterwards.

        Raises:
            ApiError: there is no such job, or it has ended already.
        """
        job = self.get(job_id)
        note = Note("info", "The job was cancelled")
        changes = "status = 'cancelled', finished_at = ?, cancel_asked_at = ?"
        for status in ("validating_files", "queued", "running"):
            if self._move(job.id, status, changes, (int(time.time()), time.time()), [note]):
                return self.get(job_id)
        message = f"The job has already ended: it {self.get(job_id).status}."
        raise ApiError(400, message, code="job_already_ended", param="fine_tuning_job_id")

    def worker_is_gone(self, job_id: str) -> None:
        """Nothing is left of a cancelled job's worker."""
        with self.database.transaction() as tx:
            tx.execute("UPDATE jobs SET handle = NULL WHERE id = ? AND status = 'cancelled'", (job_id,))

    def any_active(self) -> bool:
        """Whether a job is on its way or a worker still has to be stopped."""
        sql = (
            "SELECT 1 FROM jobs WHERE status IN ('validating_files', 'queued', 'running')"
            " OR (status = 'cancelled' AND handle IS NOT NULL) LIMIT 1"
        )
        return self.database.row(sql) is not None

    def _move(
        self, job_id: str, status: str, changes: str, values: tuple[Any, ...], notes: Iterable[Note]
    ) -> bool:
        with self.database.transaction() as tx:
            moved = tx.execute(
                f"UPDATE jobs SET {changes} WHERE id = ? AND status = ?", (*values, job_id, status)
            ).rowcount
            if moved:
                for note in notes:
                    _add_event(tx, job_id, note)
        return bool(moved)

    def _older(self, table: str, job_id: str, after: str | None, limit: int) -> list[sqlite3.Row]:
        if after is None:
            return self.database.rows(
                f"SELECT * FROM {table} WHERE job_id = ? ORDER BY seq DESC LIMIT ?", (job_id, limit)
            )
        at = self.database.row(f"SELECT seq FROM {table} WHERE id = ? AND job_id = ?", (after, job_id))
        if at is None:
            raise ApiError(400, f"There is no {after!r} in this list.", code="invalid_value", param="after")
        return self.database.rows(
            f"SELECT * FROM {table} WHERE job_id = ? AND seq < ? ORDER BY seq DESC LIMIT ?",
            (job_id, at["seq"], limit),
        )


def _add_event(tx: sqlite3.Connection, job_id: str, note: Note) -> None:
    tx.execute(
        "INSERT INTO events (id, job_id, created_at, level, type, message, data)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)",
        (
            new_id("ftevent"),
            job_id,
            note.at or int(time.time()),
            note.level,
            "metrics" if note.data else "message",
            note.message,
            json.dumps(note.data),
        ),
    )
