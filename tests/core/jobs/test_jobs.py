"""Long work goes on in the background, can be watched and stopped, and survives a restart."""

import dataclasses
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from core.curation.projects import create_project
from core.errors import NotAllowed, Refused
from core.jobs.jobs import Job, Jobs, JobState, Progress, Task, Work
from core.people.membership import grant
from core.people.persons import Person, add_person
from core.people.roles import Action, Role
from core.store.store import Store

PATIENCE = 20.0


class Gate:
    """Work that says how far it is and waits to be let through."""

    def __init__(self) -> None:
        self.began = threading.Event()
        self.open = threading.Event()
        self.times = 0

    def __call__(self, task: Task) -> str:
        self.times += 1
        task.progress(1, 4, "One of four is done.")
        self.began.set()
        while not self.open.is_set():
            task.wait(0.01)
        return f"All of {task.subject} is done."


@pytest.fixture
def jobs(store: Store) -> Iterator[Jobs]:
    running = Jobs(store)
    yield running
    running.close()


def ended(jobs: Jobs, job: Job) -> Job:
    """The job once its work is over."""
    pause = threading.Event()
    for _ in range(int(PATIENCE / 0.01)):
        now = jobs.get(job.id)
        if not now.unfinished:
            return now
        pause.wait(0.01)
    raise AssertionError(f"The job is still {now.state}.")


def failing(error: Exception) -> Work:
    def work(task: Task) -> str:
        raise error

    return work


def test_a_job_says_how_far_it_is_and_what_came_of_it(jobs: Jobs, anna: Person) -> None:
    gate = Gate()
    jobs.register("count", gate)
    job = jobs.submit("count", "7", anna)
    assert gate.began.wait(PATIENCE)

    now = jobs.get(job.id)
    assert (now.state, now.attempts) == (JobState.RUNNING, 1)
    assert now.progress == Progress(1, 4, "One of four is done.")
    assert [one.id for one in jobs.unfinished()] == [job.id]
    gate.open.set()
    done = ended(jobs, job)

    assert (done.state, done.outcome) == (JobState.DONE, "All of 7 is done.")
    assert done.finished_at is not None
    assert jobs.unfinished() == []
    assert jobs.latest("count", "7") == done


def test_who_may_not_begin_work_may_not_stop_it(store: Store, jobs: Jobs, anna: Person) -> None:
    gate = Gate()
    jobs.register("count", gate, Action.TRAIN)
    with store.transaction(anna.email) as tx:
        project = create_project(tx, "Desk", anna)
    vera = add_person(store, "vera@example.com", "Vera")
    with store.transaction(anna.email) as tx:
        grant(tx, project.id, vera, Role.VIEWER)
    job = jobs.submit("count", "7", anna, project.id)
    assert gate.began.wait(PATIENCE)

    with pytest.raises(NotAllowed, match="Vera may not"):
        jobs.cancel(job.id, vera)

    gate.open.set()
    assert ended(jobs, job).state is JobState.DONE


def test_a_cancelled_job_stops_at_its_next_step(jobs: Jobs, anna: Person) -> None:
    gate = Gate()
    jobs.register("count", gate)
    job = jobs.submit("count", "7", anna)
    assert gate.began.wait(PATIENCE)

    jobs.cancel(job.id, anna)

    stopped = ended(jobs, job)
    assert (stopped.state, stopped.outcome) == (JobState.CANCELLED, "Stopped by a person.")
    jobs.cancel(job.id, anna)
    assert jobs.get(job.id) == stopped


def test_a_failure_that_a_person_can_act_on_is_its_own_sentence(jobs: Jobs, anna: Person) -> None:
    jobs.register("fail", failing(Refused("The file has no line 7. Choose another one.")))

    failed = ended(jobs, jobs.submit("fail", "1", anna))

    assert (failed.state, failed.outcome) == (JobState.FAILED, "The file has no line 7. Choose another one.")


def test_an_unexpected_failure_is_a_sentence_too(jobs: Jobs, anna: Person) -> None:
    jobs.register("fail", failing(KeyError("loss")))

    failed = ended(jobs, jobs.submit("fail", "1", anna))

    assert failed.state is JobState.FAILED
    assert failed.outcome == "An unexpected error stopped this work: KeyError('loss')."


def test_the_same_work_on_the_same_subject_runs_once_at_a_time(jobs: Jobs, anna: Person, ben: Person) -> None:
    gate = Gate()
    jobs.register("count", gate)
    first = jobs.submit("count", "7", anna)
    assert gate.began.wait(PATIENCE)

    assert jobs.submit("count", "7", ben).id == first.id
    other = jobs.submit("count", "8", ben)
    assert other.id != first.id
    gate.open.set()
    ended(jobs, first)
    ended(jobs, other)

    assert jobs.submit("count", "7", anna).id not in {first.id, other.id}


