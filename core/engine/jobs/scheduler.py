"""The scheduler: carries every job from its files to its model, whatever dies on the way."""

import errno
import logging
import shutil
import signal
import sqlite3
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from core.engine.errors import ApiError, JobFailed
from core.engine.files import FileShelf
from core.engine.home import Home
from core.engine.jobs.book import MAX_ATTEMPTS, JobBook
from core.engine.jobs.checking import Check, Checks
from core.engine.jobs.executor import Executor, Handle, Health, surroundings
from core.engine.jobs.folder import JobFolder, Note
from core.engine.jobs.ordering import order_for, resumable
from core.engine.jobs.publishing import publish
from core.engine.jobs.silence import Silence
from core.engine.jobs.tidying import Tidying
from core.engine.jobs.worker import DISK_FULL
from core.engine.models import Models
from core.engine.records import JobRecord

TERM_AFTER_SECONDS = 10.0
KILL_AFTER_SECONDS = 15.0
_SHORTEST_PAUSE_SECONDS = 0.05
_LONGEST_PAUSE_SECONDS = 0.5
_SLOWER = 1.3
_VALIDATING_SECONDS = 0.2
"""How long a round may read training files: the jobs that run are looked after meanwhile by nobody."""
_TIDY_EVERY_SECONDS = 600.0
_MAKE_ROOM = "Nothing was half-written. Make room on the disk, then start the job again."
_DISK = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EIO}
_TOKENS = {"lora": ("HF_TOKEN",)}
_log = logging.getLogger("touchstone.engine")


