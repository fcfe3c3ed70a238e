"""Blobs: files that never change, named by the sha256 of their bytes."""

import hashlib
import os
from pathlib import Path

from core.errors import StorageFailed

SUFFIX = ".blob"


class Blobs:
    """The folder of one workspace's blobs."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    def put(self, data: bytes) -> str:
        """Keep `data` on disk and return its sha256."""
        temporary = self.temporary()
        try:
            temporary.write_bytes(data)
            return self.adopt(temporary)
        except OSError as error:
            temporary.unlink(missing_ok=True)
            raise StorageFailed(
                f"Nothing was saved: the workspace could not take {len(data):,} bytes ({error.strerror}). "
                "Free some disk space and try again."
            ) from error

    def adopt(self, temporary: Path) -> str:
        """Make a finished temporary file a blob and return its sha256."""
        with temporary.open("rb") as file:
            os.fsync(file.fileno())
            sha256 = hashlib.file_digest(file, "sha256").hexdigest()
        temporary.replace(self.path(sha256))
        folder = os.open(self.folder, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
        return sha256

    def temporary(self) -> Path:
        """A path beside the blobs for a file that is still being written."""
        return self.folder / f".{os.urandom(8).hex()}.tmp"

    def path(self, sha256: str) -> Path:
        """Where the blob lies; it may be missing."""
        return self.folder / f"{sha256}{SUFFIX}"

    def get(self, sha256: str) -> bytes:
        """The bytes of a blob, checked against their name.

        Raises:
            StorageFailed: the blob is missing or its bytes changed.
        """
        return self.checked_path(sha256).read_bytes()

    def checked_path(self, sha256: str) -> Path:
        """The path of a blob whose bytes are what its name says.

        Raises:
            StorageFailed: the blob is missing or its bytes changed.
        """
        path = self.path(sha256)
        if not path.is_file():
            raise StorageFailed(f"The file {path.name} of this workspace is missing. {RESTORE}")
        with path.open("rb") as file:
            if hashlib.file_digest(file, "sha256").hexdigest() != sha256:
                raise StorageFailed(f"The file {path.name} of this workspace was damaged. {RESTORE}")
        return path

    def sweep(self) -> None:
        """Remove what an interrupted write left behind; only the holder of the workspace may."""
        for leftover in self.folder.glob(".*.tmp"):
            leftover.unlink(missing_ok=True)


RESTORE = "Put it back from a backup: python -m core restore FILE --home DIR into an empty folder."
