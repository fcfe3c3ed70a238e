"""The encoder without weights: character 3- to 5-grams of a text, hashed into a fixed number of places."""

import unicodedata
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from core.engine.encoder.encoder import Vectors

_SIZES = (3, 4, 5)
_MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)


class NgramEncoder:
    """Spelling, not meaning: works in any language, knows no synonyms."""

    def __init__(self, dimension: int = 4096) -> None:
        self.dimension = dimension
        self.fingerprint = f"ngrams-3-5-{dimension}-v1"
        self.parts = (dimension,)

    def encode(self, texts: Sequence[str]) -> Vectors:
        vectors = np.zeros((len(texts), self.dimension), dtype=np.float32)
        for row, text in enumerate(texts):
            vectors[row] = self._vector(text)
        return vectors

    def count_tokens(self, text: str) -> int:
        """Words, split at white space."""
        return len(text.split())

    def _vector(self, text: str) -> Vectors:
        plain = f" {' '.join(unicodedata.normalize('NFKC', text).lower().split())} "
        letters = np.frombuffer(plain.encode("utf-32-le"), dtype="<u4").astype(np.uint64)
        hashes = np.concatenate([_hashes(letters, size) for size in _SIZES])
        places = (hashes >> np.uint64(40)) % np.uint64(self.dimension)
        signs = np.where(hashes & np.uint64(1 << 30), 1.0, -1.0)
        counts = np.bincount(places.astype(np.int64), weights=signs, minlength=self.dimension)
        damped = np.sign(counts) * np.sqrt(np.abs(counts))
        length = float(np.sqrt(damped @ damped))
        vector: Vectors = (damped / (length or 1.0)).astype(np.float32)
        return vector


def _hashes(letters: npt.NDArray[np.uint64], size: int) -> npt.NDArray[np.uint64]:
    """A polynomial hash of every run of `size` letters, wrapping at 2^64 on purpose."""
    count = max(len(letters) - size + 1, 0)
    mixed = np.full(count, np.uint64(size), dtype=np.uint64)
    for place in range(size):
        mixed = (mixed ^ letters[place : place + count]) * _MULTIPLIER
        mixed ^= mixed >> np.uint64(29)
    return mixed
