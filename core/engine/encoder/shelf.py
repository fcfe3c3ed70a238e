"""The built-in base models: each is a reply picker on top of one encoder."""

import threading
from dataclasses import dataclass, field
from pathlib import Path

from core.engine.encoder.blend import BlendedEncoder
from core.engine.encoder.cache import CachedEncoder
from core.engine.encoder.encoder import Encoder
from core.engine.encoder.minilm import MiniLmEncoder, minilm_folder
from core.engine.encoder.ngrams import NgramEncoder
from core.engine.encoder.together import TogetherEncoder
from core.engine.errors import EngineRefused

MINILM = "reply-picker-minilm"
NGRAMS = "reply-picker-ngrams"
_SPELLING_DIMENSION = 1024


@dataclass
class Encoders:
    """The encoders of this machine; MiniLM is opened when first needed."""

    cache: Path
    _minilm: Path | None = field(default_factory=minilm_folder)
    _opened: Encoder | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def base_models(self) -> tuple[str, ...]:
        """The base models that can be used here, the better one first."""
        return (MINILM, NGRAMS) if self._minilm is not None else (NGRAMS,)

    def of(self, base_model: str) -> Encoder:
        """The picker's encoder; MiniLM's weights are read when a text is new."""
        if base_model != MINILM:
            return NgramEncoder()
        return BlendedEncoder(self.embedder(MINILM), NgramEncoder(_SPELLING_DIMENSION))

    def embedder(self, base_model: str) -> Encoder:
        """The plain encoder, as its vectors are given away: MiniLM's own, or n-grams."""
        if base_model != MINILM:
            return NgramEncoder()
        return CachedEncoder(MiniLmEncoder.fingerprint, MiniLmEncoder.dimension, self.minilm, self.cache)

    def minilm(self) -> Encoder:
        """MiniLM itself, opened once.

        Raises:
            EngineRefused: its weights are not on this machine, or not the genuine ones.
        """
        with self._lock:
            if self._opened is None:
                self._opened = self._open()
            return self._opened

    def _open(self) -> Encoder:
        if self._minilm is None:
            raise EngineRefused(f"The weights of {MINILM} are not on this machine; {NGRAMS} needs none.")
        return TogetherEncoder(MiniLmEncoder(self._minilm))
