"""The engine opened: its parts, put together in one place."""

from dataclasses import dataclass
from pathlib import Path

from core.engine.database import Database
from core.engine.encoder.shelf import Encoders
from core.engine.files import FileShelf
from core.engine.home import Home
from core.engine.jobs.book import JobBook
from core.engine.jobs.executor import LocalExecutor
from core.engine.jobs.scheduler import Scheduler
from core.engine.models import Models


@dataclass(frozen=True)
class Engine:
    """Everything a request may need."""

    home: Home
    database: Database
    files: FileShelf
    jobs: JobBook
    models: Models
    encoders: Encoders
    scheduler: Scheduler

    @classmethod
    def opened(cls, workspace: Path) -> "Engine":
        """Open the engine of a workspace; the caller holds the lock of its home."""
        home = Home.inside(workspace)
        database = Database(home.database)
        files = FileShelf(home, database)
        jobs = JobBook(database)
        encoders = Encoders(home.cache)
        models = Models(home, database, encoders)
        scheduler = Scheduler(home, files, jobs, encoders, LocalExecutor())
        return cls(home, database, files, jobs, models, encoders, scheduler)

    def begin(self) -> None:
        """Tidy what a crash left, and start working."""
        self.files.sweep()
        self.models.sweep()
        self.scheduler.begin()

    def end(self) -> None:
        """Stop working; nothing that was acknowledged is lost."""
        self.scheduler.end()
        self.database.close()
