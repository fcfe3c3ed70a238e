"""The reply picker's mathematics: a dual encoder over approved replies, trained by gradient descent.

A question q and a reply are unit vectors of one encoder. The score of reply r is s·q·(R0 + D)ᵣ + bᵣ; the
shift D and the bias b start at zero, so that step 0 is the untrained base. AdamW (Loshchilov and Hutter
2019) lowers the softmax cross-entropy; the decay pulls D back to the base, so little data moves it little.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from core.engine.encoder.encoder import Vectors

SCALE = 10.0
LEARNING_RATE = 2e-3
WEIGHT_DECAY = 1.0
DEFAULT_EPOCHS = 10
_BETA1, _BETA2, _EPSILON = 0.9, 0.999, 1e-8

Targets = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Weights:
    """What training changes: a shift for each reply's vector, and a bias for each reply."""

    shift: Vectors
    bias: Vectors

    @classmethod
    def untrained(cls, replies: int, dimension: int) -> "Weights":
        return cls(np.zeros((replies, dimension), np.float32), np.zeros(replies, np.float32))


@dataclass(frozen=True)
class Pairs:
    """Questions as vectors, and for each the number of its reply."""

    questions: Vectors
    targets: Targets


@dataclass(frozen=True)
class Settings:
    """How to train."""

    epochs: int
    batch_size: int
    learning_rate: float
    seed: int


@dataclass(frozen=True)
class Measured:
    """Mean cross-entropy in nats, and the share of questions whose best reply is the right one."""

    loss: float
    accuracy: float


@dataclass(frozen=True)
class Step:
    """One step of training, with the loss of its minibatch (at step 0: of the whole training file)."""

    number: int
    train: Measured
    end: "EpochEnd | None" = None


@dataclass(frozen=True)
class EpochEnd:
    """What stands at step 0 and after every epoch: weights, and how good they are on both files."""

    weights: Weights
    whole: Measured
    valid: Measured | None

    @property
    def to_beat(self) -> float:
        """The loss by which epochs are compared: the validation file's, without one the training file's."""
        return self.whole.loss if self.valid is None else self.valid.loss


def scores(questions: Vectors, replies: Vectors, weights: Weights) -> Vectors:
    """One row per question, one column per reply."""
    found: Vectors = np.float32(SCALE) * (questions @ (replies + weights.shift).T) + weights.bias
    return found


def steps_in_all(pairs: int, settings: Settings) -> int:
    """How many steps `train` takes after step 0."""
    return settings.epochs * -(-pairs // settings.batch_size)


def train(pairs: Pairs, valid: Pairs | None, replies: Vectors, settings: Settings) -> Iterator[Step]:
    """Train from the base; the first step yielded is the base itself, measured.

    Yields:
        Every step, until the loss is no number any more: then the training has diverged and ends.
    """
    shuffle = np.random.default_rng(settings.seed)
    weights = Weights.untrained(*replies.shape)
    end = _epoch_end(pairs, valid, replies, weights)
    yield Step(0, end.whole, end)
    descent = _AdamW(weights, settings.learning_rate)
    step = 0
    for _ in range(settings.epochs):
        order = shuffle.permutation(len(pairs.targets))
        starts = range(0, len(order), settings.batch_size)
        for start in starts:
            step += 1
            rows = order[start : start + settings.batch_size]
            measured = descent.step(pairs.questions[rows], pairs.targets[rows], replies)
            if not np.isfinite(measured.loss):
                return
            if start == starts[-1]:
                snapshot = Weights(descent.shift.copy(), descent.bias.copy())
                end = _epoch_end(pairs, valid, replies, snapshot)
                if not np.isfinite([end.whole.loss, end.to_beat]).all():
                    return
                yield Step(step, measured, end)
            else:
                yield Step(step, measured)


def measure(pairs: Pairs, replies: Vectors, weights: Weights, at_once: int = 1024) -> Measured:
    """Loss and accuracy over all pairs."""
    losses, hits = [], []
    for start in range(0, len(pairs.targets), at_once):
        some = slice(start, start + at_once)
        measured, _ = _loss(scores(pairs.questions[some], replies, weights), pairs.targets[some])
        count = len(pairs.targets[some])
        losses.append(measured.loss * count)
        hits.append(measured.accuracy * count)
    return Measured(sum(losses) / len(pairs.targets), sum(hits) / len(pairs.targets))


class _AdamW:
    def __init__(self, start: Weights, learning_rate: float) -> None:
        self.shift, self.bias = start.shift.copy(), start.bias.copy()
        self._rate = learning_rate
        self._time = 0
        self._means = [np.zeros_like(self.shift), np.zeros_like(self.bias)]
        self._squares = [np.zeros_like(self.shift), np.zeros_like(self.bias)]

    def step(self, questions: Vectors, targets: Targets, replies: Vectors) -> Measured:
        measured, blame = _loss(scores(questions, replies, Weights(self.shift, self.bias)), targets)
        self._time += 1
        self._update(0, self.shift, SCALE * (blame.T @ questions), WEIGHT_DECAY)
        self._update(1, self.bias, blame.sum(axis=0), 0.0)
        return measured

    def _update(self, which: int, values: Vectors, gradient: Vectors, decay: float) -> None:
        mean, square = self._means[which], self._squares[which]
        mean += (1 - _BETA1) * (gradient - mean)
        square += (1 - _BETA2) * (gradient * gradient - square)
        step = (mean / (1 - _BETA1**self._time)) / (np.sqrt(square / (1 - _BETA2**self._time)) + _EPSILON)
        values -= np.float32(self._rate) * (step + np.float32(decay) * values)


def _loss(logits: Vectors, targets: Targets) -> tuple[Measured, Vectors]:
    """The loss, and its gradient with respect to the scores."""
    rows = np.arange(len(targets))
    shifted = logits - logits.max(axis=1, keepdims=True)
    odds = np.exp(shifted)
    total = odds.sum(axis=1)
    loss = float(np.mean(np.log(total) - shifted[rows, targets]))
    accuracy = float(np.mean(logits.argmax(axis=1) == targets))
    blame = odds / total[:, None]
    blame[rows, targets] -= 1
    blame /= np.float32(len(targets))
    return Measured(loss, accuracy), blame


def _epoch_end(pairs: Pairs, valid: Pairs | None, replies: Vectors, weights: Weights) -> EpochEnd:
    checked = measure(valid, replies, weights) if valid is not None else None
    return EpochEnd(weights, measure(pairs, replies, weights), checked)
