"""The book of fine-tuning jobs: every change of state is one conditional update with its event."""

import json
import secrets
import sqlite3
import time
from dataclasses import dataclass
from typing import Any

from core.engine.database import Database
from core.engine.errors import ApiError, JobFailed, not_found
from core.engine.files import insert_file
from core.engine.ids import new_id
from core.engine.jobs.folder import Note, Outcome
from core.engine.jobs.history import add_event, add_reports
from core.engine.records import (
    CheckpointRecord,
    EventRecord,
    FileRecord,
    Hyperparameters,
    JobRecord,
    ModelRecord,
)

MAX_ATTEMPTS = 3
_ACTIVE = ("validating_files", "queued", "running")


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
    method: str = "supervised"


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
                " seed, hyperparameters, metadata, method)"
                " VALUES (?, ?, 'validating_files', ?, ?, ?, ?, ?, ?, ?, ?)",
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
                    request.method,
                ),
            )
            tx.executemany(
                "INSERT INTO job_metadata (job_id, key, value) VALUES (?, ?, ?)",
                [(job_id, key, value) for key, value in request.metadata.items()],
            )
            add_event(tx, job_id, Note("info", f"Created fine-tuning job: {job_id}"))
            add_event(tx, job_id, Note("info", f"Validating training file: {request.training_file}"))
        return self.get(job_id)

    def get(self, job_id: str) -> JobRecord:
        """One job.

        Raises:
            ApiError: there is none of that id.
        """
        job = self.find(job_id)
        if job is None:
            raise not_found("fine_tuning_job", job_id, "fine_tuning_job_id")
        return job

    def find(self, job_id: str) -> JobRecord | None:
        """One job, if there is one of that id."""
        row = self.database.row("SELECT * FROM jobs WHERE id = ?", (job_id,))
        return None if row is None else JobRecord.from_row(row)

    def page(self, after: str | None, limit: int, metadata: dict[str, str] | None) -> list[JobRecord]:
        """Up to `limit` jobs older than `after`, newest first, that carry all of the metadata; None: none."""
        conditions, values = ["1"], list[str | int]()
        if after is not None:
            conditions.append("seq < (SELECT seq FROM jobs WHERE id = ?)")
            values.append(self.get(after).id)
        if metadata is None:
            conditions.append("id NOT IN (SELECT job_id FROM job_metadata)")
        for key, value in (metadata or {}).items():
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

    def waiting(self, running: dict[str, int], slots: int) -> list[JobRecord]:
        """The oldest queued jobs of each trainer, as many as it has room for beside those `running`."""
        rows = self.database.rows("SELECT DISTINCT trainer FROM jobs WHERE status = 'queued'")
        found = []
        for row in rows:
            room = max(slots - running.get(row["trainer"], 0), 0)
            found += self.database.rows(
                "SELECT * FROM jobs WHERE status = 'queued' AND trainer = ? ORDER BY seq LIMIT ?",
                (row["trainer"], room),
            )
        return [JobRecord.from_row(row) for row in found]

    def to_wind_up(self) -> list[JobRecord]:
        """Jobs that have ended, whose worker may still be alive and whose folder has not been cleared.

        The plus keeps SQLite from going through all that ever ended; few have a handle.
        """
        rows = self.database.rows(
            "SELECT * FROM jobs WHERE handle IS NOT NULL AND +status IN ('succeeded', 'failed', 'cancelled')"
        )
        return [JobRecord.from_row(row) for row in rows]

    def events(self, job_id: str, after: str | None, limit: int) -> list[EventRecord]:
        """Up to `limit` events older than `after`, newest first."""
        rows = self._older("events", self.get(job_id).id, after, limit)
        return [EventRecord.from_row(row) for row in rows]

    def checkpoints(self, job_id: str, after: str | None, limit: int) -> list[CheckpointRecord]:
        """Up to `limit` checkpoints older than `after`, newest first."""
        rows = self._older("checkpoints", self.get(job_id).id, after, limit)
        return [CheckpointRecord.from_row(row) for row in rows]

    def queue(self, job_id: str, trainer: str, note: Note) -> bool:
        """The files are good, and it is known who trains."""
        changes = "status = 'queued', trainer = ?"
        return self._move(job_id, "validating_files", changes, (trainer,), note)

    def start(self, job_id: str, handle: str) -> bool:
        """A worker is about to start; `handle` names its folder."""
        changes = "status = 'running', handle = ?, attempts = attempts + 1, events_read = 0"
        return self._move(job_id, "queued", changes, (handle,), Note("info", "Fine-tuning job started"))

    def read_events(self, job: JobRecord, notes: list[Note], read_to: int) -> None:
        """Take over what the worker reported up to byte `read_to` of its file."""
        metrics = [note.data for note in notes if note.data]
        step = max((int(data.get("step", 0)) for data in metrics), default=None)
        total = next((int(data["total_steps"]) for data in reversed(metrics) if "total_steps" in data), None)
        with self.database.transaction() as tx:
            moved = tx.execute(
                "UPDATE jobs SET events_read = ?, step = max(coalesce(step, ?), coalesce(?, step)),"
                " total_steps = coalesce(?, total_steps) WHERE id = ? AND status = 'running' AND handle = ?",
                (read_to, step, step, total, job.id, job.handle),
            ).rowcount
            if moved:
                add_reports(tx, job.id, notes, job.told_to_step)

    def requeue(self, job: JobRecord, note: Note) -> bool:
        """The worker died; the next attempt is taken over from the step that this one told last."""
        changes = "status = 'queued', told_to_step = step"
        return self._move(job.id, "running", changes, (), note)

    def fail(self, job: JobRecord, failure: JobFailed) -> bool:
        """End a job as failed, if it has not ended yet and still stands as in the record."""
        if job.status not in _ACTIVE:
            return False
        error = {"code": failure.code, "message": failure.message, "param": failure.param}
        changes = "status = 'failed', finished_at = ?, error = ?"
        values = (int(time.time()), json.dumps(error, ensure_ascii=False))
        return self._move(job.id, job.status, changes, values, Note("error", failure.message))

    def succeed(self, job: JobRecord, model: ModelRecord, result: FileRecord, outcome: Outcome) -> bool:
        """End a job as succeeded; its model, checkpoints and result file become known in the same moment."""
        now = int(time.time())
        with self.database.transaction() as tx:
            moved = tx.execute(
                "UPDATE jobs SET status = 'succeeded', finished_at = ?, fine_tuned_model = ?,"
                " result_file = ?, trained_tokens = ? WHERE id = ? AND status = 'running' AND handle = ?",
                (now, model.id, result.id, outcome.trained_tokens, job.id, job.handle),
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
            add_event(tx, job.id, Note("info", f"New fine-tuned model created: {model.id}"))
            add_event(tx, job.id, Note("info", "The job has successfully completed"))
        return True

    def cancel(self, job_id: str) -> JobRecord:
        """Cancel a job at once; a worker that still runs is stopped afterwards.

        Raises:
            ApiError: there is no such job, or it has ended already.
        """
        job = self.get(job_id)
        now = time.time()
        with self.database.transaction() as tx:
            moved = tx.execute(
                "UPDATE jobs SET status = 'cancelled', finished_at = ?, cancel_asked_at = ?"
                " WHERE id = ? AND status IN (?, ?, ?)",
                (int(now), now, job.id, *_ACTIVE),
            ).rowcount
            if moved:
                add_event(tx, job.id, Note("info", "The job was cancelled"))
        if not moved:
            message = f"The job has already ended: it {self.get(job_id).status}."
            raise ApiError(400, message, code="job_already_ended", param="fine_tuning_job_id")
        return self.get(job_id)

    def wound_up(self, job: JobRecord) -> None:
        """Nothing is left of an ended job's worker, and of its folder only what is kept."""
        with self.database.transaction() as tx:
            tx.execute("UPDATE jobs SET handle = NULL WHERE id = ? AND handle = ?", (job.id, job.handle))

    def any_active(self) -> bool:
        """Whether a job is on its way, or an ended one is not yet wound up."""
        sql = (
            "SELECT 1 FROM jobs WHERE status IN (?, ?, ?)"
            " UNION ALL SELECT 1 FROM jobs WHERE handle IS NOT NULL LIMIT 1"
        )
        return self.database.row(sql, _ACTIVE) is not None

    def _move(self, job_id: str, status: str, changes: str, values: tuple[Any, ...], note: Note) -> bool:
        with self.database.transaction() as tx:
            moved = tx.execute(
                f"UPDATE jobs SET {changes} WHERE id = ? AND status = ?", (*values, job_id, status)
            ).rowcount
            if moved:
                add_event(tx, job_id, note)
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
