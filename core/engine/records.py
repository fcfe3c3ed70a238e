"""What the engine keeps, as frozen records that know their shape in the protocol."""

import json
import sqlite3
from dataclasses import dataclass
from typing import Any

from core.engine.ids import checkpoint_model_id

ORGANISATION = "org-touchstone-local"


@dataclass(frozen=True)
class FileRecord:
    """An uploaded file, or a result file the engine made."""

    id: str
    created_at: int
    bytes: int
    filename: str
    purpose: str
    sha256: str
    expires_at: int | None = None

    @classmethod
    def from_row(cls, row: sqlite3.Row) -> "FileRecord":
        names = ("id", "created_at", "bytes", "filename", "purpose", "sha256", "expires_at")
        return cls(**{name: row[name] for name in names})

    def public(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "object": "file",
            "bytes": self.bytes,
            "created_at": self.created_at,
            "filename": self.filename,
            "purpose": self.purpose,
            "status": "processed",
            **({"expires_at": self.expires_at} if self.expires_at is not None else {}),
        }


@dataclass(frozen=True)
class Hyperparameters:
    """As the request gave them; "auto" leaves the choice to the trainer. Only preferences have a beta."""

    n_epochs: int | str = "auto"
    batch_size: int | str = "auto"
    learning_rate_multiplier: float | str = "auto"
    beta: float | str | None = None

    def public(self) -> dict[str, Any]:
        return {
            "n_epochs": self.n_epochs,
            "batch_size": self.batch_size,
            "learning_rate_multiplier": self.learning_rate_multiplier,
            **({"beta": self.beta} if self.beta is not None else {}),
        }


@dataclass(frozen=True)
class JobRecord:
    """A fine-tuning job. `handle` names the folder of the attempt that is not yet wound up.

    `method` is "supervised" or "dpo"; `trainer` is known once the files were validated. `step` of
    `total_steps` is the last one reported, `told_to_step` the last one a former attempt told before it died.
    """

    id: str
    created_at: int
    finished_at: int | None
    status: str
    model: str
    training_file: str
    validation_file: str | None
    suffix: str | None
    seed: int
    hyperparameters: Hyperparameters
    metadata: dict[str, str]
    fine_tuned_model: str | None
    result_file: str | None
    trained_tokens: int | None
    error: dict[str, Any] | None
    cancel_asked_at: float | None
    attempts: int
    handle: str | None
    events_read: int
    method: str
    trainer: str
    step: int | None
    total_steps: int | None
    told_to_step: int | None

    @classmethod
    def from_row(cls, row: sqlite3.Row) -> "JobRecord":
        values = {name: row[name] for name in row.keys() if name != "seq"}  # noqa: SIM118 - a Row iterates values
        values["hyperparameters"] = Hyperparameters(**json.loads(values["hyperparameters"]))
        values["metadata"] = json.loads(values["metadata"])
        values["error"] = json.loads(values["error"]) if values["error"] else None
        return cls(**values)

    def public(self) -> dict[str, Any]:
        chosen = self.hyperparameters.public()
        return {
            "id": self.id,
            "object": "fine_tuning.job",
            "created_at": self.created_at,
            "finished_at": self.finished_at,
            "status": self.status,
            "model": self.model,
            "fine_tuned_model": self.fine_tuned_model,
            "organization_id": ORGANISATION,
            "training_file": self.training_file,
            "validation_file": self.validation_file,
            "result_files": [self.result_file] if self.result_file else [],
            "trained_tokens": self.trained_tokens,
            "error": self.error,
            "seed": self.seed,
            "hyperparameters": chosen,
            "method": {"type": self.method, self.method: {"hyperparameters": chosen}},
            "metadata": self.metadata,
            "integrations": [],
            "estimated_finish": None,
        }


@dataclass(frozen=True)
class EventRecord:
    """One line of a job's history."""

    id: str
    created_at: int
    level: str
    type: str
    message: str
    data: dict[str, Any]

    @classmethod
    def from_row(cls, row: sqlite3.Row) -> "EventRecord":
        return cls(
            row["id"],
            row["created_at"],
            row["level"],
            row["type"],
            row["message"],
            json.loads(row["data"]),
        )

    def public(self) -> dict[str, Any]:
        return {
            "object": "fine_tuning.job.event",
            "id": self.id,
            "created_at": self.created_at,
            "level": self.level,
            "message": self.message,
            "type": self.type,
            "data": self.data,
        }


@dataclass(frozen=True)
class CheckpointRecord:
    """A model at the end of an epoch; step 0 is the base with the same replies to choose from."""

    id: str
    created_at: int
    job_id: str
    step: int
    model: str
    metrics: dict[str, float]

    @classmethod
    def from_row(cls, row: sqlite3.Row) -> "CheckpointRecord":
        return cls(
            row["id"],
            row["created_at"],
            row["job_id"],
            row["step"],
            row["model"],
            json.loads(row["metrics"]),
        )

    def public(self) -> dict[str, Any]:
        return {
            "object": "fine_tuning.job.checkpoint",
            "id": self.id,
            "created_at": self.created_at,
            "fine_tuning_job_id": self.job_id,
            "fine_tuned_model_checkpoint": checkpoint_model_id(self.model, self.step),
            "step_number": self.step,
            "metrics": self.metrics,
        }


@dataclass(frozen=True)
class ModelRecord:
    """A model that can be chatted with. `folder` is empty for one that was not tuned here."""

    id: str
    created_at: int
    kind: str
    folder: str
    owner: str = "touchstone"

    def public(self, shown_as: str | None = None) -> dict[str, Any]:
        return {
            "id": shown_as or self.id,
            "object": "model",
            "created": self.created_at,
            "owned_by": ORGANISATION if self.folder else self.owner,
        }
