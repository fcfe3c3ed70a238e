"""What turns a text into a vector, and which of the built-in ones this machine has."""

from collections.abc import Sequence
from typing import Protocol

import numpy as np
import numpy.typing as npt

Vectors = npt.NDArray[np.float32]


class Encoder(Protocol):
    """Texts in, one unit vector each out. `fingerprint` changes when a text would get another vector."""

    @property
    def fingerprint(self) -> str:
        """The name of this way of encoding."""

    @property
    def dimension(self) -> int:
        """How long a vector is."""

    def encode(self, texts: Sequence[str]) -> Vectors:
        """One row per text, each of length 1."""

    def count_tokens(self, text: str) -> int:
        """How many pieces the encoder sees in a text."""


class Reader(Encoder, Protocol):
    """An encoder that a reply picker stands on: it may read a text in several ways, one beside the other."""

    @property
    def parts(self) -> tuple[int, ...]:
        """How many places of a vector belong to each way of reading; by the first, replies are compared."""


def each_part(vectors: Vectors, parts: tuple[int, ...]) -> list[Vectors]:
    """The vectors cut into their parts, each of length 1 (or 0, where there was nothing to read)."""
    ends = np.cumsum(parts)
    cut = [vectors[:, end - width : end] for end, width in zip(ends, parts, strict=True)]
    return [part / np.maximum(np.linalg.norm(part, axis=1, keepdims=True), _TINY) for part in cut]


_TINY = np.float32(1e-9)
