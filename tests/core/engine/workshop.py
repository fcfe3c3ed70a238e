"""The scheduler with everything real around it but its workers: those do what a test tells them."""

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Self

from core.engine.database import Database
from core.engine.encoder.shelf import NGRAMS, Encoders
from core.engine.files import FileShelf
from core.engine.home import Home
from core.engine.jobs.book import JobBook, JobRequest
from core.engine.jobs.executor import Handle, LocalExecutor
from core.engine.jobs.scheduler import Scheduler
from core.engine.jobs.silence import Silence
from core.engine.jobs.tidying import Tidying
from core.engine.models import Models
from core.engine.records import Hyperparameters, JobRecord
from core.engine.registry import Registry
from tests.core.engine.running import chat_file
from tests.core.engine.shop import TAUGHT

PATIENCE_SECONDS = 30
PREFACE = """
import os, signal, sys, time
from pathlib import Path
from core.engine.jobs.folder import JobFolder, Note, Outcome, Point
folder = JobFolder(Path(sys.argv[1]))
order = folder.read_order()
attempt = int(folder.path.name)

def tell(step):
    folder.report([Note("info", f"Step {step}", {"step": step, "total_steps": 5})])

def succeed():
    folder.model.mkdir()
    folder.result_csv.write_text("step")
    folder.write_outcome(Outcome(True, 1, (Point(5, {"step": 5}),)))
"""
"""What every told worker knows: its folder, its order, its attempt; how to tell a step, and to succeed."""


@dataclass
class TellingExecutor(LocalExecutor):
    """Runs the program it was given in place of the engine's worker."""

    program: str = "succeed()"

    def submit(self, folder: Path, argv: Sequence[str], env: Mapping[str, str]) -> Handle:
        return super().submit(folder, [argv[0], "-c", PREFACE + self.program, str(folder)], env)


class Workshop:
    """A scheduler at work in a folder; `end` leaves its workers alive, as the end of an engine does."""

    def __init__(
        self,
        folder: Path,
        program: str,
        slots: int = 1,
        silent_seconds: float = 60.0,
        failed_days: float = 7.0,
    ) -> None:
        woken = threading.Event()
        self.home = Home.inside(folder)
        self.database = Database(self.home.database)
        self.files = FileShelf(self.home, self.database)
        self.jobs = JobBook(self.database)
        self.models = Models(
            self.home, self.database, Encoders(self.home.cache), Registry(self.home.folder / "models.toml")
        )
        self.executor = TellingExecutor(slots, woken.set, program=program)
        self.tidying = Tidying(self.home, self.jobs, failed_days)
        self.scheduler = Scheduler(
            self.home,
            self.files,
            self.jobs,
            self.models,
            self.executor,
            Silence(silent_seconds),
            self.tidying,
            woken,
            term_after_seconds=0.2,
            kill_after_seconds=0.5,
        )

    def __enter__(self) -> Self:
        self.scheduler.begin()
        return self

    def __exit__(self, *_: object) -> None:
        self.scheduler.end()
        self.database.close()

    def ask(self, data: bytes | None = None, model: str = NGRAMS) -> JobRecord:
        """Create a job."""
        file = self.files.store(BytesIO(data or chat_file(TAUGHT)), "train.jsonl", "fine-tune")
        job = self.jobs.create(JobRequest(model, file.id, None, None, 1, Hyperparameters(), {}))
        self.scheduler.wake()
        return job

    def wait(self, job: JobRecord, reached: Callable[[JobRecord], bool]) -> JobRecord:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not reached(now := self.jobs.get(job.id)):
            assert time.monotonic() < deadline, now
            time.sleep(0.02)
        return now

    def end_of(self, job: JobRecord) -> JobRecord:
        """The job once it has ended and is wound up."""
        return self.wait(job, lambda now: now.finished_at is not None and now.handle is None)

    def messages(self, job: JobRecord) -> list[str]:
        """What happened, the first first."""
        return [event.message for event in reversed(self.jobs.events(job.id, None, 1000))]

    def steps(self, job: JobRecord) -> list[int]:
        events = reversed(self.jobs.events(job.id, None, 1000))
        return [event.data["step"] for event in events if event.type == "metrics"]
