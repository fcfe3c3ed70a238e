"""The folder through which engine and worker speak: an order in, events and an outcome out."""

import io
import json
import logging
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from core.engine.home import write_json
from core.engine.jobs.executor import LOCK_NAME, LOG_NAME

_BEAT_SECONDS = 10.0
_log = logging.getLogger("touchstone.engine")


class Cancelled(BaseException):
    """The job is not wanted any more; raised in a worker where it notices."""


@dataclass(frozen=True)
class Order:
    """What a worker is to do. Paths are the engine's own.

    `method` is "supervised" or "dpo", `beta` is given for the latter alone. `resume_from` is the folder of a
    former attempt at the same job, whose last checkpoint may be gone on from. `source` says where a Hugging
    Face base model is (a folder, or a hub's name), and `quantised` whether it is to be kept in 4 bit.
    """

    job_id: str
    trainer: str
    base_model: str
    model_id: str
    training_path: str
    training_sha256: str
    validation_path: str | None
    seed: int
    n_epochs: int | str
    batch_size: int | str
    learning_rate_multiplier: float | str
    cache: str
    method: str = "supervised"
    beta: float | str | None = None
    resume_from: str | None = None
    source: str = ""
    quantised: bool = False


@dataclass(frozen=True)
class Note:
    """An event on its way into the book. Metrics carry `data`."""

    level: str
    message: str
    data: dict[str, float | int] = field(default_factory=dict)
    at: int = 0


@dataclass(frozen=True)
class Point:
    """A checkpoint: its step and its metrics, by the protocol's names."""

    step: int
    metrics: dict[str, float]


@dataclass(frozen=True)
class Outcome:
    """How a worker ended: with a model in `model/` and a table in `result.csv`, or with the reason."""

    succeeded: bool
    trained_tokens: int | None = None
    checkpoints: tuple[Point, ...] = ()
    code: str = ""
    message: str = ""
    param: str | None = None


@dataclass(frozen=True)
class JobFolder:
    """One attempt at one job."""

    path: Path

    @property
    def lock(self) -> Path:
        """Held by the worker from its birth to its death, and saying which process it is."""
        return self.path / LOCK_NAME

    @property
    def log(self) -> Path:
        return self.path / LOG_NAME

    @property
    def checkpoints(self) -> Path:
        """What a trainer can go on from; a name that ends in .tmp is none yet."""
        return self.path / "ckpt"

    @property
    def model(self) -> Path:
        return self.path / "model"

    @property
    def result_csv(self) -> Path:
        return self.path / "result.csv"

    @property
    def cancel_asked(self) -> bool:
        return (self.path / "cancel").exists()

    @property
    def has_checkpoint(self) -> bool:
        """Whether a later attempt can go on from this one."""
        try:
            return any(not entry.name.endswith(".tmp") for entry in self.checkpoints.iterdir())
        except OSError:
            return False

    def ask_to_cancel(self) -> None:
        (self.path / "cancel").touch()

    def go_on(self) -> None:
        """Give a sign of life; a trainer calls this at every step.

        Raises:
            Cancelled: the job is not wanted any more.
        """
        if self.cancel_asked:
            raise Cancelled
        self._beat()

    @contextmanager
    def waiting_for_others(self) -> Iterator[None]:
        """Give signs of life while somebody else's code works for long, such as a download."""
        over = threading.Event()

        def beat() -> None:
            self._beat()
            while not over.wait(_BEAT_SECONDS):
                self._beat()

        beating = threading.Thread(target=beat, name="heartbeat", daemon=True)
        beating.start()
        try:
            yield
        finally:
            over.set()
            beating.join()

    @property
    def last_beat(self) -> int:
        """When the worker last called `go_on`, in nanoseconds of the file system's clock; 0: never."""
        try:
            return (self.path / "heartbeat").stat().st_mtime_ns
        except OSError:
            return 0

    def _beat(self) -> None:
        try:
            os.utime(self.path / "heartbeat")
        except FileNotFoundError:
            (self.path / "heartbeat").touch()

    def write_order(self, order: Order) -> None:
        write_json(self.path / "job.json", asdict(order))

    def read_order(self) -> Order:
        return Order(**json.loads((self.path / "job.json").read_bytes()))

    def report(self, notes: list[Note]) -> None:
        """Append events for the engine to take over: all of them, or none where the disk is full."""
        now = int(time.time())
        lines = [json.dumps({**asdict(note), "at": now}, allow_nan=False) + "\n" for note in notes]
        with (self.path / "events.jsonl").open("ab", buffering=0) as file:
            before = file.seek(0, os.SEEK_END)
            try:
                _write_all(file, "".join(lines).encode("utf-8"))
            except OSError:
                file.truncate(before)
                raise

    def reported_since(self, start: int) -> tuple[list[Note], int]:
        """The whole lines behind byte `start`, and where they end."""
        try:
            with (self.path / "events.jsonl").open("rb") as file:
                file.seek(start)
                data = file.read()
        except FileNotFoundError:
            return [], start
        whole = data[: data.rfind(b"\n") + 1]
        notes = [note for line in whole.splitlines() if (note := _read(line)) is not None]
        return notes, start + len(whole)

    def write_outcome(self, outcome: Outcome) -> None:
        write_json(self.path / "result.json", asdict(outcome))

    def outcome(self) -> Outcome | None:
        """How the worker ended, if it came that far."""
        try:
            document: dict[str, Any] = json.loads((self.path / "result.json").read_bytes())
        except FileNotFoundError:
            return None
        points = tuple(Point(**point) for point in document.pop("checkpoints"))
        return Outcome(**document, checkpoints=points)


def _write_all(file: io.FileIO, data: bytes) -> None:
    while data:
        data = data[file.write(data) :]


def _read(line: bytes) -> Note | None:
    try:
        return Note(**json.loads(line))
    except (ValueError, TypeError):
        _log.warning("A worker wrote a line that is no event; it is left out.")
        return None
