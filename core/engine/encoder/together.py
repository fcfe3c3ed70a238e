"""Questions that arrive at the same moment are encoded together, which is quicker than one by one."""

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from core.engine.encoder.encoder import Encoder, Vectors


@dataclass(eq=False)
class _Waiting:
    texts: Sequence[str]
    vectors: Vectors = field(default_factory=lambda: np.zeros((0, 0), np.float32))
    done: bool = False


@dataclass
class TogetherEncoder:
    """While one encodes, the others gather; then one of them encodes for all who gathered.

    Nobody waits for company, and a text's vector does not depend on it.
    """

    inner: Encoder
    _gathered: list[_Waiting] = field(default_factory=list)
    _somebody_encodes: bool = False
    _changed: threading.Condition = field(default_factory=threading.Condition)

    @property
    def fingerprint(self) -> str:
        return self.inner.fingerprint

    @property
    def dimension(self) -> int:
        return self.inner.dimension

    def encode(self, texts: Sequence[str]) -> Vectors:
        mine = _Waiting(texts)
        with self._changed:
            self._gathered.append(mine)
            self._changed.wait_for(lambda: mine.done or not self._somebody_encodes)
            if mine.done:
                return mine.vectors
            everybody, self._gathered = self._gathered, []
            self._somebody_encodes = True
        try:
            self._serve(everybody)
        finally:
            with self._changed:
                self._gathered += [one for one in everybody if not one.done and one is not mine]
                self._somebody_encodes = False
                self._changed.notify_all()
        return mine.vectors

    def count_tokens(self, text: str) -> int:
        return self.inner.count_tokens(text)

    def _serve(self, everybody: Sequence[_Waiting]) -> None:
        vectors = self.inner.encode([text for one in everybody for text in one.texts])
        ends = np.cumsum([len(one.texts) for one in everybody])
        for one, end in zip(everybody, ends, strict=True):
            one.vectors = vectors[end - len(one.texts) : end]
            one.done = True
