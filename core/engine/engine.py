"""The engine opened: its parts, put together in one place."""

import threading
import time
from dataclasses import dataclass, field

from core.engine.answering import Answering, Runtime
from core.engine.batches.book import BatchBook
from core.engine.batches.runner import BatchRunner
from core.engine.database import Database
from core.engine.encoder.shelf import MINILM, NGRAMS, Encoders
from core.engine.files import FileShelf
from core.engine.foreign.runtime import ForeignRuntime
from core.engine.home import Home
from core.engine.jobs.book import JobBook
from core.engine.jobs.executor import LocalExecutor
from core.engine.jobs.scheduler import Scheduler
from core.engine.jobs.silence import Silence
from core.engine.jobs.tidying import Tidying
from core.engine.lora.processes import LoraProcesses
from core.engine.lora.runtime import LoraRuntime
from core.engine.models import FOREIGN, LORA, PICKER, Models
from core.engine.picker.runtime import PickerRuntime
from core.engine.protocol.batch_lines import line_endpoints
from core.engine.records import JobRecord
from core.engine.registry import FILE_NAME, Registry
from core.engine.settings import Settings
from core.engine.status import VERSION, JobLine, Status, bytes_below, free_bytes


@dataclass(frozen=True)
class Engine:
    """Everything a request may need."""

    settings: Settings
    home: Home
    database: Database
    files: FileShelf
    jobs: JobBook
    models: Models
    encoders: Encoders
    scheduler: Scheduler
    answering: Answering
    batches: BatchBook
    batch_runner: BatchRunner
    lora_processes: LoraProcesses
    began_at: float = field(default_factory=time.monotonic)

    @classmethod
    def opened(cls, home: Home, settings: Settings) -> "Engine":
        """Open the engine of a home, whose lock the caller holds."""
        database = Database(home.database)
        files = FileShelf(home, database)
        jobs = JobBook(database)
        encoders = Encoders(home.cache)
        registry = Registry(home.folder / FILE_NAME, taken=frozenset({MINILM, NGRAMS}))
        models = Models(home, database, encoders, registry)
        pickers = PickerRuntime(home, encoders)
        lora_processes = LoraProcesses(home.models, home.folder / "lora.log")
        runtimes: dict[str, Runtime] = {
            PICKER: pickers,
            FOREIGN: ForeignRuntime(registry),
            LORA: LoraRuntime(home, registry, lora_processes),
        }
        answering = Answering(models, runtimes)
        woken = threading.Event()
        executor = LocalExecutor(settings.slots, ended=woken.set)
        silence = Silence(settings.silent_minutes * 60)
        tidying = Tidying(home, jobs, settings.failed_days)
        scheduler = Scheduler(home, files, jobs, models, executor, silence, tidying, woken)
        batches = BatchBook(database)
        endpoints = line_endpoints(answering, pickers, encoders)
        runner = BatchRunner(home, files, batches, endpoints, settings.limits.batch_slots)
        return cls(
            settings,
            home,
            database,
            files,
            jobs,
            models,
            encoders,
            scheduler,
            answering,
            batches,
            runner,
            lora_processes,
        )

    def begin(self) -> None:
        """Tidy what a crash left, and start working."""
        self.files.sweep()
        self.models.sweep()
        self.scheduler.begin()
        self.batch_runner.begin()

    def is_working(self) -> bool:
        """Whether there is work that must not be left alone; an idle engine may end."""
        return self.jobs.any_active() or bool(self.batches.unended())

    def status(self) -> Status:
        """How the engine is at this moment."""
        waiting = [*self.jobs.with_status("validating_files"), *self.jobs.with_status("queued")]
        return Status(
            version=VERSION,
            uptime_seconds=time.monotonic() - self.began_at,
            running=tuple(map(_line, self.jobs.with_status("running"))),
            waiting=tuple(map(_line, waiting)),
            files=self._count("files"),
            models=self._count("models"),
            bytes=bytes_below(self.home.folder),
            free_bytes=free_bytes(self.home.folder),
        )

    def end(self) -> None:
        """Stop working; nothing that was acknowledged is lost."""
        self.batch_runner.end()
        self.scheduler.end()
        self.lora_processes.end()
        self.database.close()

    def _count(self, table: str) -> int:
        row = self.database.row(f"SELECT count(*) AS n FROM {table}")
        return int(row["n"]) if row is not None else 0


def _line(job: JobRecord) -> JobLine:
    return JobLine(job.id, job.model, job.trainer, job.status, job.created_at, job.step, job.total_steps)
