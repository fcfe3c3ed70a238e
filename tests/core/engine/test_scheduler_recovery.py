"""The scheduler loses no work: who dies or hangs is followed by another, and what was told stays told."""

from pathlib import Path

import pytest

from core.engine.errors import ApiError
from core.engine.jobs.folder import JobFolder, Note
from core.engine.records import JobRecord
from tests.core.engine.workshop import Workshop

DIE = "os.kill(os.getpid(), signal.SIGKILL)"
COUNTING = """
former = Path(order.resume_from or folder.path) / "ckpt" / "reached"
first = int(former.read_text()) + 1 if order.resume_from else 0
for step in range(first, 6):
    tell(step)
    if keeps:
        folder.checkpoints.mkdir(exist_ok=True)
        (folder.checkpoints / "reached").write_text(str(step))
    if attempt == 1 and step == 3:
        os.kill(os.getpid(), signal.SIGKILL)
succeed()
"""


def test_a_dead_workers_job_goes_on_from_its_last_checkpoint(tmp_path: Path) -> None:
    with Workshop(tmp_path, f"keeps = True\n{COUNTING}") as shop:
        job = shop.end_of(shop.ask())

        assert job.status == "succeeded"
        assert job.attempts == 2
        assert (job.step, job.total_steps) == (5, 5)
        assert shop.steps(job) == [0, 1, 2, 3, 4, 5]
        assert (
            "The worker died (signal 9, as when the machine's memory runs out);"
            " the job goes on from its last checkpoint (attempt 2 of 3)."
        ) in shop.messages(job)


def test_without_a_checkpoint_it_starts_over_and_tells_no_step_twice(tmp_path: Path) -> None:
    with Workshop(tmp_path, f"keeps = False\n{COUNTING}") as shop:
        job = shop.ask()
        seen = shop.wait(job, lambda now: now.step is not None)
        cursor = shop.jobs.events(seen.id, None, 1)[0].id

        job = shop.end_of(job)

        assert job.status == "succeeded"
        assert shop.steps(job) == [0, 1, 2, 3, 4, 5]
        assert any("starts over (attempt 2 of 3)" in message for message in shop.messages(job))
        assert shop.jobs.events(job.id, cursor, 1000)


def test_a_worker_that_dies_three_times_has_failed_and_its_logs_are_kept(tmp_path: Path) -> None:
    with Workshop(tmp_path, f"print('last words', attempt, flush=True); {DIE}") as shop:
        job = shop.end_of(shop.ask())

        assert job.status == "failed"
        assert job.error is not None
        assert job.error["code"] == "worker_died"
        kept = sorted(
            path.relative_to(shop.home.jobs) for path in shop.home.jobs.rglob("*") if path.is_file()
        )
        assert kept == [Path(job.id, str(attempt), "worker.log") for attempt in (1, 2, 3)]
        assert "last words 3" in (shop.home.jobs / kept[2]).read_text(encoding="utf-8")


def test_a_worker_that_gives_no_sign_of_life_is_ended_and_followed_by_another(tmp_path: Path) -> None:
    hanging = "tell(0)\nif attempt == 1: os.kill(os.getpid(), signal.SIGSTOP)\nsucceed()"
    with Workshop(tmp_path, hanging, silent_seconds=1.0) as shop:
        job = shop.end_of(shop.ask())

        assert job.status == "succeeded"
        assert job.attempts == 2


def test_a_slow_worker_that_gives_signs_of_life_is_left_alone(tmp_path: Path) -> None:
    slow = "for _ in range(40): folder.go_on(); time.sleep(0.05)\nsucceed()"
    with Workshop(tmp_path, slow, silent_seconds=1.0) as shop:
        job = shop.end_of(shop.ask())

        assert job.status == "succeeded"
        assert job.attempts == 1


def test_the_next_engine_takes_up_a_living_worker_and_all_it_told_meanwhile(tmp_path: Path) -> None:
    patient = """
tell(0)
while not (folder.path / "go").exists(): time.sleep(0.02)
for step in range(1, 6): tell(step)
succeed()
"""
    with Workshop(tmp_path, patient) as shop:
        job = shop.wait(shop.ask(), lambda now: now.step == 0)
        worker = JobFolder(shop.home.jobs / str(job.handle))
    (worker.path / "go").touch()

    with Workshop(tmp_path, DIE) as shop:
        job = shop.end_of(job)

        assert job.status == "succeeded"
        assert job.attempts == 1
        assert shop.steps(job) == [0, 1, 2, 3, 4, 5]


def test_a_worker_that_could_not_even_say_that_the_disk_is_full_is_not_tried_again(tmp_path: Path) -> None:
    with Workshop(tmp_path, "sys.exit(74)") as shop:
        job = shop.end_of(shop.ask())

        assert job.error is not None
        assert job.error["code"] == "storage_failed"
        assert job.attempts == 1


