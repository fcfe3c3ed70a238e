"""The curve of a training: the trainer's log, under the protocol's names."""

import csv
import io
import math
from collections.abc import Iterable, Mapping
from typing import Any

Log = Iterable[Mapping[str, Any]]
_TRAIN = {
    "loss": ("train_loss",),
    "mean_token_accuracy": ("train_mean_token_accuracy",),
    "rewards/accuracies": ("train_reward_accuracy",),
    "rewards/margins": ("train_reward_margin",),
    "learning_rate": ("learning_rate",),
    "grad_norm": ("gradient_norm",),
}
_VALID = {
    "eval_loss": ("valid_loss", "full_valid_loss"),
    "eval_mean_token_accuracy": ("valid_mean_token_accuracy", "full_valid_mean_token_accuracy"),
    "eval_rewards/accuracies": ("valid_reward_accuracy",),
    "eval_rewards/margins": ("valid_reward_margin",),
}
_COLUMNS = {
    "step": "step",
    "train_loss": "train_loss",
    "train_accuracy": "train_mean_token_accuracy",
    "valid_loss": "valid_loss",
    "valid_mean_token_accuracy": "valid_mean_token_accuracy",
}
"""The result file's columns as OpenAI names them, and the metrics that stand in them."""


def is_entry(entry: Mapping[str, Any]) -> bool:
    """Whether a line of the trainer's log is of the curve; others tell of time and speed."""
    return "loss" in entry or "eval_loss" in entry


def metrics(entry: Mapping[str, Any]) -> dict[str, float]:
    """What a line of the trainer's log says, under the protocol's names; what is no number is left out."""
    names = _TRAIN if "loss" in entry else _VALID
    found = {name: float(entry[key]) for key in names if key in entry for name in names[key]}
    return {name: value for name, value in found.items() if math.isfinite(value)}


def by_step(log: Log) -> dict[int, dict[str, float]]:
    """The metrics of each step that was logged, `step` among them."""
    found: dict[int, dict[str, float]] = {}
    for entry in log:
        if is_entry(entry):
            step = int(entry["step"])
            found.setdefault(step, {"step": step}).update(metrics(entry))
    return found


def best_step(measured: Mapping[int, Mapping[str, float]]) -> int | None:
    """The step with the lowest validation loss, the bare base aside; None where nothing was validated."""
    losses = {step: found["valid_loss"] for step, found in measured.items() if step and "valid_loss" in found}
    return min(losses, key=lambda step: losses[step]) if losses else None


def table(log: Log) -> bytes:
    """The result file, with the columns OpenAI gives it; a cell is empty where nothing was measured."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(_COLUMNS)
    writer.writerows([found.get(name, "") for name in _COLUMNS.values()] for found in by_step(log).values())
    return text.getvalue().encode("utf-8")


def told(step: int, total: int, found: Mapping[str, float]) -> str:
    """A step's event in words, as OpenAI words it."""
    named = {"train_loss": "training loss", "valid_loss": "validation loss"}
    losses = ", ".join(f"{name}={found[key]:.4f}" for key, name in named.items() if key in found)
    return f"Step {step}/{total}: {losses}" if losses else f"Step {step}/{total}"
