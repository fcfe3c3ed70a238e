"""What a training reports on its way: the curve, as events and as a table, and the checkpoints to keep."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass, field

from core.engine.jobs.folder import JobFolder, Note, Point
from core.engine.picker.training import EpochEnd, Measured, Step, Weights

_MOST_POINTS = 1000
_CHECKPOINT_BYTES = 256 * 2**20
_COLUMNS = ("step", "train_loss", "train_accuracy", "valid_loss", "valid_mean_token_accuracy")
_RIGHT = {"supervised": "mean_token_accuracy", "dpo": "reward_accuracy"}


@dataclass
class Progress:
    """What training reported so far; `crossed` is what cross-validation said of step 0 and each epoch."""

    folder: JobFolder
    method: str
    total: int
    crossed: Sequence[Measured]
    best_step: int = 0
    kept: dict[int, Weights] = field(default_factory=dict)
    _epochs: int = 0
    _best_loss: float = float("inf")
    _metrics: dict[int, dict[str, float]] = field(default_factory=dict)
    _rows: list[tuple[int, float, float, float | str, float | str]] = field(default_factory=list)
    _notes: list[Note] = field(default_factory=list)

    def take(self, step: Step) -> None:
        """Report a step, and keep it where it ends an epoch."""
        every = -(-self.total // _MOST_POINTS)
        if step.end is None and step.number % every:
            return
        valid = step.end.valid if step.end else None
        checked = (valid.loss, valid.right) if valid else ("", "")
        self._rows.append((step.number, step.train.loss, step.train.right, *checked))
        crossed = self._crossed() if step.end else None
        self._notes.append(self._note(step, crossed))
        if step.end is not None:
            self._keep(step, step.end, crossed)
            self._flush()
            self._epochs += 1

    def finish(self) -> None:
        """Say what the curve does not say by itself, and hand the last reports over."""
        reached = self._rows[-1][0]
        if reached < self.total:
            text = f"The training diverged after step {reached}: use a smaller learning rate."
            self._notes.append(Note("warn", text))
        if self.best_step < reached:
            text = f"The model is that of step {self.best_step}, whose loss was the lowest of all epochs."
            self._notes.append(Note("info", text))
        self._flush()

    @property
    def table(self) -> bytes:
        """The result file, with the columns OpenAI gives it."""
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(_COLUMNS)
        writer.writerows(self._rows)
        return text.getvalue().encode("utf-8")

    @property
    def points(self) -> tuple[Point, ...]:
        """The checkpoints that were kept."""
        return tuple(Point(step, self._metrics[step]) for step in sorted(self.kept))

    def _crossed(self) -> Measured | None:
        return self.crossed[self._epochs] if self._epochs < len(self.crossed) else None

    def _keep(self, step: Step, end: EpochEnd, crossed: Measured | None) -> None:
        """Epochs are compared on the validation file, else by cross-validation, else on the training file."""
        judged = end.valid or (crossed if self.crossed else end.whole)
        if judged is not None and judged.loss < self._best_loss:
            self.best_step, self._best_loss = step.number, judged.loss
        weights = end.weights
        self.kept[step.number] = weights
        self._metrics[step.number] = self._data(step, crossed)
        while len(self.kept) * (weights.shift.nbytes + weights.bias.nbytes) > _CHECKPOINT_BYTES:
            spare = [number for number in self.kept if number not in {0, self.best_step, step.number}]
            if not spare:
                break
            del self.kept[spare[0]]

    def _note(self, step: Step, crossed: Measured | None) -> Note:
        message = f"Step {step.number}/{self.total}: training loss={step.train.loss:.4f}"
        if step.end and step.end.valid:
            message += f", validation loss={step.end.valid.loss:.4f}"
        if crossed:
            message += f", cross-validated loss={crossed.loss:.4f}"
        return Note("info", message, {**self._data(step, crossed), "total_steps": self.total})

    def _data(self, step: Step, crossed: Measured | None) -> dict[str, float]:
        """By the protocol's names; "mean token accuracy" is the share of questions with the right reply."""
        right = _RIGHT[self.method]
        found = {"step": step.number, "train_loss": step.train.loss, f"train_{right}": step.train.right}
        valid = step.end.valid if step.end else None
        if valid:
            found |= {"valid_loss": valid.loss, f"valid_{right}": valid.right}
            found |= {"full_valid_loss": valid.loss, f"full_valid_{right}": valid.right}
        if crossed:
            found |= {"cross_validated_loss": crossed.loss, f"cross_validated_{right}": crossed.right}
        if step.train.margin is not None:
            found["train_reward_margin"] = step.train.margin
        if valid and valid.margin is not None:
            found["valid_reward_margin"] = valid.margin
        return found

    def _flush(self) -> None:
        self.folder.report(self._notes)
        self._notes = []
