"""Texts that arrive at the same moment are encoded together, which is quicker than one by one."""

import os
import threading
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field

import numpy as np

from core.engine.encoder.encoder import Vectors
from core.engine.encoder.minilm import MiniLm

_MOST_PIECES = 512
_LEAST_PIECES = 64
_ENOUGH_TEXTS = 4


@dataclass(eq=False)
class _Waiting:
    """A text that waits for its vector."""

    pieces: list[int]
    vector: "Future[Vectors]" = field(default_factory=Future)


class TogetherEncoder:
    """A thread for each core: one that is free takes its share of the texts that wait.

    While all are at work the texts gather. The last free thread begins with as many as another is busy with,
    so that of a crowd each has half. Nobody waits where nobody is at work, and no vector depends on company.
    """

    def __init__(self, inner: MiniLm) -> None:
        self.fingerprint = inner.fingerprint
        self.dimension = inner.dimension
        self._inner = inner
        self._cores = os.cpu_count() or 1
        self._threads = ThreadPoolExecutor(self._cores, thread_name_prefix="encode")
        self._waiting: list[_Waiting] = []
        self._at_work: list[int] = []
        self._lock = threading.Lock()

    def encode(self, texts: Sequence[str]) -> Vectors:
        mine = [_Waiting(pieces) for pieces in self._inner.pieces(texts)]
        with self._lock:
            self._waiting += sorted(mine, key=_length)
        for _ in mine[: self._cores]:
            self._threads.submit(self._work)
        vectors = np.zeros((len(mine), self.dimension), np.float32)
        for row, one in enumerate(mine):
            vectors[row] = one.vector.result()
        return vectors

    def count_tokens(self, text: str) -> int:
        return self._inner.count_tokens(text)

    def _work(self) -> None:
        while pack := self._pack():
            try:
                vectors = self._inner.vectors([one.pieces for one in pack])
                for one, vector in zip(pack, vectors, strict=True):
                    one.vector.set_result(vector)
            except BaseException as error:  # noqa: BLE001 - whoever waits for a vector must hear of it
                for one in pack:
                    one.vector.set_exception(error)
            finally:
                with self._lock:
                    self._at_work.remove(len(pack))

    def _pack(self) -> list[_Waiting]:
        """The first of those that wait: a share for each free thread, small enough for the processor's cache.

        Those of one length stand together. Empty where too few wait; else the caller is at work.
        """
        with self._lock:
            free = self._cores - len(self._at_work)
            if free == 1 and len(self._waiting) < min(max(self._at_work, default=0), _ENOUGH_TEXTS):
                return []
            share = -(-sum(map(_length, self._waiting)) // free)
            room = min(max(share, _LEAST_PIECES), _MOST_PIECES)
            taken = 0
            for one in self._waiting:
                room -= _length(one)
                if taken and room < 0:
                    break
                taken += 1
            pack = sorted(self._waiting[:taken], key=_length)
            del self._waiting[:taken]
            if pack:
                self._at_work.append(len(pack))
        return pack


def _length(one: _Waiting) -> int:
    return len(one.pieces)
