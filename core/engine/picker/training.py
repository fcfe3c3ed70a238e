"""The reply picker's mathematics: a layer that begins at zero, on top of a base that is not trained.

A text is read in parts: what it means, how it is spelled, and which of the taught questions' words it holds,
the rare ones for more. The base scores reply r for question q by the meaning of both texts; training adds a
linear term and a bias:

    score(q, r) = S·cos(q, r) + φ(q)·D_r + b_r

where φ(q) is all parts of the question, each weighed, less their mean over the taught questions. D and b
begin at zero: step 0 is the base. Gradient descent lowers the softmax cross-entropy over the replies. A
reply's own text is one more question for it. The first step adds to each reply the centroid of the
questions taught for it and of its text, less what the base expected there: text of the reply and centroid
of its questions, interpolated (prototypes: Snell, Swersky and Zemel 2017). Where it ends is multinomial
logistic regression. Few examples are best served near the beginning and many near the end of this path;
stopping on it is a prior centred on the base (Chelba and Acero 2004, "Adaptation of maximum entropy
capitalizer: little data can help a lot"; Ali, Kolter and Tibshirani 2019, "A continuous-time view of early
stopping for least squares"). Held-out loss says where: every epoch is measured, the best is kept.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from core.engine.encoder.encoder import Vectors

Numbers = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Weights:
    """What training changes: a row for each reply, and a bias for each reply."""

    shift: Vectors
    bias: Vectors

    @classmethod
    def untrained(cls, replies: int, dimension: int) -> "Weights":
        return cls(np.zeros((replies, dimension), np.float32), np.zeros(replies, np.float32))

    def copy(self) -> "Weights":
        return Weights(self.shift.copy(), self.bias.copy())


@dataclass(frozen=True)
class Settings:
    """How to train. `rate` is how far one example moves its own score, where each reply has one example."""

    epochs: int
    batch_size: int
    rate: float
    seed: int


@dataclass(frozen=True)
class Measured:
    """Mean loss in nats, and the share of examples that come out right.

    `margin` is how much further a preferred reply is ahead than the base had it, where replies are compared
    in pairs.
    """

    loss: float
    right: float
    margin: float | None = None


class Lesson(Protocol):
    """Examples, and how far the weights are from having learned them."""

    @property
    def examples(self) -> int:
        """How many there are."""

    @property
    def start(self) -> Weights:
        """The untrained weights."""

    @property
    def pace(self) -> float:
        """What the rate is multiplied by."""

    def some(self, rows: Numbers) -> "Lesson":
        """These examples alone."""

    def measure(self, weights: Weights) -> Measured:
        """How good the weights are on all examples."""

    def descend(self, rows: Numbers, weights: Weights, pace: float) -> Measured:
        """Measure some examples, and move the weights (in place) down their loss."""


@dataclass(frozen=True)
class EpochEnd:
    """What stands at step 0 and after every epoch: weights, and how good they are on both files."""

    weights: Weights
    whole: Measured
    valid: Measured | None


@dataclass(frozen=True)
class Step:
    """One step of training, with the loss of its minibatch (at step 0: of the whole training file)."""

    number: int
    train: Measured
    end: EpochEnd | None = None


def steps_in_all(examples: int, settings: Settings) -> int:
    """How many steps `train` takes after step 0."""
    return settings.epochs * -(-examples // settings.batch_size)


def train(lesson: Lesson, valid: Lesson | None, settings: Settings) -> Iterator[Step]:
    """Train from the base; the first step yielded is the base itself, measured.

    Yields:
        Every step, until the loss is no number any more: then the training has diverged and ends.
    """
    shuffle = np.random.default_rng(settings.seed)
    weights = lesson.start
    end = _epoch_end(lesson, valid, weights)
    yield Step(0, end.whole, end)
    pace = settings.rate * lesson.pace
    step = 0
    for _ in range(settings.epochs):
        order = shuffle.permutation(lesson.examples)
        starts = range(0, len(order), settings.batch_size)
        for start in starts:
            step += 1
            measured = lesson.descend(order[start : start + settings.batch_size], weights, pace)
            if not np.isfinite(measured.loss):
                return
            if start == starts[-1]:
                end = _epoch_end(lesson, valid, weights)
                if not np.isfinite([end.whole.loss, end.valid.loss if end.valid else 0.0]).all():
                    return
                yield Step(step, measured, end)
            else:
                yield Step(step, measured)


def _epoch_end(lesson: Lesson, valid: Lesson | None, weights: Weights) -> EpochEnd:
    return EpochEnd(weights.copy(), lesson.measure(weights), valid.measure(weights) if valid else None)
