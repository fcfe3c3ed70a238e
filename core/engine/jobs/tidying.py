"""What is kept of ended jobs beside the book: of failed ones their logs for some days, of others nothing."""

import shutil
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from core.engine.home import Home
from core.engine.jobs.book import JobBook
from core.engine.jobs.executor import LOG_NAME
from core.engine.records import JobRecord

_DAY_SECONDS = 86_400


@dataclass(frozen=True)
class Tidying:
    """Clears the folders of jobs; all of it can be done again, and what a kill left undone is done later."""

    home: Home
    jobs: JobBook
    failed_days: float

    def clear(self, job: JobRecord) -> None:
        """Remove what an ended job needs no more, a model that was never announced too."""
        if job.finished_at is None:
            return
        folder = self.home.jobs / job.id
        if job.status == "failed":
            _keep_logs_only(folder)
        else:
            shutil.rmtree(folder, ignore_errors=True)
        if job.status != "succeeded":
            shutil.rmtree(self.home.models / job.id, ignore_errors=True)

    def sweep(self) -> None:
        """Remove folders that belong to no job, and those whose time is over."""
        for folder in self.home.jobs.iterdir():
            job = self.jobs.find(folder.name)
            if job is None or self._is_over(job):
                shutil.rmtree(folder, ignore_errors=True)

    def _is_over(self, job: JobRecord) -> bool:
        if job.handle is not None or job.finished_at is None:
            return False
        kept_seconds = self.failed_days * _DAY_SECONDS if job.status == "failed" else 0.0
        return time.time() - job.finished_at >= kept_seconds


def _keep_logs_only(folder: Path) -> None:
    for attempt in [*folder.glob("*/")]:
        for path in [*attempt.iterdir()]:
            if path.is_dir():
                shutil.rmtree(path, ignore_errors=True)
            elif path.name != LOG_NAME:
                path.unlink(missing_ok=True)
        _remove_if_empty(attempt)
    _remove_if_empty(folder)


def _remove_if_empty(folder: Path) -> None:
    with suppress(OSError):
        folder.rmdir()
