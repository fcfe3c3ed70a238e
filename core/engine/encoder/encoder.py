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
