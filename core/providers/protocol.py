"""What providers are asked and what they answer, as records that everybody may trust."""

from dataclasses import dataclass
from datetime import datetime

REPLY_PICKER = "reply_picker"
GENERATED = "generated"


@dataclass(frozen=True)
class JobOrder:
    """A fine-tuning job to be made; `token` goes into its metadata, so that it can be found again."""

    token: str
    model: str
    training_file: str
    validation_file: str | None
    n_epochs: int | None
    seed: int
    suffix: str


@dataclass(frozen=True)
class RemoteJob:
    """A job as its provider tells it; `status` in the protocol's words where there is one for it."""

    id: str
    status: str
    model: str | None
    trained_tokens: int | None
    error: str | None


@dataclass(frozen=True)
class Metrics:
    """One point of the curves; what the provider did not say is None."""

    step: int
    total_steps: int | None
    train_loss: float | None
    valid_loss: float | None
    train_accuracy: float | None
    valid_accuracy: float | None


@dataclass(frozen=True)
class RemoteEvent:
    """One line of a job's history; with `metrics` it is a point of the curves."""

    id: str
    level: str
    message: str
    happened_at: datetime
    metrics: Metrics | None


@dataclass(frozen=True)
class Candidate:
    """A reply that a reply picker considered, with its score."""

    reply: str
    score: float | None


@dataclass(frozen=True)
class Said:
    """A model's answer; `kind` is generated, or reply_picker for one that chose among approved replies."""

    text: str
    kind: str
    input_tokens: int | None
    output_tokens: int | None
    matched_question: str | None
    similarity: float | None
    candidates: tuple[Candidate, ...]
    abstained: bool
