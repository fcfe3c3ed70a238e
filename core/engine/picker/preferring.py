"""Learning from preferences: of two replies to a question, the better is to gain on the worse.

Direct preference optimisation (Rafailov et al. 2023) with the base as reference lowers -ln σ(β·Δ), where Δ is
how much further the better reply is ahead of the worse than the base has it. The base's own scores cancel.
"""

from dataclasses import dataclass

import numpy as np

from core.engine.encoder.encoder import Vectors
from core.engine.picker.picking import BIAS_PACE, PACE_POWER
from core.engine.picker.questions import Questions
from core.engine.picker.training import Measured, Numbers, Weights

DEFAULT_BETA = 1.0


@dataclass(frozen=True)
class Preferring:
    """Questions, and for each the number of the better reply and of the worse one."""

    questions: Questions
    better: Numbers
    worse: Numbers
    replies: int
    beta: float

    @property
    def examples(self) -> int:
        return len(self.better)

    @property
    def start(self) -> Weights:
        return Weights.untrained(self.replies, self.questions.features.shape[1])

    @property
    def pace(self) -> float:
        """As in picking; over β², so that β says how far from the base it may go, not how long it takes."""
        of_examples = (self.replies / self.examples) ** PACE_POWER
        return float(of_examples) / self.questions.breadth / self.beta**2

    def some(self, rows: Numbers) -> "Preferring":
        better, worse = self.better[rows], self.worse[rows]
        return Preferring(self.questions.some(rows), better, worse, self.replies, self.beta)

    def measure(self, weights: Weights) -> Measured:
        return self._measured(self._ahead(self.questions, self.better, self.worse, weights))

    def descend(self, rows: Numbers, weights: Weights, pace: float) -> Measured:
        questions, better, worse = self.questions.some(rows), self.better[rows], self.worse[rows]
        ahead = self._ahead(questions, better, worse, weights)
        push = np.float32(pace * self.beta) / (1 + np.exp(np.float32(self.beta) * ahead))
        moved = push[:, None] * questions.features
        for replies, sign in ((better, np.float32(1)), (worse, np.float32(-1))):
            np.add.at(weights.shift, replies, sign * moved)
            np.add.at(weights.bias, replies, sign * BIAS_PACE * push)
        return self._measured(ahead)

    def _ahead(self, questions: Questions, better: Numbers, worse: Numbers, weights: Weights) -> Vectors:
        apart = weights.shift[better] - weights.shift[worse]
        ahead: Vectors = np.einsum("ij,ij->i", questions.features, apart)
        return ahead + weights.bias[better] - weights.bias[worse]

    def _measured(self, ahead: Vectors) -> Measured:
        rewards = self.beta * ahead.astype(np.float64)
        loss = float(np.logaddexp(0.0, -rewards).mean())
        return Measured(loss, float((rewards > 0).mean()), float(rewards.mean()))