def test_work_that_runs_here_is_not_begun_a_second_time_by_resuming(jobs: Jobs, anna: Person) -> None:
    gate = Gate()
    jobs.register("count", gate)
    job = jobs.submit("count", "7", anna)
    assert gate.began.wait(PATIENCE)

    assert jobs.resume() == []
    gate.open.set()
    assert ended(jobs, job).attempts == 1
    assert gate.times == 1


def restarted(home: Path, kind: str, work: Callable[[Task], str]) -> tuple[Store, Jobs]:
    store = Store(home)
    jobs = Jobs(store)
    jobs.register(kind, work)
    return store, jobs


def test_work_cut_off_by_a_restart_is_found_again_and_ends(tmp_path: Path) -> None:
    before, after = Gate(), Gate()
    store, jobs = restarted(tmp_path / "home", "count", before)
    job = jobs.submit("count", "7", add_person(store, "anna@example.com", "Anna"), project_id=3)
    assert before.began.wait(PATIENCE)
    jobs.close()
    store.close()

    store, jobs = restarted(tmp_path / "home", "count", after)
    assert jobs.get(job.id).state is JobState.RUNNING
    assert [one.id for one in jobs.resume()] == [job.id]
    after.open.set()
    done = ended(jobs, job)

    assert (done.state, done.attempts, done.project_id) == (JobState.DONE, 2, 3)
    assert jobs.unfinished(3) == []
    jobs.close()
    store.close()


def test_work_that_nobody_picked_up_again_can_still_be_stopped(tmp_path: Path) -> None:
    gate = Gate()
    store, jobs = restarted(tmp_path / "home", "count", gate)
    anna = add_person(store, "anna@example.com", "Anna")
    job = jobs.submit("count", "7", anna)
    assert gate.began.wait(PATIENCE)
    jobs.close()
    store.close()
    store, jobs = restarted(tmp_path / "home", "other work", gate)

    assert jobs.resume() == []
    jobs.cancel(job.id, anna)

    assert jobs.get(job.id).state is JobState.CANCELLED
    jobs.close()
    store.close()


def test_closing_waits_until_the_work_has_let_go_of_the_store(tmp_path: Path) -> None:
    saved: list[int] = []

    def work(task: Task) -> str:
        while True:
            task.check()
            with task.store.transaction("system") as tx:
                saved.append(tx.new_id("things"))

    store, jobs = restarted(tmp_path / "home", "save", work)
    jobs.submit("save", "1", add_person(store, "anna@example.com", "Anna"))
    while not saved:
        threading.Event().wait(0.01)
    jobs.close()
    store.close()

    again = Store(tmp_path / "home")
    assert again.value("select next_id from counters where table_name = 'things'") == saved[-1] + 1
    again.close()


def test_asking_for_a_job_that_never_was_is_one_sentence(jobs: Jobs) -> None:
    with pytest.raises(Refused, match="no job with the number 99"):
        jobs.get(99)
    assert jobs.latest("count", "7") is None


def test_work_whose_end_could_not_be_saved_begins_again_when_asked(store: Store, anna: Person) -> None:
    before = Jobs(store)
    row = before.submit("count", "7", anna)
    before.close()
    jobs = Jobs(store)
    jobs.register("count", lambda _: "Counted.")

    again = jobs.submit("count", "7", anna)

    assert again.id == row.id
    assert ended(jobs, again).outcome == "Counted."
    jobs.close()


def test_what_came_of_a_job_first_is_not_overwritten(store: Store, jobs: Jobs, anna: Person) -> None:
    gate = Gate()
    jobs.register("count", gate)
    job = jobs.submit("count", "7", anna)
    assert gate.began.wait(PATIENCE)
    Jobs(store).cancel(job.id, anna)
    stopped = jobs.get(job.id)

    gate.open.set()
    while jobs.get(job.id).progress is not None:
        threading.Event().wait(0.01)

    assert stopped.state is JobState.CANCELLED
    assert jobs.get(job.id) == dataclasses.replace(stopped, progress=None)


def test_a_watch_looks_again_after_a_failure_and_ends_with_the_program(jobs: Jobs) -> None:
    looks: list[threading.Event] = []
    again = threading.Event()

    def look(closing: threading.Event) -> None:
        looks.append(closing)
        if len(looks) == 1:
            raise ValueError("this once")
        again.set()

    jobs.watch(look, 0.01)
    assert again.wait(PATIENCE)
    jobs.close()
    seen = len(looks)

    assert looks[-1].is_set()
    assert not jobs.unfinished()
    assert len(looks) == seen
