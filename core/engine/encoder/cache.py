"""Vectors already computed, kept on disk by text and encoder; safe to delete at any time."""

import hashlib
import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path

import numpy as np

from core.engine.encoder.encoder import Encoder, Vectors

_AT_ONCE = 500


class CachedEncoder:
    """An encoder that computes a text once. The encoder itself is opened only when something is missing."""

    def __init__(self, fingerprint: str, dimension: int, opened: Callable[[], Encoder], folder: Path) -> None:
        self.fingerprint = fingerprint
        self.dimension = dimension
        self._opened = opened
        self._path = folder / f"{fingerprint}.sqlite"

    def encode(self, texts: Sequence[str]) -> Vectors:
        """One row per text; a cache that cannot be read or written is done without."""
        keys = [hashlib.sha256(text.encode("utf-8")).digest() for text in texts]
        found = self._read(sorted(set(keys)))
        missing = {key: text for key, text in zip(keys, texts, strict=True) if key not in found}
        if missing:
            made = dict(zip(missing, self._opened().encode(list(missing.values())), strict=True))
            self._write(made)
            found |= made
        vectors = np.zeros((len(texts), self.dimension), dtype=np.float32)
        for row, key in enumerate(keys):
            vectors[row] = found[key]
        return vectors

    def count_tokens(self, text: str) -> int:
        """As the encoder counts them."""
        return self._opened().count_tokens(text)

    def _read(self, keys: list[bytes]) -> dict[bytes, Vectors]:
        found: dict[bytes, Vectors] = {}
        try:
            with closing(self._connection()) as connection:
                for start in range(0, len(keys), _AT_ONCE):
                    some = keys[start : start + _AT_ONCE]
                    marks = ",".join("?" * len(some))
                    rows = connection.execute(f"SELECT key, vector FROM vectors WHERE key IN ({marks})", some)
                    found |= {key: np.frombuffer(data, dtype="<f4") for key, data in rows}
        except sqlite3.Error:
            return {}
        return {key: vector for key, vector in found.items() if len(vector) == self.dimension}

    def _write(self, made: dict[bytes, Vectors]) -> None:
        rows = [(key, vector.astype("<f4").tobytes()) for key, vector in made.items()]
        try:
            with closing(self._connection()) as connection, connection:
                connection.executemany("INSERT OR REPLACE INTO vectors (key, vector) VALUES (?, ?)", rows)
        except sqlite3.DatabaseError:
            self._path.unlink(missing_ok=True)

    def _connection(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self._path, timeout=10)
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=NORMAL")
        connection.execute("CREATE TABLE IF NOT EXISTS vectors (key BLOB PRIMARY KEY, vector BLOB NOT NULL)")
        return connection
