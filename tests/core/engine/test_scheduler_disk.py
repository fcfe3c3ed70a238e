"""On a disk that is really full the engine refuses in clear words, keeps what it has, and lives on."""

import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import openai
import pytest

from tests.core.engine.batching import begun, ended, many_chats, results, under_way
from tests.core.engine.running import ENDED, NGRAMS, EngineOf, ask, chat_file, train, upload, wait_until
from tests.core.engine.shop import REPLIES, TAUGHT

DISK_BYTES = 64 * 2**20
KEPT_FREE_BYTES = 64 * 2**10
FULL_SECONDS = 2.0
LARGE_FILE = chat_file(TAUGHT * 40)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system with room for a few models."""
    place = tmp_path / "disk"
    place.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={DISK_BYTES}", "tmpfs", str(place)]
    if os.geteuid() or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("Only root can mount the small disk that this test fills.")
    yield place
    subprocess.run(["umount", str(place)], check=True)


def test_a_disk_full_for_a_while_costs_nothing_that_was_kept(small_disk: Path, engine_of: EngineOf) -> None:
    engine = engine_of(small_disk / "home").start()
    client = engine.client()
    model = train(client, chat_file(TAUGHT)).fine_tuned_model
    assert model is not None
    kept = upload(client, chat_file(TAUGHT))
    fill(small_disk)

    with pytest.raises(openai.InternalServerError, match="No space left on device") as refused:
        upload(client, LARGE_FILE)
    assert refused.value.code == "storage_failed"
    asked = [job for job in (ask_for_a_job(client, kept) for _ in range(3)) if job is not None]
    time.sleep(FULL_SECONDS)

    assert engine.is_running
    assert ask(client, model, "Where is my parcel?")[0] == REPLIES["parcel"]
    (small_disk / "ballast").unlink()
    for job_id in asked:
        must_end_in_clear_words(client, job_id)
    assert train(client, chat_file(TAUGHT)).status == "succeeded"
    assert client.files.content(kept).read() == chat_file(TAUGHT)
    assert {path.name for path in (engine.home / "engine" / "files").iterdir()} == {
        file.id for file in client.files.list().data
    }
    assert engine.stop() == 0


def test_a_disk_that_fills_up_while_jobs_run_fails_them_or_has_them_wait(
    small_disk: Path, engine_of: EngineOf
) -> None:
    engine = engine_of(small_disk / "home").start()
    client = engine.client()
    file = upload(client, LARGE_FILE)
    jobs = [client.fine_tuning.jobs.create(model=NGRAMS, training_file=file).id for _ in range(3)]
    wait_until(client, jobs[0], {"running"})

    fill(small_disk, free=0)
    time.sleep(FULL_SECONDS)
    (small_disk / "ballast").unlink()

    for job_id in jobs:
        must_end_in_clear_words(client, job_id)
    assert train(client, chat_file(TAUGHT)).status == "succeeded"
    assert engine.stop() == 0


def test_a_batch_waits_for_room_and_repeats_no_line(small_disk: Path, engine_of: EngineOf) -> None:
    engine = engine_of(small_disk / "home").start()
    client = engine.client()
    batch_id = begun(client, many_chats(NGRAMS, 8_000))
    under_way(client, batch_id)

    fill(small_disk, free=0)
    time.sleep(FULL_SECONDS)
    (small_disk / "ballast").unlink()
    batch = ended(client, batch_id)

    assert batch.status == "completed"
    assert len(results(client, batch.output_file_id)) == 8_000
    assert engine.stop() == 0


def fill(disk: Path, free: int = KEPT_FREE_BYTES) -> None:
    """Leave so little room."""
    there = os.statvfs(disk)
    with (disk / "ballast").open("wb", buffering=0) as ballast, suppress(OSError):
        ballast.write(bytes(there.f_bavail * there.f_frsize - free))


def ask_for_a_job(client: openai.OpenAI, file: str) -> str | None:
    """A job that was taken, None where it was refused for the disk's sake."""
    try:
        return client.fine_tuning.jobs.create(model=NGRAMS, training_file=file).id
    except openai.InternalServerError as refused:
        if refused.code != "storage_failed":
            raise
        return None


def must_end_in_clear_words(client: openai.OpenAI, job_id: str) -> None:
    """Once there is room again a job that was taken has ended well, or says that the disk was full."""
    job = wait_until(client, job_id, ENDED)
    if job.status != "succeeded":
        assert job.error is not None
        assert job.error.code == "storage_failed"
