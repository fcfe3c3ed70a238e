"""What users were told, and whether the engine still stands by it."""

import hashlib
import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import openai
from openai.types.fine_tuning import FineTuningJob

from benchmarks.engine_process import EngineProcess

ENDED = {"succeeded", "failed", "cancelled"}
_LOOK_SECONDS = 0.2
_MOST_POINTS = 1000
_EXPECTED_REFUSALS = {400, 404}
"""A job that had ended already, a file or model that somebody else deleted a moment ago."""


@dataclass
class Books:
    """What was acknowledged. What somebody asked to be gone may be either way until that is confirmed."""

    told: Counter[str] = field(default_factory=Counter)
    ends: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    files: dict[str, str] = field(default_factory=dict)
    jobs: set[str] = field(default_factory=set)
    cancelled: set[str] = field(default_factory=set)
    cancel_asked: set[str] = field(default_factory=set)
    deleted: set[str] = field(default_factory=set)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def file_kept(self, file_id: str, digest: str) -> None:
        with self._lock:
            self.files[file_id] = digest
            self.told["files"] += 1

    def file_going(self, file_id: str) -> None:
        with self._lock:
            del self.files[file_id]

    def files_now(self) -> list[str]:
        with self._lock:
            return sorted(self.files)

    def job_kept(self, job_id: str) -> None:
        with self._lock:
            self.jobs.add(job_id)
            self.told["jobs"] += 1

    def job_going(self, job_id: str) -> None:
        with self._lock:
            self.cancel_asked.add(job_id)

    def job_cancelled(self, job_id: str) -> None:
        with self._lock:
            self.cancelled.add(job_id)
            self.told["cancels"] += 1

    def model_going(self, model: str) -> None:
        with self._lock:
            self.deleted.add(model)

    def refused(self, error: openai.APIStatusError) -> None:
        with self._lock:
            self.told["refusals"] += 1
            if error.status_code not in _EXPECTED_REFUSALS:
                self.wrong.append(f"an answer {error.status_code}: {error.message}")


def compare(engine: EngineProcess, books: Books, seconds: float) -> list[str]:
    """Everything in which the engine differs from what it told; its jobs get so long to end."""
    with engine.client() as client:
        jobs = _ended(client, seconds)
        found = list(books.wrong)
        found += _files(client, books)
        found += _jobs(client, books, jobs)
        found += _models(client, books, jobs)
        found += _folders(client, engine.home / "engine", jobs)
    books.ends.clear()
    books.ends.update(job.status for job in jobs)
    return found


def _ended(client: openai.OpenAI, seconds: float) -> list[FineTuningJob]:
    deadline = time.monotonic() + seconds
    while True:
        jobs = list(client.fine_tuning.jobs.list(limit=1000))
        if all(job.status in ENDED for job in jobs) or time.monotonic() > deadline:
            return jobs
        time.sleep(_LOOK_SECONDS)


def _files(client: openai.OpenAI, books: Books) -> Iterator[str]:
    for file, digest in books.files.items():
        try:
            data = client.files.content(file).read()
        except openai.APIStatusError as error:
            yield f"{file} is gone: {error.message}"
        else:
            if hashlib.sha256(data).hexdigest() != digest:
                yield f"{file} has changed"


def _jobs(client: openai.OpenAI, books: Books, jobs: list[FineTuningJob]) -> Iterator[str]:
    for missing in books.jobs - {job.id for job in jobs}:
        yield f"{missing} is gone"
    for job in jobs:
        if job.status not in ENDED:
            yield f"{job.id} is still {job.status}"
        if (job.status == "cancelled") != (job.id in books.cancelled) and job.id not in books.cancel_asked:
            yield f"{job.id} is {job.status}, though nobody cancelled it"
        if job.id in books.cancelled and job.status != "cancelled":
            yield f"{job.id} is {job.status}, though it was cancelled"
        if job.status == "failed" and (job.error is None or job.error.code != "worker_died"):
            yield f"{job.id} failed: {job.error}"
        yield from _history(client, job)


def _history(client: openai.OpenAI, job: FineTuningJob) -> Iterator[str]:
    """One end, the last word; every step told once, in order, none left out up to the last."""
    events = list(reversed(list(client.fine_tuning.jobs.list_events(job.id, limit=1000))))
    lasts = ("The job has successfully completed", "The job was cancelled")
    ends = [n for n, event in enumerate(events) if event.message in lasts or event.level == "error"]
    if ends != [len(events) - 1]:
        yield f"{job.id} ended {len(ends)} times in {len(events)} events"
    points = [event.model_dump()["data"] for event in events if event.type == "metrics"]
    steps = [point["step"] for point in points]
    if steps != sorted(set(steps)):
        yield f"{job.id} told steps twice or out of order"
    if job.status == "succeeded" and (steps[:1] != [0] or steps[-1:] != [points[-1]["total_steps"]]):
        yield f"{job.id} lost the beginning or the end of its curve"
    if points and _thinned(points[-1]["total_steps"], steps[-1]) - set(steps):
        yield f"{job.id} lost steps of its curve"


def _thinned(total: int, last: int) -> set[int]:
    """The steps up to `last` that a training of `total` steps tells, but for the ends of its epochs."""
    return set(range(0, last + 1, -(-total // _MOST_POINTS)))


def _models(client: openai.OpenAI, books: Books, jobs: list[FineTuningJob]) -> Iterator[str]:
    listed = {model.id for model in client.models.list() if model.id.startswith("ft:")}
    made = {job.fine_tuned_model for job in jobs if job.fine_tuned_model}
    if listed - made or made - listed - books.deleted:
        yield f"models without a job: {listed - made}; lost: {made - listed - books.deleted}"
    for model in listed:
        try:
            client.chat.completions.create(
                model=model, messages=[{"role": "user", "content": "parcel parcel"}]
            )
        except openai.APIStatusError as error:
            yield f"{model} does not answer: {error.message}"


def _folders(client: openai.OpenAI, folder: Path, jobs: list[FineTuningJob]) -> Iterator[str]:
    """Every name on the disk is known, and nothing is half-written."""
    listed = {model.id for model in client.models.list()}
    known = {
        "files": {file.id for file in client.files.list(limit=10_000)},
        "models": {job.id for job in jobs if job.fine_tuned_model in listed},
        "jobs": {job.id for job in jobs if job.status == "failed"},
    }
    for kind, ids in known.items():
        there = {path.name for path in (folder / kind).iterdir()}
        if there - ids or (kind != "jobs" and ids - there):
            yield f"{kind}: unknown {sorted(there - ids)}, missing {sorted(ids - there)}"
    for passing in folder.rglob("*.tmp"):
        yield f"half-written: {passing.relative_to(folder)}"
