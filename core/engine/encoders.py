"""The built-in base models: each is a reply picker on top of one encoder."""

import threading
from dataclasses import dataclass, field
from pathlib import Path

from core.engine.embedding_cache import CachedEncoder
from core.engine.encoder import Encoder
from core.engine.encoder_minilm import MiniLmEncoder, minilm_folder
from core.engine.encoder_ngrams import NgramEncoder
from core.engine.encoder_together import TogetherEncoder
from core.engine.errors import EngineRefused

MINILM = "reply-picker-minilm"
NGRAMS = "reply-picker-ngrams"


@dataclass
class Encoders:
    """The encoders of this machine, each opened once and when first needed."""

    cache: Path
    _minilm: Path | None = field(default_factory=minilm_folder)
    _opened: dict[str, Encoder] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def base_models(self) -> tuple[str, ...]:
        """The base models that can be used here, the better one first."""
        return (MINILM, NGRAMS) if self._minilm is not None else (NGRAMS,)

    def of(self, base_model: str) -> Encoder:
        """The encoder of a base model with its cache; its weights are read when a text is new."""
        kind = MiniLmEncoder if base_model == MINILM else NgramEncoder
        return CachedEncoder(kind.fingerprint, kind.dimension, lambda: self.direct(base_model), self.cache)

    def direct(self, base_model: str) -> Encoder:
        """The encoder itself, opened and without cache.

        Raises:
            EngineRefused: its weights are not on this machine, or not the genuine ones.
        """
        with self._lock:
            if base_model not in self._opened:
                self._opened[base_model] = self._open(base_model)
            return self._opened[base_model]

    def _open(self, base_model: str) -> Encoder:
        if base_model != MINILM:
            return NgramEncoder()
        if self._minilm is None:
            raise EngineRefused(f"The weights of {MINILM} are not on this machine; {NGRAMS} needs none.")
        return TogetherEncoder(MiniLmEncoder(self._minilm))
