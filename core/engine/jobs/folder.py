"""The folder through which engine and worker speak: an order in, events and an outcome out."""

import json
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from core.engine.home import write_json


@dataclass(frozen=True)
class Order:
    """What a worker is to do. Paths are the engine's own."""

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
        """Held by the worker from its birth to its death, and holding its process id."""
        return self.path / "worker.lock"

    @property
    def log(self) -> Path:
        return self.path / "worker.log"

    @property
    def model(self) -> Path:
        return self.path / "model"

    @property
    def result_csv(self) -> Path:
        return self.path / "result.csv"

    @property
    def cancel_asked(self) -> bool:
        return (self.path / "cancel").exists()

    def ask_to_cancel(self) -> None:
        (self.path / "cancel").touch()

    def write_order(self, order: Order) -> None:
        write_json(self.path / "job.json", asdict(order))

    def read_order(self) -> Order:
        return Order(**json.loads((self.path / "job.json").read_bytes()))

    def report(self, notes: list[Note]) -> None:
        """Append events for the engine to take over."""
        now = int(time.time())
        lines = [json.dumps({**asdict(note), "at": now}, allow_nan=False) + "\n" for note in notes]
        with (self.path / "events.jsonl").open("a", encoding="utf-8") as file:
            file.write("".join(lines))

    def reported_since(self, start: int) -> tuple[list[Note], int]:
        """The whole lines behind byte `start`, and where they end."""
        try:
            with (self.path / "events.jsonl").open("rb") as file:
                file.seek(start)
                data = file.read()
        except FileNotFoundError:
            return [], start
        whole = data[: data.rfind(b"\n") + 1]
        return [Note(**json.loads(line)) for line in whole.splitlines()], start + len(whole)

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
