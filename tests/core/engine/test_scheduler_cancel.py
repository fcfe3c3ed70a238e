"""A job can be cancelled at any moment, and large files are read where they hold up nobody."""

import json
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.engine.jobs.checking import ASIDE_BYTES
from tests.core.engine.running import ENDED, NGRAMS, RunningEngine, ask, chat_file, train, upload, wait_until
from tests.core.engine.shop import REPLIES, TAUGHT

LONG_WINDED = "Answer kindly. " * 10_000


@pytest.fixture(scope="module")
def busy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningEngine]:
    running = RunningEngine(tmp_path_factory.mktemp("home")).start()
    yield running
    assert running.stop() == 0


@pytest.mark.parametrize("after_seconds", [0.0, 0.02, 0.05, 0.1, 0.2, 0.4])
def test_a_job_cancelled_at_any_moment_stays_cancelled(busy: RunningEngine, after_seconds: float) -> None:
    client = busy.client()
    file = upload(client, chat_file(TAUGHT * 5))
    job = client.fine_tuning.jobs.create(
        model=NGRAMS, training_file=file, hyperparameters={"n_epochs": 50, "batch_size": 1}
    )

    time.sleep(after_seconds)
    cancelled = client.fine_tuning.jobs.cancel(job.id)

    must_be_gone(busy, job.id)
    now = client.fine_tuning.jobs.retrieve(job.id)
    assert (cancelled.status, now.status, now.fine_tuned_model) == ("cancelled", "cancelled", None)
    last = client.fine_tuning.jobs.list_events(job.id, limit=1).data[0]
    assert last.message == "The job was cancelled"
    assert client.files.delete(file).deleted


def test_a_large_file_is_read_while_the_engine_answers(busy: RunningEngine) -> None:
    client = busy.client()
    model = train(client, chat_file(TAUGHT)).fine_tuned_model
    assert model is not None
    data = several_mib() + b"no example\n"

    job = client.fine_tuning.jobs.create(model=NGRAMS, training_file=upload(client, data))
    assert ask(client, model, "Where is my parcel?")[0] == REPLIES["parcel"]
    failed = wait_until(client, job.id, ENDED)

    assert failed.status == "failed"
    assert failed.error is not None
    assert failed.error.code == "invalid_training_file"
    assert f"Line {len(TAUGHT) + 1}" in failed.error.message


def test_the_reading_of_a_large_file_can_be_cancelled(busy: RunningEngine) -> None:
    client = busy.client()
    file = upload(client, several_mib())
    job = client.fine_tuning.jobs.create(model=NGRAMS, training_file=file)

    assert client.fine_tuning.jobs.cancel(job.id).status == "cancelled"
    assert train(client, chat_file(TAUGHT)).status == "succeeded"

    must_be_gone(busy, job.id)


def test_a_large_file_can_be_learned_from(busy: RunningEngine) -> None:
    client = busy.client()

    assert train(client, several_mib()).status == "succeeded"


def several_mib() -> bytes:
    """A good training file that is too large to be read by the engine's own process."""
    lines = [json.loads(line) for line in chat_file(TAUGHT).splitlines()]
    system = {"role": "system", "content": LONG_WINDED}
    data = "".join(json.dumps({"messages": [system, *line["messages"]]}) + "\n" for line in lines)
    assert len(data) > ASIDE_BYTES
    return data.encode("utf-8")


def must_be_gone(engine: RunningEngine, job_id: str) -> None:
    """Nothing of the job is left on the disk."""
    folder = engine.home / "engine"
    deadline = time.monotonic() + 20
    while any(Path(folder, kind, job_id).exists() for kind in ("jobs", "models")):
        assert time.monotonic() < deadline
        time.sleep(0.02)
