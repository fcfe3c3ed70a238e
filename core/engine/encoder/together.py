"""Questions that arrive at the same moment are encoded together, which is quicker than one by one."""

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from core.engine.encoder.encoder import Encoder, Vectors


@dataclass
class _Waiting:
    texts: Sequence[str]
    vectors: Vectors | None = None


@dataclass
class TogetherEncoder:
    """Whoever's turn it is encodes for all who wait; a text's vector does not depend on its company."""

    inner: Encoder
    _waiting: list[_Waiting] = field(default_factory=list)
    _turn: threading.Lock = field(default_factory=threading.Lock)

    @property
    def fingerprint(self) -> str:
        return self.inner.fingerprint

    @property
    def dimension(self) -> int:
        return self.inner.dimension

    def encode(self, texts: Sequence[str]) -> Vectors:
        mine = _Waiting(texts)
        self._waiting.append(mine)
        with self._turn:
            if mine.vectors is None:
                self._serve(self._waiting[:])
        return mine.vectors if mine.vectors is not None else self.inner.encode(texts)

    def count_tokens(self, text: str) -> int:
        return self.inner.count_tokens(text)

    def _serve(self, everybody: list[_Waiting]) -> None:
        del self._waiting[: len(everybody)]
        vectors = self.inner.encode([text for one in everybody for text in one.texts])
        ends = np.cumsum([len(one.texts) for one in everybody])
        for one, end in zip(everybody, ends, strict=True):
            one.vectors = vectors[end - len(one.texts) : end]
