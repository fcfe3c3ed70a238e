"""A reply picker's fine-tuning job: read the file, embed, train, keep every epoch, save the best."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from core.engine.encoder.encoder import Encoder, Vectors
from core.engine.encoder.shelf import Encoders
from core.engine.home import write_whole
from core.engine.jobs.folder import JobFolder, Note, Order, Outcome, Point
from core.engine.jobs.training_data import TrainingPairs, read_pairs
from core.engine.picker.abstention import threshold
from core.engine.picker.model import Manifest, Taught, save_picker
from core.engine.picker.training import (
    DEFAULT_EPOCHS,
    LEARNING_RATE,
    EpochEnd,
    Pairs,
    Settings,
    Step,
    Weights,
    steps_in_all,
    train,
)

_EMBED_AT_ONCE = 256
_MOST_POINTS = 1000
_CHECKPOINT_BYTES = 256 * 2**20


class Cancelled(BaseException):
    """The job is not wanted any more."""


def run_picker_job(folder: JobFolder, order: Order) -> Outcome:
    """Train a reply picker.

    Raises:
        JobFailed: the data cannot be used.
        Cancelled: somebody cancelled the job.
    """
    pairs = read_pairs(Path(order.training_path), "training_file")
    held_out = read_pairs(Path(order.validation_path), "validation_file") if order.validation_path else None
    taught = _taught(pairs)
    encoder = Encoders(Path(order.cache)).of(order.base_model)
    questions = _embed(folder, encoder, taught.questions)
    replies = _embed(folder, encoder, taught.replies)
    settings = _settings(order, len(taught.questions))
    valid = _validation(folder, encoder, held_out, taught)
    run = _Run(folder, settings, steps_in_all(len(taught.questions), settings))
    targets = np.asarray(taught.targets, dtype=np.int64)
    for step in train(Pairs(questions, targets), valid, replies, settings):
        _go_on(folder)
        run.take(step)
    run.finish()
    manifest = Manifest(
        model=order.model_id,
        base_model=order.base_model,
        encoder=encoder.fingerprint,
        data_sha256=order.training_sha256,
        seed=order.seed,
        n_epochs=settings.epochs,
        batch_size=settings.batch_size,
        learning_rate=settings.learning_rate,
        examples=len(taught.questions),
        threshold=threshold(questions, valid.questions if valid else None),
        best_step=run.best_step,
        steps=tuple(sorted(run.kept)),
    )
    save_picker(folder.model, manifest, taught, (questions, replies), run.kept)
    write_whole(folder.result_csv, run.table())
    tokens = sum(encoder.count_tokens(text) for pair in pairs.pairs for text in pair) * settings.epochs
    points = tuple(Point(step, run.metrics[step]) for step in sorted(run.kept))
    return Outcome(True, trained_tokens=tokens, checkpoints=points)


@dataclass
class _Run:
    """What training reported so far, and the checkpoints worth keeping."""

    folder: JobFolder
    settings: Settings
    total: int
    best_step: int = 0
    kept: dict[int, Weights] = field(default_factory=dict)
    metrics: dict[int, dict[str, float]] = field(default_factory=dict)
    _best_loss: float = float("inf")
    _rows: list[tuple[int, float, float, float | str, float | str]] = field(default_factory=list)
    _notes: list[Note] = field(default_factory=list)

    def take(self, step: Step) -> None:
        """Report a step, and keep it where it ends an epoch."""
        every = -(-self.total // _MOST_POINTS)
        if step.end is None and step.number % every:
            return
        valid = step.end.valid if step.end else None
        self._rows.append(
            (
                step.number,
                step.train.loss,
                step.train.accuracy,
                valid.loss if valid else "",
                valid.accuracy if valid else "",
            )
        )
        self._notes.append(self._note(step))
        if step.end is not None:
            self._keep(step, step.end)
            self.flush()

    def finish(self) -> None:
        """Say what the curve does not say by itself, and hand the last reports over."""
        reached = self._rows[-1][0]
        if reached < self.total:
            text = f"The training diverged after step {reached}: use a smaller learning rate."
            self._notes.append(Note("warn", text))
        if self.best_step < reached:
            text = f"The model is that of step {self.best_step}, whose loss was the lowest of all epochs."
            self._notes.append(Note("info", text))
        self.flush()

    def flush(self) -> None:
        """Hand the reports over."""
        self.folder.report(self._notes)
        self._notes = []

    def table(self) -> bytes:
        """The result file, with the columns OpenAI gives it."""
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(("step", "train_loss", "train_accuracy", "valid_loss", "valid_mean_token_accuracy"))
        writer.writerows(self._rows)
        return text.getvalue().encode("utf-8")

    def _keep(self, step: Step, end: EpochEnd) -> None:
        if end.to_beat < self._best_loss:
            self.best_step, self._best_loss = step.number, end.to_beat
        weights = end.weights
        self.kept[step.number] = weights
        self.metrics[step.number] = _metrics(step)
        while len(self.kept) * (weights.shift.nbytes + weights.bias.nbytes) > _CHECKPOINT_BYTES:
            spare = [number for number in self.kept if number not in {0, self.best_step, step.number}]
            if not spare:
                break
            del self.kept[spare[0]]

    def _note(self, step: Step) -> Note:
        message = f"Step {step.number}/{self.total}: training loss={step.train.loss:.4f}"
        if step.end and step.end.valid:
            message += f", validation loss={step.end.valid.loss:.4f}"
        return Note("info", message, {**_metrics(step), "total_steps": self.total})


def _metrics(step: Step) -> dict[str, float]:
    """By the protocol's names; "mean token accuracy" is here the share of questions with the right reply."""
    found = {
        "step": step.number,
        "train_loss": step.train.loss,
        "train_mean_token_accuracy": step.train.accuracy,
    }
    valid = step.end.valid if step.end else None
    if valid:
        found |= {
            "valid_loss": valid.loss,
            "valid_mean_token_accuracy": valid.accuracy,
            "full_valid_loss": valid.loss,
            "full_valid_mean_token_accuracy": valid.accuracy,
        }
    return found


