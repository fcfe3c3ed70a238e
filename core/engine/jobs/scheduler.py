"""The scheduler: carries every job from its files to its model, whatever dies on the way."""

import hashlib
import logging
import os
import shutil
import sys
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

from core.engine.encoder.shelf import Encoders
from core.engine.errors import JobFailed
from core.engine.files import FileShelf
from core.engine.home import Home, sync_folder, write_whole
from core.engine.ids import new_id, tuned_model_id
from core.engine.jobs.book import MAX_ATTEMPTS, JobBook
from core.engine.jobs.executor import Executor
from core.engine.jobs.folder import JobFolder, Note, Order, Outcome
from core.engine.jobs.training_data import read_pairs
from core.engine.records import FileRecord, JobRecord, ModelRecord

KILL_AFTER_SECONDS = 15.0
TERM_AFTER_SECONDS = 10.0
_BUSY_SECONDS = 0.05
_QUIET_SECONDS = 1.0
_RESULT_PURPOSE = "fine-tune-results"
_log = logging.getLogger("touchstone.engine")


@dataclass
class Scheduler:
    """One thread that looks at every job that has not ended, and moves it on."""

    home: Home
    files: FileShelf
    jobs: JobBook
    encoders: Encoders
    executor: Executor
    _wake: threading.Event = field(default_factory=threading.Event)
    _ending: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None

    def begin(self) -> None:
        """Start the thread; jobs a former engine left are taken up."""
        self._thread = threading.Thread(target=self._work, name="scheduler", daemon=True)
        self._thread.start()

    def end(self) -> None:
        """Stop looking; a worker that runs goes on, and the next engine takes up its outcome."""
        self._ending.set()
        self._wake.set()
        if self._thread is not None:
            self._thread.join()

    def wake(self) -> None:
        """Something is to be done."""
        self._wake.set()

    def _work(self) -> None:
        while not self._ending.is_set():
            try:
                self._look()
                pause = _BUSY_SECONDS if self.jobs.any_active() else _QUIET_SECONDS
            except Exception:  # noqa: BLE001 - a full disk or a locked file must not end the thread
                _log.exception("The scheduler could not finish its round; it tries again.")
                pause = _QUIET_SECONDS
            self._wake.wait(pause)
            self._wake.clear()

    def _look(self) -> None:
        for job in self.jobs.stopping():
            self._stop(job)
        running = self.jobs.with_status("running")
        for job in running:
            self._follow(job)
        for job in self.jobs.with_status("validating_files"):
            self._validate(job)
        busy = len(self.jobs.with_status("running")) + len(self.jobs.stopping())
        for job in self.jobs.with_status("queued")[: max(self.executor.slots - busy, 0)]:
            self._start(job)

    def _validate(self, job: JobRecord) -> None:
        try:
            pairs = read_pairs(self.files.path(job.training_file), "training_file")
            if job.validation_file:
                read_pairs(self.files.path(job.validation_file), "validation_file")
        except JobFailed as failure:
            self.jobs.fail(job.id, "validating_files", failure)
            return
        message = f"Files validated, moving job to queued state: {len(pairs.pairs)} examples"
        if pairs.unweighted:
            message += f"; {pairs.unweighted} more have weight 0 and are left out"
        self.jobs.queue(job.id, Note("info", message))

    def _start(self, job: JobRecord) -> None:
        handle = f"{job.id}/{job.attempts + 1}"
        folder = JobFolder(self.home.jobs / handle)
        shutil.rmtree(folder.path, ignore_errors=True)
        folder.path.mkdir(parents=True)
        folder.write_order(self._order(job))
        if self.jobs.start(job.id, handle):
            argv = [sys.executable, "-m", "core.engine.jobs.worker", str(folder.path)]
            self.executor.submit(folder, argv, _worker_environment())

    def _order(self, job: JobRecord) -> Order:
        training = self.files.get(job.training_file)
        validation = self.files.path(job.validation_file) if job.validation_file else None
        return Order(
            job_id=job.id,
            trainer="reply_picker",
            base_model=job.model,
            model_id=tuned_model_id(job.model, job.suffix, job.id),
            training_path=str(self.files.path(training.id)),
            training_sha256=training.sha256,
            validation_path=str(validation) if validation else None,
            seed=job.seed,
            n_epochs=job.hyperparameters.n_epochs,
            batch_size=job.hyperparameters.batch_size,
            learning_rate_multiplier=job.hyperparameters.learning_rate_multiplier,
            cache=str(self.home.cache),
        )

    def _follow(self, job: JobRecord) -> None:
        folder = self._folder(job)
        alive = self.executor.alive(folder)
        notes, read_to = folder.reported_since(job.events_read)
        if notes:
            self.jobs.read_events(job.id, notes, read_to)
        if not alive:
            self._finish(job, folder, folder.outcome())

    def _finish(self, job: JobRecord, folder: JobFolder, outcome: Outcome | None) -> None:
        if outcome is None:
            self._worker_died(job)
        elif outcome.succeeded:
            self._publish(job, folder, outcome)
        else:
            failure = JobFailed(outcome.code, outcome.message, outcome.param)
            self.jobs.fail(job.id, "running", failure)

    def _worker_died(self, job: JobRecord) -> None:
        if job.attempts < MAX_ATTEMPTS:
            message = f"The worker died; the job starts over (attempt {job.attempts + 1} of {MAX_ATTEMPTS})."
            self.jobs.requeue(job, Note("warn", message))
            return
        message = (
            f"The worker died {MAX_ATTEMPTS} times. Its log lies in the engine's folder jobs/{job.handle}."
        )
        self.jobs.fail(job.id, "running", JobFailed("worker_died", message))

    def _publish(self, job: JobRecord, folder: JobFolder, outcome: Outcome) -> None:
        """Model and result file first, then the one transaction that makes them known."""
        place = self.home.models / job.id
        if folder.model.exists():
            folder.model.replace(place)
            sync_folder(self.home.models)
        data = folder.result_csv.read_bytes()
        now = int(time.time())
        result = FileRecord(
            new_id("file"),
            now,
            len(data),
            f"{job.id}-results.csv",
            _RESULT_PURPOSE,
            hashlib.sha256(data).hexdigest(),
        )
        write_whole(self.files.path(result.id), data)
        model = ModelRecord(tuned_model_id(job.model, job.suffix, job.id), now, "reply_picker", job.id)
        if not self.jobs.succeed(job, model, result, outcome):
            self.files.path(result.id).unlink(missing_ok=True)
            shutil.rmtree(place, ignore_errors=True)

    def _stop(self, job: JobRecord) -> None:
        """The flag first, then TERM, then KILL; nothing of a cancelled job stays but its history."""
        folder = self._folder(job)
        if self.executor.alive(folder):
            waited = time.time() - (job.cancel_asked_at or 0.0)
            folder.ask_to_cancel()
            if waited > TERM_AFTER_SECONDS:
                self.executor.stop(folder, force=waited > KILL_AFTER_SECONDS)
            return
        shutil.rmtree(self.home.jobs / job.id, ignore_errors=True)
        shutil.rmtree(self.home.models / job.id, ignore_errors=True)
        self.jobs.worker_is_gone(job.id)

    def _folder(self, job: JobRecord) -> JobFolder:
        return JobFolder(self.home.jobs / (job.handle or f"{job.id}/{job.attempts}"))


def _worker_environment() -> dict[str, str]:
    """The engine's own surroundings without its key. One thread a product: batches share the cores."""
    wanted = {name: value for name, value in os.environ.items() if not name.endswith(("_KEY", "_TOKEN"))}
    root = str(Path(__file__).resolve().parents[3])
    paths = [root, *filter(None, [wanted.get("PYTHONPATH")])]
    wanted["PYTHONPATH"] = os.pathsep.join(paths)
    return wanted | {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
