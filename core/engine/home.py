"""The engine's folder: where everything lies, and that only one engine at a time lives in it."""

import fcntl
import json
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from core.engine.errors import EngineRefused

KEY_VARIABLE = "TOUCHSTONE_ENGINE_KEY"
_EVERYBODYS, _MINE_ALONE = 0o666, 0o600


@dataclass(frozen=True)
class Home:
    """The paths below HOME/engine. The names in it are made by the engine, never by users."""

    folder: Path

    @classmethod
    def inside(cls, workspace: Path) -> "Home":
        """The engine's folder of a workspace, made where it is missing.

        Raises:
            EngineRefused: the folder cannot be made or written.
        """
        home = cls(workspace.absolute() / "engine")
        try:
            for folder in (home.folder, home.files, home.jobs, home.batches, home.models, home.cache):
                folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise EngineRefused(f"The engine cannot use {home.folder}: {error.strerror}.") from error
        return home

    @property
    def database(self) -> Path:
        return self.folder / "engine.sqlite"

    @property
    def files(self) -> Path:
        return self.folder / "files"

    @property
    def jobs(self) -> Path:
        return self.folder / "jobs"

    @property
    def batches(self) -> Path:
        return self.folder / "batches"

    @property
    def models(self) -> Path:
        return self.folder / "models"

    @property
    def cache(self) -> Path:
        return self.folder / "cache"

    @property
    def log(self) -> Path:
        return self.folder / "engine.log"

    @property
    def server_note(self) -> Path:
        """`server.json`: where the running engine answers; it is there only while one does."""
        return self.folder / "server.json"

    def key(self) -> str:
        """The bearer key: from $TOUCHSTONE_ENGINE_KEY, else made once and kept in `key`, mode 0600."""
        given = os.environ.get(KEY_VARIABLE, "").strip()
        if given:
            return given
        path = self.folder / "key"
        kept = path.read_text(encoding="ascii").strip() if path.exists() else ""
        if not kept:
            kept = f"ts-{secrets.token_urlsafe(32)}"
            write_whole(path, f"{kept}\n".encode("ascii"), _MINE_ALONE)
        return kept

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Hold this home for one engine.

        Raises:
            EngineRefused: another engine holds it.
        """
        with (self.folder / "lock").open("a+", encoding="ascii") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise EngineRefused(self._already_running()) from None
            self.server_note.unlink(missing_ok=True)
            try:
                yield
            finally:
                self.server_note.unlink(missing_ok=True)

    def announce(self, base_url: str) -> None:
        """Say where this engine answers."""
        write_json(self.server_note, {"base_url": base_url, "pid": os.getpid()})

    def _already_running(self) -> str:
        where = ""
        with suppress(OSError, ValueError, KeyError, TypeError):
            note = json.loads(self.server_note.read_text(encoding="utf-8"))
            where = f" at {note['base_url']} (process {note['pid']})"
        return f"Another engine already runs for {self.folder.parent}{where}. Use it, or stop it first."


def write_json(path: Path, document: object) -> None:
    """Write a JSON file so that it is there whole or not at all, also after a power cut."""
    write_whole(path, json.dumps(document, ensure_ascii=False, allow_nan=False).encode("utf-8"))


def write_whole(path: Path, data: bytes, mode: int = _EVERYBODYS) -> None:
    """Write a file under a passing name, sync it, and move it into place; what fails leaves nothing.

    `mode` is less what the process's own mask takes away.
    """
    passing = path.with_name(path.name + ".tmp")
    try:
        with open(passing, "wb", opener=lambda name, flags: os.open(name, flags, mode)) as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        passing.replace(path)
    except BaseException:
        passing.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Make the names in a folder survive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
