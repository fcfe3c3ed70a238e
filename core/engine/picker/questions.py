"""Questions as the picker sees them: what the base compares with replies, what the trained layer reads."""

from dataclasses import dataclass

import numpy as np

from core.engine.encoder.encoder import Vectors, each_part
from core.engine.picker.training import Numbers, Weights

SCALE = 10.0
"""S: how many nats of score a cosine of 1 is worth to the base."""


@dataclass(frozen=True)
class Questions:
    """One row per question, read in `parts` ways."""

    meaning: Vectors
    features: Vectors
    parts: int

    @classmethod
    def read(cls, vectors: Vectors, parts: tuple[int, ...], centre: Vectors) -> "Questions":
        """An encoder's vectors; `centre` is that of the taught questions."""
        cut = each_part(vectors, parts)
        return cls(cut[0], np.hstack(cut) - centre, len(parts))

    def __len__(self) -> int:
        return len(self.meaning)

    def some(self, rows: Numbers) -> "Questions":
        return Questions(self.meaning[rows], self.features[rows], self.parts)

    def scores(self, replies: Vectors, weights: Weights) -> Vectors:
        """One row per question, one column per reply; `replies` holds the meaning of each."""
        found: Vectors = np.float32(SCALE) * (self.meaning @ replies.T)
        found += self.features @ weights.shift.T
        found += weights.bias
        return found


def centre_of(vectors: Vectors, parts: tuple[int, ...]) -> Vectors:
    """The mean of the taught questions, part by part."""
    mean: Vectors = np.hstack(each_part(vectors, parts)).mean(axis=0)
    return mean


def meaning_of(vectors: Vectors, parts: tuple[int, ...]) -> Vectors:
    """By what replies are compared with questions."""
    return each_part(vectors[:, : parts[0]], parts[:1])[0]
