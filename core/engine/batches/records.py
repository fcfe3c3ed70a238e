"""A batch as the engine keeps it, and its shape in the protocol."""

import json
import sqlite3
from dataclasses import asdict, dataclass
from typing import Any

ENDED = ("completed", "failed", "expired", "cancelled")
STATUSES = ("validating", "in_progress", "finalizing", "cancelling", *ENDED)


@dataclass(frozen=True)
class BatchProblem:
    """Why an input file cannot be used: `line` counts from 1, `param` is the field in it."""

    code: str
    message: str
    param: str | None = None
    line: int | None = None


@dataclass(frozen=True)
class Tally:
    """How far a batch is: requests answered, requests that could not be, and tokens in and out."""

    completed: int = 0
    failed: int = 0
    input_tokens: int = 0
    output_tokens: int = 0

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(
            self.completed + other.completed,
            self.failed + other.failed,
            self.input_tokens + other.input_tokens,
            self.output_tokens + other.output_tokens,
        )


@dataclass(frozen=True)
class BatchRequest:
    """A batch as it was asked for, checked. `output_seconds` is how long its results are to be kept."""

    input_file: str
    endpoint: str
    completion_window: str
    metadata: dict[str, str]
    output_seconds: int | None


@dataclass(frozen=True)
class BatchRecord:
    """A batch. `moments` are the Unix times at which it came into its states, by the protocol's names."""

    id: str
    created_at: int
    expires_at: int
    status: str
    request: BatchRequest
    model: str | None
    total: int
    tally: Tally
    problems: tuple[BatchProblem, ...]
    output_file: str | None
    error_file: str | None
    moments: dict[str, int]

    @classmethod
    def from_row(cls, row: sqlite3.Row) -> "BatchRecord":
        problems = json.loads(row["errors"]) if row["errors"] else []
        names = [f"{status}_at" for status in STATUSES[1:]]
        return cls(
            row["id"],
            row["created_at"],
            row["expires_at"],
            row["status"],
            BatchRequest(
                row["input_file"],
                row["endpoint"],
                row["completion_window"],
                json.loads(row["metadata"]),
                row["output_seconds"],
            ),
            row["model"],
            row["total"],
            Tally(row["completed"], row["failed"], row["input_tokens"], row["output_tokens"]),
            tuple(BatchProblem(**problem) for problem in problems),
            row["output_file"],
            row["error_file"],
            {name: row[name] for name in names if row[name] is not None},
        )

    @property
    def has_ended(self) -> bool:
        return self.status in ENDED

    def public(self) -> dict[str, Any]:
        """What is not known yet is left out: the protocol's optional fields may not be null."""
        optional = {
            "model": self.model,
            "output_file_id": self.output_file,
            "error_file_id": self.error_file,
            **self.moments,
        }
        errors = {"object": "list", "data": [asdict(problem) for problem in self.problems]}
        return {
            "id": self.id,
            "object": "batch",
            "endpoint": self.request.endpoint,
            "input_file_id": self.request.input_file,
            "completion_window": self.request.completion_window,
            "status": self.status,
            "created_at": self.created_at,
            "expires_at": self.expires_at,
            "request_counts": {
                "total": self.total,
                "completed": self.tally.completed,
                "failed": self.tally.failed,
            },
            "usage": _usage(self.tally),
            "metadata": self.request.metadata or None,
            **({"errors": errors} if self.problems else {}),
            **{name: value for name, value in optional.items() if value is not None},
        }


def _usage(tally: Tally) -> dict[str, Any]:
    return {
        "input_tokens": tally.input_tokens,
        "input_tokens_details": {"cached_tokens": 0},
        "output_tokens": tally.output_tokens,
        "output_tokens_details": {"reasoning_tokens": 0},
        "total_tokens": tally.input_tokens + tally.output_tokens,
    }
