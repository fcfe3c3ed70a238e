"""The built-in base models: each is a reply picker on top of one encoder."""

import threading
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from core.engine.encoder.blend import BlendedEncoder
from core.engine.encoder.cache import CachedEncoder
from core.engine.encoder.encoder import Encoder, Reader
from core.engine.encoder.minilm import MiniLm, minilm_folder
from core.engine.encoder.ngrams import NgramEncoder
from core.engine.encoder.together import TogetherEncoder
from core.engine.errors import EngineRefused

MINILM = "reply-picker-minilm"
NGRAMS = "reply-picker-ngrams"
_SPELLING_DIMENSION = 1024


@dataclass
class Encoders:
    """The encoders of this machine; MiniLM is opened when first needed, or by `warm_up`."""

    cache: Path
    _folder: Path | None = field(default_factory=minilm_folder)
    _weights: MiniLm | None = None
    _lines: dict[bool, TogetherEncoder] = field(default_factory=dict)
    _cached: dict[bool, CachedEncoder] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def base_models(self) -> tuple[str, ...]:
        """The base models that can be used here, the better one first."""
        return (MINILM, NGRAMS) if self._folder is not None else (NGRAMS,)

    def of(self, base_model: str, *, apart: bool = False) -> Reader:
        """The picker's encoder; MiniLM's weights are read when a text is new.

        `apart` is for many texts at once: whoever asks for a single one must not wait until they are done.
        """
        if base_model != MINILM:
            return NgramEncoder()
        return BlendedEncoder(self.embedder(MINILM, apart=apart), NgramEncoder(_SPELLING_DIMENSION))

    def embedder(self, base_model: str, *, apart: bool = False) -> Encoder:
        """The plain encoder, as its vectors are given away: MiniLM's own, or n-grams."""
        if base_model != MINILM:
            return NgramEncoder()
        if apart not in self._cached:
            opened = partial(self.minilm, apart=apart)
            self._cached[apart] = CachedEncoder(MiniLm.fingerprint, MiniLm.dimension, opened, self.cache)
        return self._cached[apart]

    def minilm(self, *, apart: bool = False) -> TogetherEncoder:
        """MiniLM itself, its weights read once; those who ask `apart` wait in a line of their own.

        Raises:
            EngineRefused: its weights are not on this machine, or not the genuine ones.
        """
        with self._lock:
            if self._weights is None:
                self._weights = self._read()
            if apart not in self._lines:
                self._lines[apart] = TogetherEncoder(self._weights)
            return self._lines[apart]

    def warm_up(self) -> None:
        """Open MiniLM in the background, so that the first question need not wait for its weights."""
        if self._folder is not None:
            threading.Thread(target=self._warm_up, name="warm-up", daemon=True).start()

    def _warm_up(self) -> None:
        with suppress(EngineRefused):  # who asks for it is told
            self.minilm().encode(["warm up"])

    def _read(self) -> MiniLm:
        if self._folder is None:
            raise EngineRefused(f"The weights of {MINILM} are not on this machine; {NGRAMS} needs none.")
        return MiniLm(self._folder)
