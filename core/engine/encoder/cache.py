"""Vectors already computed, kept on disk by text and encoder; safe to delete at any time."""

import hashlib
import sqlite3
import threading
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from core.engine.encoder.encoder import Encoder, Vectors

_AT_ONCE = 500
_WAIT_SECONDS = 10


class CachedEncoder:
    """An encoder that computes a text once. The encoder itself is opened only when something is missing."""

    def __init__(self, fingerprint: str, dimension: int, opened: Callable[[], Encoder], folder: Path) -> None:
        self.fingerprint = fingerprint
        self.dimension = dimension
        self._opened = opened
        self._path = folder / f"{fingerprint}.sqlite"
        self._turn = threading.Lock()
        self._connection: sqlite3.Connection | None = None

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

    def __del__(self) -> None:
        self._let_go()

    def _read(self, keys: list[bytes]) -> dict[bytes, Vectors]:
        found: dict[bytes, Vectors] = {}
        with self._turn:
            try:
                for start in range(0, len(keys), _AT_ONCE):
                    some = keys[start : start + _AT_ONCE]
                    marks = ",".join("?" * len(some))
                    sql = f"SELECT key, vector FROM vectors WHERE key IN ({marks})"
                    rows = self._database().execute(sql, some)
                    found |= {key: np.frombuffer(data, dtype="<f4") for key, data in rows}
            except sqlite3.Error as error:
                self._failed(error)
                return {}
        return {key: vector for key, vector in found.items() if len(vector) == self.dimension}

    def _write(self, made: dict[bytes, Vectors]) -> None:
        rows = [(key, vector.astype("<f4").tobytes()) for key, vector in made.items()]
        with self._turn:
            try:
                with self._database() as writing:
                    writing.executemany("INSERT OR REPLACE INTO vectors (key, vector) VALUES (?, ?)", rows)
            except sqlite3.Error as error:
                self._failed(error)

    def _database(self) -> sqlite3.Connection:
        """Opened once: closing it after every text would fold its log in and wait for the disk each time."""
        if self._connection is None:
            self._connection = sqlite3.connect(self._path, timeout=_WAIT_SECONDS, check_same_thread=False)
            self._connection.execute("PRAGMA journal_mode=WAL")
            self._connection.execute("PRAGMA synchronous=NORMAL")
            self._connection.execute(
                "CREATE TABLE IF NOT EXISTS vectors (key BLOB PRIMARY KEY, vector BLOB NOT NULL)"
            )
        return self._connection

    def _failed(self, error: sqlite3.Error) -> None:
        """Try again another time; a file that is broken rather than busy is begun anew."""
        self._let_go()
        if not isinstance(error, sqlite3.OperationalError):
            for ending in ("", "-wal", "-shm"):
                self._path.with_name(self._path.name + ending).unlink(missing_ok=True)

    def _let_go(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None
