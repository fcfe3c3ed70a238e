"""The engine and its worker killed, or the disk full, at one step after the other of a job's way."""

import os
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

import openai
import pytest
from openai.types.fine_tuning import FineTuningJob

from tests.core.engine.running import (
    ENDED,
    NGRAMS,
    EngineOf,
    RunningEngine,
    ask,
    chat_file,
    curve,
    upload,
    wait_until,
)
from tests.core.engine.shop import REPLIES, TAUGHT

ENGINE, WORKER = "engine", "core.engine.jobs.worker"
FAULTS = Path(__file__).parent / "faults"
ATTEMPTS = 8
PATIENCE_SECONDS = 20
Found = TypeVar("Found")


def faulty(
    engine_of: EngineOf,
    folder: Path,
    program: str,
    kind: str,
    at: int,
    below: tuple[str, ...] = ("files", "jobs", "models"),
) -> RunningEngine:
    """An engine to which a fault happens, once, at the `at`-th change a program of its makes there."""
    home = folder / "home"
    paths = [str(FAULTS), *filter(None, [os.environ.get("PYTHONPATH")])]
    environment = {
        "PYTHONPATH": os.pathsep.join(paths),
        "FAULT_PROGRAM": program,
        "FAULT_KIND": kind,
        "FAULT_AT": str(at),
        "FAULT_BELOW": os.pathsep.join(str(home / "engine" / name) for name in below),
        "FAULT_NOTE": str(folder / "fault"),
    }
    return engine_of(home, environment=environment)


def persistently(engine: RunningEngine, do: Callable[[openai.OpenAI], Found]) -> Found:
    """Ask again after every refusal that is no fault of the request; start an engine that is not there."""
    told = "The engine does not start."
    for _ in range(ATTEMPTS):
        if not engine.is_running:
            with suppress(AssertionError):  # the fault may meet the start itself
                engine.start()
            continue
        try:
            return do(engine.client())
        except (openai.APIConnectionError, openai.InternalServerError) as error:
            told = str(error)
    raise AssertionError(told)


def trained(engine: RunningEngine) -> FineTuningJob:
    """A job from its file to its end, whatever happens."""
    file = persistently(engine, lambda client: upload(client, chat_file(TAUGHT)))
    job = persistently(
        engine, lambda client: client.fine_tuning.jobs.create(model=NGRAMS, training_file=file, seed=7)
    )
    return persistently(engine, lambda client: wait_until(client, job.id, ENDED))


def must_work(engine: RunningEngine, job: FineTuningJob) -> None:
    """The model answers, each step is told once, and nothing lies about that nobody knows."""
    assert job.fine_tuned_model is not None
    model = job.fine_tuned_model
    question = "Where is my parcel?"
    assert persistently(engine, lambda client: ask(client, model, question)[0]) == REPLIES["parcel"]
    steps = [point["step"] for point in persistently(engine, lambda client: curve(client, job.id))]
    assert steps == sorted(set(steps))


def must_be_tidy(engine: RunningEngine) -> None:
    """Everything on the disk is known, and of failed jobs the logs alone are left."""
    client = engine.client()
    jobs = client.fine_tuning.jobs.list(limit=100).data
    folder = engine.home / "engine"
    assert names(folder / "files") == {file.id for file in client.files.list().data}
    assert names(folder / "models") == {job.id for job in jobs if job.status == "succeeded"}
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not names(folder / "jobs") <= {job.id for job in jobs if job.status == "failed"}:
        assert time.monotonic() < deadline, names(folder / "jobs")
        time.sleep(0.05)
    assert {path.name for path in (folder / "jobs").glob("*/*/*")} <= {"worker.log"}


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


@pytest.mark.parametrize(
    ("program", "at"), [(ENGINE, at) for at in (2, 7, 9, 11, 12)] + [(WORKER, at) for at in (6, 30)]
)
def test_a_job_comes_to_its_end_though_engine_or_worker_is_killed_at_any_step(
    tmp_path: Path, engine_of: EngineOf, program: str, at: int
) -> None:
    engine = faulty(engine_of, tmp_path, program, "kill", at)

    job = trained(engine)

    assert (tmp_path / "fault").exists()
    assert job.status == "succeeded"
    must_work(engine, job)
    must_be_tidy(engine)
    assert engine.stop() == 0


@pytest.mark.parametrize(
    ("program", "at"), [(ENGINE, at) for at in (1, 4, 11)] + [(WORKER, at) for at in (1, 20)]
)
def test_a_full_disk_at_any_step_is_said_and_the_engine_lives_on(
    tmp_path: Path, engine_of: EngineOf, program: str, at: int
) -> None:
    engine = faulty(engine_of, tmp_path, program, "full", at)
    began = engine.start().process.pid

    job = trained(engine)
    next_job = trained(engine)

    assert (tmp_path / "fault").exists()
    assert engine.process.pid == began
    if job.status == "failed":
        assert job.error is not None
        assert job.error.code == "storage_failed"
        assert "disk" in job.error.message
    else:
        must_work(engine, job)
    assert next_job.status == "succeeded"
    must_work(engine, next_job)
    must_be_tidy(engine)
    assert engine.stop() == 0


@pytest.mark.parametrize("at", [5, 11])
def test_a_disk_that_is_full_when_the_engine_starts_is_said_in_one_sentence(
    tmp_path: Path, engine_of: EngineOf, at: int
) -> None:
    engine = faulty(engine_of, tmp_path, ENGINE, "full", at, below=(".",))

    said = engine.refused()

    assert said.count("\n") == 1
    assert "No space left on device" in said
    assert engine.start().stop() == 0
