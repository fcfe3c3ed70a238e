"""Questions as the picker sees them: what the base compares with replies, what the trained layer reads."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.engine.encoder.encoder import Vectors, each_part
from core.engine.picker.training import Numbers, Weights
from core.engine.picker.words import Words

SCALE = 10.0
"""S: how many nats of score a cosine of 1 is worth to the base."""
SPELLING_WEIGHT = 0.5


@dataclass(frozen=True)
class Questions:
    """One row per question. `breadth` is the square of a row's length, before the centre was taken off."""

    meaning: Vectors
    features: Vectors
    breadth: float

    def __len__(self) -> int:
        return len(self.meaning)

    def some(self, rows: Numbers) -> "Questions":
        return Questions(self.meaning[rows], self.features[rows], self.breadth)

    def scores(self, replies: Vectors, weights: Weights) -> Vectors:
        """One row per question, one column per reply; `replies` holds the meaning of each."""
        found: Vectors = np.float32(SCALE) * (self.meaning @ replies.T)
        found += self.features @ weights.shift.T
        found += weights.bias
        return found


@dataclass(frozen=True)
class Reading:
    """How a model reads a question: the encoder's parts, the words of the taught questions, less `centre`."""

    parts: tuple[int, ...]
    words: Words
    centre: Vectors

    @classmethod
    def of(cls, taught: Sequence[str], vectors: Vectors, parts: tuple[int, ...]) -> "Reading":
        """The centre is the mean of the taught questions, part by part."""
        words = Words.of(taught)
        nowhere = np.zeros(sum(parts) + len(words.places), np.float32)
        features = cls(parts, words, nowhere).questions(taught, vectors).features
        return cls(parts, words, features.mean(axis=0))

    def questions(self, texts: Sequence[str], vectors: Vectors) -> Questions:
        """Questions by their texts and the encoder's vectors."""
        meaning, *others = each_part(vectors, self.parts)
        weighed = [(SPELLING_WEIGHT, part) for part in others] + [(self.words.weight, self.words.read(texts))]
        features = np.hstack([meaning, *(np.float32(weight) * part for weight, part in weighed)])
        return Questions(meaning, features - self.centre, 1 + sum(weight**2 for weight, _ in weighed))


def meaning_of(vectors: Vectors, parts: tuple[int, ...]) -> Vectors:
    """By what replies are compared with questions."""
    return each_part(vectors[:, : parts[0]], parts[:1])[0]
