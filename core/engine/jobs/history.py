"""What happened to a job: events on their way into the database, each told once whatever attempt tells it."""

import json
import sqlite3
import time
from collections.abc import Iterable

from core.engine.ids import new_id
from core.engine.jobs.folder import Note

_LAST_METRICS = 8


def add_event(tx: sqlite3.Connection, job_id: str, note: Note) -> None:
    """Write an event down inside a transaction."""
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


def add_reports(tx: sqlite3.Connection, job_id: str, notes: Iterable[Note], told_to_step: int | None) -> None:
    """Write down what a worker reported, but for what an attempt before it, which died, had told already."""
    for note in notes:
        if told_to_step is None or _is_news(tx, job_id, note, told_to_step):
            add_event(tx, job_id, note)


def _is_news(tx: sqlite3.Connection, job_id: str, note: Note, told_to_step: int) -> bool:
    if not note.data:
        sql = "SELECT 1 FROM events WHERE job_id = ? AND type = 'message' AND level = ? AND message = ?"
        return tx.execute(sql, (job_id, note.level, note.message)).fetchone() is None
    step = note.data.get("step", 0)
    return step > told_to_step or (step == told_to_step and not _was_measured(tx, job_id, note))


def _was_measured(tx: sqlite3.Connection, job_id: str, note: Note) -> bool:
    """Whether the last events hold these very figures of this step; a step may be told in several parts."""
    sql = "SELECT data FROM events WHERE job_id = ? AND type = 'metrics' ORDER BY seq DESC LIMIT ?"
    told = [json.loads(row["data"]) for row in tx.execute(sql, (job_id, _LAST_METRICS))]
    return any(data.keys() == note.data.keys() and data.get("step") == note.data["step"] for data in told)
