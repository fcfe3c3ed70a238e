"""Meaning and spelling in one vector: what MiniLM reads as alike and what is written alike both count.

Names, numbers and trade words ("P2", "Chapter 7", "escrow") say little to MiniLM and much to the person. At
this weight the nearest taught question is right most often (`docs/engine.md`, "Quality and speed").
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.engine.encoder.encoder import Encoder, Vectors

SPELLING_WEIGHT = 0.5


@dataclass(frozen=True)
class BlendedEncoder:
    """Both vectors side by side; the cosine is the mean of both cosines, spelling weighted by the square."""

    meaning: Encoder
    spelling: Encoder

    @property
    def fingerprint(self) -> str:
        return f"{self.meaning.fingerprint}+{SPELLING_WEIGHT}*{self.spelling.fingerprint}"

    @property
    def dimension(self) -> int:
        return self.meaning.dimension + self.spelling.dimension

    @property
    def parts(self) -> tuple[int, ...]:
        return (self.meaning.dimension, self.spelling.dimension)

    def encode(self, texts: Sequence[str]) -> Vectors:
        weights = np.asarray([1.0, SPELLING_WEIGHT], np.float32)
        weights /= np.linalg.norm(weights)
        parts = (self.meaning.encode(texts) * weights[0], self.spelling.encode(texts) * weights[1])
        return np.hstack(parts)

    def count_tokens(self, text: str) -> int:
        return self.meaning.count_tokens(text)
