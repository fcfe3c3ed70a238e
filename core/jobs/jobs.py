"""Jobs: long work that a page starts and leaves; it goes on after a reload and after a restart.

A job names a kind of work and its subject (the number of a run, an import, a study); everything else it needs
stands in its subject's own rows. So work that was cut off can begin again: it looks how far it came.
"""

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from core.errors import Refused, StorageFailed, TouchstoneError
from core.people.persons import Person
from core.people.roles import Action, require
from core.store.database import Reader, Row
from core.store.store import Store

AT_ONCE = 16
"""Most of them only wait for a provider."""
PATIENCE = 5.0
"""Seconds that closing waits for the work to reach a place where it can stop."""

log = logging.getLogger(__name__)


class JobState(StrEnum):
    """Where a job stands."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


UNFINISHED = (JobState.QUEUED, JobState.RUNNING)


@dataclass(frozen=True)
class Progress:
    """How far a job is: `done` of `total` (None while unknown), and what it is doing, in words."""

    done: int
    total: int | None
    message: str


@dataclass(frozen=True)
class Job:
    """One piece of background work; `attempts` over 1 means that a restart interrupted it."""

    id: int
    kind: str
    project_id: int | None
    subject: str
    state: JobState
    outcome: str | None
    attempts: int
    created_at: datetime
    finished_at: datetime | None
    progress: Progress | None

    @property
    def unfinished(self) -> bool:
        """Whether it still waits or works."""
        return self.state in UNFINISHED


class Cancelled(Exception):
    """A person stopped this job."""


class Interrupted(Exception):
    """The program is closing; the job stays as it is and goes on at the next start."""


class Task:
    """What a piece of work sees of its job."""

    def __init__(self, store: Store, subject: str, report: Callable[[Progress], None]) -> None:
        self.store = store
        self.subject = subject
        self.cancelled = threading.Event()
        self.closing = threading.Event()
        self._report = report

    def progress(self, done: int, total: int | None, message: str) -> None:
        """Say how far the work is; also the place where a cancel takes effect.

        Raises:
            Cancelled: a person stopped the job.
            Interrupted: the program is closing.
        """
        self.check()
        self._report(Progress(done, total, message))

    def check(self) -> None:
        """Stop here if somebody cancelled the job or the program is closing."""
        if self.closing.is_set():
            raise Interrupted
        if self.cancelled.is_set():
            raise Cancelled

    def wait(self, seconds: float) -> None:
        """Pause, and wake early for a cancel or for closing."""
        self.cancelled.wait(seconds)
        self.check()


Work = Callable[[Task], str]
"""Does the work and returns its outcome in a sentence."""


class Jobs:
    """The background work of one open workspace."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._works: dict[str, Work] = {}
        self._takes: dict[str, Action] = {}
        self._tasks: dict[int, Task] = {}
        self._threads: dict[int, threading.Thread] = {}
        self._progress: dict[int, Progress] = {}
        self._slots = threading.Semaphore(AT_ONCE)
        self._guard = threading.Lock()
        self._closing = False
        self._closed = threading.Event()
        self._watches: list[threading.Thread] = []

    def register(self, kind: str, work: Work, takes: Action | None = None) -> None:
        """Name the work of a kind of job, and what somebody must be allowed to do to begin or stop it."""
        self._works[kind] = work
        if takes is not None:
            self._takes[kind] = takes

    def resume(self) -> list[Job]:
        """Go on with what an earlier process left unfinished."""
        left = [job for job in self.unfinished() if job.kind in self._works and job.id not in self._tasks]
        for job in left:
            self._start(job)
        return left

    def submit(self, kind: str, subject: str, person: Person, project_id: int | None = None) -> Job:
        """Begin work in the background; work that is already under way is returned instead.

        Raises:
            NotAllowed: the person may not begin work of this kind in this project.
        """
        with self._store.transaction(person.email) as tx:
            self._must_be_allowed(tx, kind, project_id, person)
            row = tx.row(
                f"{SELECT} where kind = ? and subject = ? and state in ('queued', 'running')", kind, subject
            )
            if row is not None:
                job_id = row[0]
            else:
                job_id = tx.new_id("jobs")
                tx.insert(
                    "jobs",
                    {
                        "id": job_id,
                        "kind": kind,
                        "project_id": project_id,
                        "subject": subject,
                        "state": JobState.QUEUED.value,
                        "attempts": 0,
                        "person_id": person.id,
                        "created_at": tx.now,
                        "version": 1,
                    },
                )
        job = self.get(job_id)
        self._start(job)
        return job

    def watch(self, look: Callable[[threading.Event], None], seconds: float) -> None:
        """Look at something every so many seconds for as long as the workspace is open.

        Unlike a job it ends with the program, has no row and waits for nobody: it looks at the data anew each
        time. `look` is told when the program closes, and what it fails at is only logged.
        """

        def keep_looking() -> None:
            while not self._closed.wait(seconds):
                try:
                    look(self._closed)
                except Exception:
                    log.exception("A look at what is to be done failed; it is looked at again.")

        thread = threading.Thread(target=keep_looking, name="watch", daemon=True)
        self._watches.append(thread)
        thread.start()

    def cancel(self, job_id: int, person: Person) -> None:
        """Ask a job to stop; it does so at its next step.

        Raises:
            NotAllowed: the person may not begin work of this kind in this project.
            Refused: there is no such job.
        """
        job = self.get(job_id)
        self._must_be_allowed(self._store, job.kind, job.project_id, person)
        with self._guard:
            task = self._tasks.get(job_id)
        if task is not None:
            task.cancelled.set()
        elif job.unfinished:
            self._finish(job_id, JobState.CANCELLED, "Stopped before it began.")

    def get(self, job_id: int) -> Job:
        """The job with this number.

        Raises:
            Refused: there is none.
        """
        row = self._store.row(f"{SELECT} where id = ?", job_id)
        if row is None:
            raise Refused(f"There is no job with the number {job_id}.")
        return self._job(row)

    def latest(self, kind: str, subject: str) -> Job | None:
        """The newest job of this kind on this subject."""
        row = self._store.row(
            f"{SELECT} where kind = ? and subject = ? order by id desc limit 1", kind, subject
        )
        return self._job(row) if row else None

    def unfinished(self, project_id: int | None = None) -> list[Job]:
        """The jobs that wait or work, of one project or of all."""
        sql = f"{SELECT} where state in ('queued', 'running') order by id"
        rows = self._store.recall(("jobs",), "unfinished", lambda: self._store.rows(sql))
        jobs = [self._job(row) for row in rows]
        return [job for job in jobs if project_id in (None, job.project_id)]

    def close(self) -> None:
        """Stop working; what is unfinished goes on the next time the workspace is opened."""
        with self._guard:
            self._closing = True
            self._closed.set()
            tasks = list(self._tasks.values())
            threads = [*self._threads.values(), *self._watches]
        for task in tasks:
            task.closing.set()
            task.cancelled.set()
        patience = time.monotonic() + PATIENCE
        for thread in threads:
            thread.join(max(0.0, patience - time.monotonic()))

    def _must_be_allowed(self, reader: Reader, kind: str, project_id: int | None, person: Person) -> None:
        if project_id is not None and kind in self._takes:
            require(reader, project_id, person, self._takes[kind])

    def _start(self, job: Job) -> None:
        task = Task(self._store, job.subject, lambda progress: self._progress.__setitem__(job.id, progress))
        thread = threading.Thread(target=self._run, args=(job, task), name=f"job-{job.id}", daemon=True)
        with self._guard:
            if self._closing or job.id in self._tasks:
                return
            self._tasks[job.id] = task
            self._threads[job.id] = thread
            thread.start()

    def _run(self, job: Job, task: Task) -> None:
        try:
            with self._slots:
                task.check()
                if not self._marked_running(job):
                    return
                outcome = self._works[job.kind](task)
            self._finish(job.id, JobState.DONE, outcome)
        except Interrupted:
            return
        except Cancelled:
            self._finish(job.id, JobState.CANCELLED, "Stopped by a person.")
        except TouchstoneError as error:
            if not task.closing.is_set():
                self._fail(job.id, str(error))
        except Exception as error:
            if not task.closing.is_set():
                log.exception("The job %s failed.", job.id)
                self._fail(job.id, f"An unexpected error stopped this work: {error!r}.")
        finally:
            with self._guard:
                self._tasks.pop(job.id, None)
                self._threads.pop(job.id, None)
            self._progress.pop(job.id, None)

    def _fail(self, job_id: int, sentence: str) -> None:
        try:
            self._finish(job_id, JobState.FAILED, sentence)
        except StorageFailed:
            log.exception("The job %s failed, and that could not be saved: it begins again.", job_id)

    def _marked_running(self, job: Job) -> bool:
        """Whether there is still something to do: it may have ended before this thread began."""
        with self._store.transaction("system") as tx:
            if _has_ended(tx, job.id):
                return False
            attempts = job.attempts + 1
            tx.update("jobs", {"id": job.id}, {"state": JobState.RUNNING.value, "attempts": attempts})
            return True

    def _finish(self, job_id: int, state: JobState, outcome: str) -> None:
        """Say what came of it; what came of it first stays."""
        with self._store.transaction("system") as tx:
            if not _has_ended(tx, job_id):
                changes = {"state": state.value, "outcome": outcome, "finished_at": tx.now}
                tx.update("jobs", {"id": job_id}, changes)

    def _job(self, row: Row) -> Job:
        number, kind, project_id, subject, state, outcome, attempts, created_at, finished_at = row
        progress = self._progress.get(number)
        return Job(
            number, kind, project_id, subject, JobState(state), outcome, attempts, created_at, finished_at,
            progress,
        )  # fmt: skip


SELECT = "select id, kind, project_id, subject, state, outcome, attempts, created_at, finished_at from jobs"


def _has_ended(reader: Reader, job_id: int) -> bool:
    return reader.value("select state from jobs where id = ?", job_id) not in UNFINISHED
