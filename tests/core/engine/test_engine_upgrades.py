"""An engine opens what an older one left, and leaves alone what a newer one wrote."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from core.engine.database import Database
from core.engine.errors import EngineRefused
from core.engine.home import Home
from tests.core.engine.running import ENDED, NGRAMS, EngineOf, ask, chat_file, wait_until
from tests.core.engine.shop import REPLIES, TAUGHT

FIRST_VERSION = """
CREATE TABLE files (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT UNIQUE NOT NULL, created_at INTEGER NOT NULL,
    bytes INTEGER NOT NULL, filename TEXT NOT NULL, purpose TEXT NOT NULL, sha256 TEXT NOT NULL);
CREATE TABLE jobs (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT UNIQUE NOT NULL, created_at INTEGER NOT NULL,
    finished_at INTEGER, status TEXT NOT NULL, model TEXT NOT NULL, training_file TEXT NOT NULL,
    validation_file TEXT, suffix TEXT, seed INTEGER NOT NULL, hyperparameters TEXT NOT NULL,
    metadata TEXT NOT NULL, fine_tuned_model TEXT, result_file TEXT, trained_tokens INTEGER,
    error TEXT, cancel_asked_at REAL, attempts INTEGER NOT NULL DEFAULT 0, handle TEXT,
    events_read INTEGER NOT NULL DEFAULT 0);
CREATE INDEX jobs_by_status ON jobs (status, seq);
CREATE TABLE job_metadata (
    job_id TEXT NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY (job_id, key));
CREATE TABLE events (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT UNIQUE NOT NULL, job_id TEXT NOT NULL,
    created_at INTEGER NOT NULL, level TEXT NOT NULL, type TEXT NOT NULL, message TEXT NOT NULL,
    data TEXT NOT NULL);
CREATE INDEX events_by_job ON events (job_id, seq);
CREATE TABLE checkpoints (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT UNIQUE NOT NULL, job_id TEXT NOT NULL,
    created_at INTEGER NOT NULL, step INTEGER NOT NULL, model TEXT NOT NULL, metrics TEXT NOT NULL);
CREATE INDEX checkpoints_by_job ON checkpoints (job_id, seq);
CREATE TABLE models (
    id TEXT PRIMARY KEY, created_at INTEGER NOT NULL, kind TEXT NOT NULL, folder TEXT NOT NULL,
    job_id TEXT NOT NULL);
"""


@pytest.mark.parametrize("status", ["validating_files", "queued", "running"])
def test_a_job_of_the_first_version_is_carried_to_its_end(
    tmp_path: Path, engine_of: EngineOf, status: str
) -> None:
    home = Home.inside(tmp_path)
    data = chat_file(TAUGHT)
    (home.files / "file-old").write_bytes(data)
    attempts, handle = (1, "ftjob-old/1") if status == "running" else (0, None)
    with closing(sqlite3.connect(home.database)) as old, old:
        old.executescript(FIRST_VERSION)
        old.execute(
            "INSERT INTO files (id, created_at, bytes, filename, purpose, sha256) VALUES"
            " ('file-old', 1, ?, 'train.jsonl', 'fine-tune', '')",
            (len(data),),
        )
        chosen = json.dumps({"n_epochs": 10, "batch_size": "auto", "learning_rate_multiplier": "auto"})
        old.execute(
            "INSERT INTO jobs (id, created_at, status, model, training_file, seed, hyperparameters, metadata,"
            " attempts, handle) VALUES ('ftjob-old', 1, ?, ?, 'file-old', 7, ?, '{}', ?, ?)",
            (status, NGRAMS, chosen, attempts, handle),
        )

    engine = engine_of(tmp_path).start()
    client = engine.client()
    job = wait_until(client, "ftjob-old", ENDED)

    assert job.status == "succeeded"
    assert job.fine_tuned_model is not None
    assert ask(client, job.fine_tuned_model, "Where is my parcel?")[0] == REPLIES["parcel"]
    assert engine.stop() == 0


def test_opening_again_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "engine.sqlite"
    Database(path).close()
    first = schema(path)

    Database(path).close()

    assert schema(path) == first


def test_what_a_newer_engine_wrote_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "engine.sqlite"
    Database(path).close()
    with closing(sqlite3.connect(path)) as newer:
        newer.execute("PRAGMA user_version = 1000")

    with pytest.raises(EngineRefused, match="newer engine"):
        Database(path)

    assert schema(path)[0] == 1000


def schema(path: Path) -> tuple[int, list[str]]:
    with closing(sqlite3.connect(path)) as opened:
        version: int = opened.execute("PRAGMA user_version").fetchone()[0]
        return version, [row[0] for row in opened.execute("SELECT sql FROM sqlite_schema ORDER BY name")]
