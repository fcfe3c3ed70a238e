"""The engine as a process: one per home, nothing acknowledged is lost, and it leaves cleanly."""

import json
import os
import signal
import stat
import time
from collections.abc import Iterator
from pathlib import Path

import openai
import pytest

from tests.core.engine.running import (
    ENDED,
    NGRAMS,
    RunningEngine,
    ask,
    chat_file,
    curve,
    first_line,
    start_process,
    train,
    upload,
    wait_until,
)
from tests.core.engine.shop import REPLIES, TAUGHT


@pytest.fixture
def own(tmp_path: Path) -> Iterator[RunningEngine]:
    """An engine that a test may kill."""
    running = RunningEngine(tmp_path).start()
    yield running
    if running.process.poll() is None:
        running.stop()


def test_it_says_where_it_answers_and_leaves_nothing_behind(own: RunningEngine) -> None:
    note = own.home / "engine" / "server.json"
    key = own.home / "engine" / "key"

    assert json.loads(note.read_bytes()) == {"base_url": own.base_url, "pid": own.process.pid}
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert own.stop() == 0
    assert not note.exists()


def test_a_second_engine_of_the_same_home_is_refused_in_one_sentence(own: RunningEngine) -> None:
    second = start_process(own.home)
    out, err = second.communicate(timeout=30)

    assert second.returncode == 1
    assert out == ""
    assert err.count("\n") == 1
    assert "Another engine already runs" in err
    assert own.base_url in err


def test_an_engine_nobody_uses_ends_by_itself(tmp_path: Path) -> None:
    process = start_process(tmp_path, "--idle-minutes", "0.005")
    assert first_line(process).startswith("ready ")

    process.communicate(timeout=30)

    assert process.returncode == 0


def test_a_cancelled_job_stops_and_makes_room_for_the_next(
    engine: RunningEngine, client: openai.OpenAI
) -> None:
    job = _long_job(client)

    assert client.fine_tuning.jobs.cancel(job).status == "cancelled"
    assert train(client, chat_file(TAUGHT)).status == "succeeded"

    with pytest.raises(openai.BadRequestError, match="already ended"):
        client.fine_tuning.jobs.cancel(job)
    assert client.fine_tuning.jobs.retrieve(job).fine_tuned_model is None
    assert not (engine.home / "engine" / "jobs" / job).exists()


def test_a_killed_engine_takes_up_its_running_job_again(own: RunningEngine) -> None:
    client = own.client()
    job_id = _long_job(client, epochs=8)
    own.kill()

    own.start()
    client = own.client()
    job = wait_until(client, job_id, ENDED)

    assert job.status == "succeeded"
    assert job.fine_tuned_model is not None
    assert ask(client, job.fine_tuned_model, "Where is my parcel?")[0] == REPLIES["parcel"]
    steps = [point["step"] for point in curve(client, job_id)]
    assert len(steps) == len(set(steps))


def test_engine_and_worker_killed_together_lose_no_job(own: RunningEngine) -> None:
    client = own.client()
    job_id = _long_job(client, epochs=8)
    waiting = client.fine_tuning.jobs.create(model=NGRAMS, training_file=upload(client, chat_file(TAUGHT)))
    _wait_for_worker(own, job_id, 1)
    own.kill()
    _kill_worker(own, job_id)

    own.start()
    client = own.client()

    assert wait_until(client, job_id, ENDED).status == "succeeded"
    assert wait_until(client, waiting.id, ENDED).status == "succeeded"
    assert any("starts over (attempt 2 of 3)" in event.message for event in _events(client, job_id))


def test_a_job_whose_worker_dies_three_times_fails(own: RunningEngine) -> None:
    client = own.client()
    job_id = _long_job(client)
    for attempt in (1, 2, 3):
        _wait_for_worker(own, job_id, attempt)
        _kill_worker(own, job_id, attempt)

    job = wait_until(client, job_id, ENDED)

    assert job.status == "failed"
    assert job.error is not None
    assert job.error.code == "worker_died"


def test_files_and_models_can_be_deleted(engine: RunningEngine, client: openai.OpenAI) -> None:
    job = train(client, chat_file(TAUGHT))
    model = job.fine_tuned_model
    assert model is not None

    assert client.models.delete(model).deleted
    assert client.files.delete(job.training_file).deleted

    with pytest.raises(openai.NotFoundError):
        ask(client, model, "Where is my parcel?")
    with pytest.raises(openai.NotFoundError):
        client.files.content(job.training_file)
    assert model not in {known.id for known in client.models.list().data}
    assert not (engine.home / "engine" / "models" / job.id).exists()
    assert client.fine_tuning.jobs.retrieve(job.id).status == "succeeded"


def test_what_is_needed_cannot_be_deleted(client: openai.OpenAI) -> None:
    job = _long_job(client)
    with pytest.raises(openai.BadRequestError, match="Cancel that job first"):
        client.files.delete(client.fine_tuning.jobs.retrieve(job).training_file)
    with pytest.raises(openai.PermissionDeniedError, match="built in"):
        client.models.delete(NGRAMS)
    client.fine_tuning.jobs.cancel(job)


def test_lists_are_paged_and_filtered(client: openai.OpenAI) -> None:
    file = upload(client, chat_file(TAUGHT))
    made = [
        client.fine_tuning.jobs.create(
            model=NGRAMS, training_file=file, metadata={"run": "paged", "no": str(n)}
        ).id
        for n in range(3)
    ]

    page = client.fine_tuning.jobs.list(limit=2, metadata={"run": "paged"})
    every = [job.id for job in page]
    one = client.fine_tuning.jobs.list(metadata={"run": "paged", "no": "1"}).data

    assert page.has_more
    assert every == made[::-1]
    assert [job.id for job in one] == [made[1]]
    for job in made:
        wait_until(client, job, ENDED)
    events = client.fine_tuning.jobs.list_events(made[0], limit=7)
    assert [event.id for event in events] == [event.id for event in _events(client, made[0])]
    assert len(list(client.files.list(limit=2))) == len(client.files.list().data)


def _long_job(client: openai.OpenAI, epochs: int = 50) -> str:
    """A job that is well on its way."""
    file = upload(client, chat_file(TAUGHT * 20))
    job = client.fine_tuning.jobs.create(
        model=NGRAMS, training_file=file, seed=1, hyperparameters={"n_epochs": epochs, "batch_size": 1}
    )
    wait_until(client, job.id, {"running"})
    return job.id


def _events(client: openai.OpenAI, job_id: str) -> list[openai.types.fine_tuning.FineTuningJobEvent]:
    return client.fine_tuning.jobs.list_events(job_id, limit=1000).data


def _wait_for_worker(engine: RunningEngine, job_id: str, attempt: int) -> None:
    deadline = time.monotonic() + 30
    while not _lock(engine, job_id, attempt).exists() or not _lock(engine, job_id, attempt).read_text():
        assert time.monotonic() < deadline, f"attempt {attempt} did not begin"
        time.sleep(0.02)


def _kill_worker(engine: RunningEngine, job_id: str, attempt: int = 1) -> None:
    process = _lock(engine, job_id, attempt).read_text(encoding="ascii").partition(":")[0]
    os.kill(int(process), signal.SIGKILL)


def _lock(engine: RunningEngine, job_id: str, attempt: int) -> Path:
    return engine.home / "engine" / "jobs" / job_id / str(attempt) / "worker.lock"
