"""A source: the bytes of one file, wherever they lie, read as often as needed."""

import io
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import BinaryIO

from core.errors import Refused


@dataclass(frozen=True)
class Source:
    """A file on its way in: its name, and where its bytes lie."""

    name: str
    bytes_or_path: bytes | Path

    @property
    def size(self) -> int:
        """How many bytes it has."""
        if isinstance(self.bytes_or_path, bytes):
            return len(self.bytes_or_path)
        return self.bytes_or_path.stat().st_size

    def open(self) -> BinaryIO:
        """Its bytes from the beginning; the caller closes it."""
        if isinstance(self.bytes_or_path, bytes):
            return io.BytesIO(self.bytes_or_path)
        return self.bytes_or_path.open("rb")

    def head(self, size: int) -> bytes:
        """Its first bytes."""
        with self.open() as file:
            return file.read(size)

    def bytes(self) -> bytes:
        """All of it."""
        return self.head(-1)


def source_of(name: str, data: bytes) -> Source:
    """Bytes that somebody uploaded under this name."""
    return Source(plain_name(name), data)


def source_at(path: Path, name: str = "") -> Source:
    """A file on this machine.

    Raises:
        Refused: it is not there or cannot be read.
    """
    try:
        with path.open("rb"):
            return Source(plain_name(name or path.name), path)
    except FileNotFoundError as error:
        raise Refused(f"There is no file {path}. Nothing was imported.") from error
    except OSError as error:
        raise Refused(f"{path} cannot be read: {error.strerror}. Nothing was imported.") from error


def plain_name(name: str) -> str:
    """A file's name alone, as a sentence can show it and the store can keep it."""
    alone = PurePath(name.replace("\\", "/")).name or "The file"
    return alone.encode("utf-8", "replace").decode()