def _taught(pairs: TrainingPairs) -> Taught:
    numbers: dict[str, int] = {}
    targets = tuple(numbers.setdefault(reply, len(numbers)) for _, reply in pairs.pairs)
    return Taught(tuple(numbers), tuple(question for question, _ in pairs.pairs), targets)


def _settings(order: Order, examples: int) -> Settings:
    """What "auto" means here."""
    epochs = DEFAULT_EPOCHS if isinstance(order.n_epochs, str) else order.n_epochs
    batch = min(32, examples) if isinstance(order.batch_size, str) else order.batch_size
    times = 1.0 if isinstance(order.learning_rate_multiplier, str) else order.learning_rate_multiplier
    return Settings(epochs, batch, LEARNING_RATE * times, order.seed)


def _validation(
    folder: JobFolder, encoder: Encoder, held_out: TrainingPairs | None, taught: Taught
) -> Pairs | None:
    """The validation examples whose reply can be picked; the others are counted and said."""
    if held_out is None:
        return None
    numbers = {reply: number for number, reply in enumerate(taught.replies)}
    usable = [(question, numbers[reply]) for question, reply in held_out.pairs if reply in numbers]
    left_out = len(held_out.pairs) - len(usable)
    if left_out:
        message = (
            f"{left_out} of {len(held_out.pairs)} validation examples have a reply that no training example"
            " has. It cannot be picked; they are left out of the validation loss."
        )
        folder.report([Note("warn", message)])
    if not usable:
        return None
    vectors = _embed(folder, encoder, [question for question, _ in usable])
    return Pairs(vectors, np.asarray([number for _, number in usable], dtype=np.int64))


def _embed(folder: JobFolder, encoder: Encoder, texts: Sequence[str]) -> Vectors:
    parts = []
    for start in range(0, len(texts), _EMBED_AT_ONCE):
        _go_on(folder)
        parts.append(encoder.encode(texts[start : start + _EMBED_AT_ONCE]))
    return np.concatenate(parts)


def _go_on(folder: JobFolder) -> None:
    if folder.cancel_asked:
        raise Cancelled