@dataclass
class Scheduler:
    """One thread that looks at every job that has not ended, and moves it on.

    It looks often while something changes, seldom while nothing does, and sleeps while there is no job.
    """

    home: Home
    files: FileShelf
    jobs: JobBook
    models: Models
    executor: Executor
    silence: Silence
    tidying: Tidying
    woken: threading.Event
    term_after_seconds: float = TERM_AFTER_SECONDS
    kill_after_seconds: float = KILL_AFTER_SECONDS
    _checks: Checks = field(default_factory=Checks)
    _handles: dict[str, Handle] = field(default_factory=dict)
    _ending: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None
    _pause: float = _SHORTEST_PAUSE_SECONDS
    _changes: int = 0
    _tidied_at: float = float("-inf")
    _trouble: tuple[str, str] = ("", "")

    def begin(self) -> None:
        """Start the thread; jobs a former engine left are taken up."""
        self._thread = threading.Thread(target=self._work, name="scheduler", daemon=True)
        self._thread.start()

    def end(self) -> None:
        """Stop looking; a worker that runs goes on, and the next engine takes up its outcome."""
        self._ending.set()
        self.woken.set()
        if self._thread is not None:
            self._thread.join()
        self._checks.forget_all_but(set())

    def wake(self) -> None:
        """Something is to be done."""
        self.woken.set()

    def _work(self) -> None:
        while not self._ending.is_set():
            self.woken.clear()
            try:
                self._tidy_at_times()
                self._look()
                pause = self._until_the_next_round()
            except Exception as error:  # noqa: BLE001 - this thread must not end before the engine does
                self._tell("The scheduler's round", error)
                pause = _LONGEST_PAUSE_SECONDS
            self.woken.wait(pause)

    def _look(self) -> None:
        for job in self.jobs.to_wind_up():
            self._safely(self._wind_up, job)
        for job in self.jobs.with_status("running"):
            self._safely(self._follow, job)
        validating = self.jobs.with_status("validating_files")
        self._checks.forget_all_but({job.id for job in validating})
        enough = time.monotonic() + _VALIDATING_SECONDS
        for job in validating:
            if time.monotonic() < enough:
                self._safely(self._validate, job)
        busy = Counter(job.trainer for job in [*self.jobs.with_status("running"), *self.jobs.to_wind_up()])
        for job in self.jobs.waiting(busy, self.executor.slots):
            self._safely(self._start, job)

    def _safely(self, step: Callable[[JobRecord], None], job: JobRecord) -> None:
        """One job's trouble is no other's. Storage may recover, so it is tried again; others end the job."""
        try:
            step(job)
        except (OSError, sqlite3.Error) as error:
            self._tell(f"{job.id} ({job.status})", error)
        except Exception as error:  # noqa: BLE001 - a job must not hold up the others, nor stay for ever
            self._tell(f"{job.id} ({job.status})", error)
            message = "The engine met an error it did not foresee; its log says more. No model was made."
            self.jobs.fail(self.jobs.get(job.id), JobFailed("internal_error", message))

    def _tell(self, what: str, error: Exception) -> None:
        """Log a trouble when it begins, not at every round in which it lasts."""
        if self._trouble != (what, str(error)):
            self._trouble = (what, str(error))
            _log.error("%s could not be carried on", what, exc_info=error)

    def _validate(self, job: JobRecord) -> None:
        training = self.files.path(job.training_file)
        validation = self.files.path(job.validation_file) if job.validation_file else None
        try:
            trainer = self.models.get(job.model).kind
            check = Check(trainer, job.method, str(training), str(validation) if validation else None)
            found = self._checks.result(job.id, check)
        except ApiError as error:
            self.jobs.fail(job, JobFailed("model_not_available", error.message, "model"))
        except JobFailed as failure:
            self.jobs.fail(job, failure)
        else:
            if found is not None:
                note = Note("info", f"Files validated, moving job to queued state: {found}")
                self.jobs.queue(job.id, trainer, note)

    def _start(self, job: JobRecord) -> None:
        """The order first, then the book, then the worker: a kill between them costs an attempt, no job."""
        handle = f"{job.id}/{job.attempts + 1}"
        folder = JobFolder(self.home.jobs / handle)
        try:
            order = order_for(self.home, self.files, self.models, job)
            shutil.rmtree(folder.path, ignore_errors=True)
            folder.path.mkdir(parents=True)
            folder.write_order(order)
        except (JobFailed, OSError) as error:
            self.jobs.fail(job, error if isinstance(error, JobFailed) else _not_started(error))
            self.tidying.clear(self.jobs.get(job.id))
            return
        if not self.jobs.start(job.id, handle):
            self.tidying.clear(self.jobs.get(job.id))
            return
        argv = [sys.executable, "-m", "core.engine.jobs.worker", str(folder.path)]
        env = surroundings(*_TOKENS.get(job.trainer, ()))
        try:
            self._handles[job.id] = self.executor.submit(folder.path, argv, env)
        except OSError as error:
            self.jobs.fail(self.jobs.get(job.id), _not_started(error))

    def _follow(self, job: JobRecord) -> None:
        """Whether it lives is asked before what it told: a dead worker's last words are not missed."""
        folder = self._folder(job)
        health = self._health(job)
        notes, read_to = folder.reported_since(job.events_read)
        if read_to > job.events_read:
            self.jobs.read_events(job, notes, read_to)
        if not health.alive:
            self._finish(self.jobs.get(job.id), folder, health)
        elif self.silence.is_too_long(job.id, (job.handle, read_to, folder.last_beat)):
            _log.warning("%s: its worker gave no sign of life and is ended", job.id)
            self._stop(job, force=True)
            self.silence.forget(job.id)

    def _finish(self, job: JobRecord, folder: JobFolder, health: Health) -> None:
        if job.status != "running":
            return
        outcome = folder.outcome()
        if outcome is not None and outcome.succeeded:
            publish(self.home, self.files, self.jobs, job, folder, outcome)
        elif outcome is not None:
            self.jobs.fail(job, JobFailed(outcome.code, outcome.message, outcome.param))
        elif health.exit_code == DISK_FULL:
            self.jobs.fail(job, JobFailed("storage_failed", f"The disk is full. {_MAKE_ROOM}"))
        else:
            self._worker_died(job, health)
        self._forget(job)

    def _worker_died(self, job: JobRecord, health: Health) -> None:
        how = f"The worker died{_how(health)}"
        if job.attempts < MAX_ATTEMPTS:
            goes_on = "goes on from its last checkpoint" if resumable(self.home, job) else "starts over"
            message = f"{how}; the job {goes_on} (attempt {job.attempts + 1} of {MAX_ATTEMPTS})."
            self.jobs.requeue(job, Note("warn", message))
            return
        message = (
            f"{how}, {MAX_ATTEMPTS} times by now. Its log lies in the engine's folder jobs/{job.handle}."
        )
        self.jobs.fail(job, JobFailed("worker_died", message))

    def _wind_up(self, job: JobRecord) -> None:
        """An ended job's worker: the flag first, then TERM, then KILL; then its folder is cleared."""
        if not self._health(job).alive:
            self.tidying.clear(job)
            self.jobs.wound_up(job)
            self._forget(job)
            return
        waited = time.time() - (job.cancel_asked_at or job.finished_at or 0.0)
        self._folder(job).ask_to_cancel()
        if waited > self.term_after_seconds:
            self._stop(job, force=waited > self.kill_after_seconds)

    def _health(self, job: JobRecord) -> Health:
        handle = self._handle(job)
        return Health(alive=False) if handle is None else self.executor.poll(handle)

    def _stop(self, job: JobRecord, *, force: bool) -> None:
        handle = self._handle(job)
        if handle is not None:
            self.executor.stop(handle, force=force)

    def _handle(self, job: JobRecord) -> Handle | None:
        """The worker this engine started, or the one a former engine left."""
        folder = self._folder(job).path
        known = self._handles.get(job.id)
        if known is None or known.folder != folder:
            known = self.executor.reattach(folder)
            if known is not None:
                self._handles[job.id] = known
        return known

    def _forget(self, job: JobRecord) -> None:
        self._handles.pop(job.id, None)
        self.silence.forget(job.id)

    def _folder(self, job: JobRecord) -> JobFolder:
        return JobFolder(self.home.jobs / (job.handle or f"{job.id}/{job.attempts}"))

    def _tidy_at_times(self) -> None:
        if time.monotonic() - self._tidied_at > _TIDY_EVERY_SECONDS:
            self._tidied_at = time.monotonic()
            self.files.forget_expired()
            self.models.sweep()
            self.tidying.sweep()

    def _until_the_next_round(self) -> float:
        if not self.jobs.any_active():
            return _TIDY_EVERY_SECONDS
        changes = self.jobs.database.changes
        slower = min(self._pause * _SLOWER, _LONGEST_PAUSE_SECONDS)
        self._pause = slower if changes == self._changes else _SHORTEST_PAUSE_SECONDS
        self._changes = changes
        return self._pause


def _how(health: Health) -> str:
    code = health.exit_code
    if code is None or code == 0:
        return ""
    if code == -signal.SIGKILL:
        return f" (signal {-code}, as when the machine's memory runs out)"
    return f" (signal {-code})" if code < 0 else f" (exit code {code})"


def _not_started(error: OSError) -> JobFailed:
    what = f"No worker could be started: {error.strerror or error}."
    if error.errno in _DISK:
        return JobFailed("storage_failed", f"{what} {_MAKE_ROOM}")
    return JobFailed("worker_not_started", f"{what} Nothing was half-written. Start the job again.")
