"""Learning from approved replies: of all replies, the taught one is to get the highest score.

Above `MOST_AT_ONCE` replies a step looks at some of them only: those of its own questions (Henderson et al.
2017, "Efficient natural language response suggestion for Smart Reply") and others drawn at random, which
stand for the rest (sampled softmax: Jean et al. 2015, "On using very large target vocabulary").
"""

from dataclasses import dataclass, field

import numpy as np

from core.engine.encoder.encoder import Vectors
from core.engine.picker.questions import Questions
from core.engine.picker.training import Measured, Numbers, Weights

MOST_AT_ONCE = 1000
_DRAWN = 500
_MEASURED_SCORES = 4_000_000
_MEASURED_AT_LEAST = 1000
_ROWS_AT_ONCE = 512
PACE_POWER = 0.75
BIAS_PACE = np.float32(0.1)


@dataclass
class Picking:
    """Questions, and for each the number of its reply; `replies` holds the meaning of every reply.

    The first `asked` are what somebody may ask. The others are the replies' own texts, each as one more
    question for itself: with few examples that is much of what is known of a reply. `measure` leaves them
    out.
    """

    questions: Questions
    targets: Numbers
    asked: int
    replies: Vectors
    seed: int
    _draws: np.random.Generator = field(init=False)

    def __post_init__(self) -> None:
        self._draws = np.random.default_rng(self.seed)

    @property
    def examples(self) -> int:
        return len(self.targets)

    @property
    def start(self) -> Weights:
        return Weights.untrained(len(self.replies), self.questions.features.shape[1])

    @property
    def pace(self) -> float:
        """An example counts the less, the more of them its reply has: (replies / examples)^¾.

        And the less, the longer the questions' features are.
        """
        return float((len(self.replies) / self.examples) ** PACE_POWER) / self.questions.breadth

    def some(self, rows: Numbers) -> "Picking":
        asked = int((rows < self.asked).sum())
        return Picking(self.questions.some(rows), self.targets[rows], asked, self.replies, self.seed)

    def measure(self, weights: Weights) -> Measured:
        """Over all replies; of very many questions, over as many as are evenly spread through the file."""
        most = max(_MEASURED_SCORES // len(self.replies), _MEASURED_AT_LEAST)
        rows = np.unique(np.linspace(0, self.asked - 1, min(self.asked, most)).astype(np.int64))
        loss = right = 0.0
        for start in range(0, len(rows), _ROWS_AT_ONCE):
            some = rows[start : start + _ROWS_AT_ONCE]
            scores = self.questions.some(some).scores(self.replies, weights)
            measured, _ = _measured(scores, self.targets[some])
            loss += measured.loss * len(some)
            right += measured.right * len(some)
        return Measured(loss / len(rows), right / len(rows))

    def descend(self, rows: Numbers, weights: Weights, pace: float) -> Measured:
        questions, targets = self.questions.some(rows), self.targets[rows]
        if len(self.replies) > MOST_AT_ONCE:
            return self._descend_on_some(questions, targets, weights, pace)
        measured, gradient = _measured(questions.scores(self.replies, weights), targets)
        gradient *= np.float32(pace)
        weights.shift[:] -= gradient.T @ questions.features
        weights.bias[:] -= BIAS_PACE * gradient.sum(axis=0)
        return measured

    def _descend_on_some(
        self, questions: Questions, targets: Numbers, weights: Weights, pace: float
    ) -> Measured:
        taught, places = np.unique(targets, return_inverse=True)
        drawn = np.setdiff1d(self._draws.integers(0, len(self.replies), _DRAWN), taught)
        chosen = np.concatenate([taught, drawn])
        part = Weights(weights.shift[chosen], weights.bias[chosen])
        scores = questions.scores(self.replies[chosen], part)
        stands_for = (len(self.replies) - len(taught)) / max(len(drawn), 1)
        scores[:, len(taught) :] += np.float32(np.log(max(stands_for, 1.0)))
        measured, gradient = _measured(scores, places.astype(np.int64))
        gradient *= np.float32(pace)
        weights.shift[chosen] -= gradient.T @ questions.features
        weights.bias[chosen] -= BIAS_PACE * gradient.sum(axis=0)
        return measured


def _measured(scores: Vectors, targets: Numbers) -> tuple[Measured, Vectors]:
    """Cross-entropy, and its gradient with respect to each example's scores."""
    rows = np.arange(len(targets))
    right = float(np.mean(scores.argmax(axis=1) == targets))
    scores = scores - scores.max(axis=1, keepdims=True)
    odds = np.exp(scores)
    total = odds.sum(axis=1)
    loss = float(np.mean(np.log(total) - scores[rows, targets]))
    odds /= total[:, None]
    odds[rows, targets] -= 1
    return Measured(loss, right), odds