def test_a_torn_line_among_the_events_costs_that_line_alone(tmp_path: Path) -> None:
    torn = 'tell(0); open(folder.path / "events.jsonl", "a").write(\'{"level": "in\\n\'); tell(1); succeed()'
    with Workshop(tmp_path, torn) as shop:
        job = shop.end_of(shop.ask())

        assert job.status == "succeeded"
        assert shop.steps(job) == [0, 1]


def test_a_worker_with_an_unreadable_outcome_fails_its_job_and_no_other(tmp_path: Path) -> None:
    broken = '(folder.path / "result.json").write_text("{") if order.seed == 1 else succeed()'
    with Workshop(tmp_path, broken) as shop:
        job = shop.end_of(shop.ask())

        assert job.status == "failed"
        assert job.error is not None
        assert job.error["code"] == "internal_error"


def test_a_training_file_that_was_lost_from_the_disk_fails_its_job(tmp_path: Path) -> None:
    shop = Workshop(tmp_path, "succeed()")
    jobs = [shop.ask(), shop.ask()]
    shop.jobs.queue(jobs[1].id, "reply_picker", Note("info", "queued"))
    shop.files.path(jobs[0].training_file).unlink()
    with shop.database.transaction() as tx:
        tx.execute("DELETE FROM files WHERE id = ?", (jobs[1].training_file,))
    with shop:
        ended = [shop.end_of(job) for job in jobs]

        assert [job.error and job.error["code"] for job in ended] == ["invalid_training_file"] * 2
        assert names(shop.home.jobs) == set()


def test_a_pickers_job_never_waits_for_an_adapters(tmp_path: Path) -> None:
    waits = 'while order.trainer == "lora" and not folder.cancel_asked: time.sleep(0.02)\nsucceed()'
    shop = Workshop(tmp_path, waits)
    adapters = [shop.ask(), shop.ask()]
    for adapter in adapters:
        shop.jobs.queue(adapter.id, "lora", Note("info", "queued"))
    with shop:
        shop.wait(adapters[0], lambda now: now.status == "running")

        picker = shop.end_of(shop.ask())

        assert picker.status == "succeeded"
        assert shop.jobs.get(adapters[1].id).status == "queued"
        for adapter in adapters:
            shop.jobs.cancel(adapter.id)
        assert [shop.end_of(adapter).status for adapter in adapters] == ["cancelled", "cancelled"]


def test_slots_are_filled_oldest_first_and_never_overfilled(tmp_path: Path) -> None:
    waits = "while not folder.cancel_asked: time.sleep(0.02)"
    with Workshop(tmp_path, waits, slots=2) as shop:
        jobs = [shop.ask() for _ in range(4)]
        shop.wait(jobs[1], lambda now: now.status == "running")
        shop.wait(jobs[3], lambda now: now.status == "queued")

        assert statuses(shop, jobs) == ["running", "running", "queued", "queued"]

        shop.jobs.cancel(jobs[0].id)
        shop.wait(jobs[2], lambda now: now.status == "running")
        assert statuses(shop, jobs) == ["cancelled", "running", "running", "queued"]
        for job in jobs[1:]:
            shop.jobs.cancel(job.id)
            shop.end_of(job)


def test_a_cancelled_worker_that_will_not_hear_of_it_is_ended(tmp_path: Path) -> None:
    deaf = "signal.signal(signal.SIGTERM, signal.SIG_IGN)\ntell(0)\nwhile True: time.sleep(1)"
    with Workshop(tmp_path, deaf) as shop:
        job = shop.wait(shop.ask(), lambda now: now.step == 0)
        worker = shop.executor.reattach(shop.home.jobs / str(job.handle))
        assert worker is not None

        shop.jobs.cancel(job.id)
        shop.scheduler.wake()
        job = shop.end_of(job)

        assert job.status == "cancelled"
        assert not shop.executor.poll(worker).alive
        assert list(shop.home.jobs.iterdir()) == []


def test_an_ended_job_stays_as_it_ended(tmp_path: Path) -> None:
    with Workshop(tmp_path, "succeed()") as shop:
        job = shop.end_of(shop.ask())

        with pytest.raises(ApiError, match="already ended: it succeeded"):
            shop.jobs.cancel(job.id)

        assert shop.jobs.get(job.id) == job


def test_what_no_job_knows_is_swept_and_logs_go_when_their_days_are_over(tmp_path: Path) -> None:
    with Workshop(tmp_path, "sys.exit(74)") as shop:
        failed = shop.end_of(shop.ask())
        assert names(shop.home.jobs) == {failed.id}
    for orphan in (shop.home.jobs / "ftjob-unknown" / "1", shop.home.models / "ftjob-unknown"):
        orphan.mkdir(parents=True)

    with Workshop(tmp_path, DIE, failed_days=0.0) as shop:
        done = shop.end_of(shop.ask(b"no training file"))

        assert done.status == "failed"
        assert failed.id not in names(shop.home.jobs)
        assert names(shop.home.models) == set()


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def statuses(shop: Workshop, jobs: list[JobRecord]) -> list[str]:
    return [shop.jobs.get(job.id).status for job in jobs]
