"""Backup and restore: journal, blobs and engine files in one archive, taken while the app runs."""

import contextlib
import gzip
import io
import os
import shutil
import sqlite3
import tarfile
import tempfile
import zlib
from dataclasses import dataclass
from pathlib import Path

from core.errors import Refused, StorageFailed
from core.store.blobs import SUFFIX, Blobs
from core.store.journal import Journal
from core.store.recovery import must_be_whole
from core.store.store import BLOBS, JOURNAL

ENGINE = "engine"
ENGINE_STATE = "engine.sqlite"
CHUNK = 1 << 20
LEFT_OUT = frozenset({"lock", "server.json", "cache", "key"})
LOGS = ("engine.log", "lora.log")


@dataclass(frozen=True)
class Backup:
    """An archive that was written or read: its file and how many files are in it."""

    path: Path
    files: int


def back_up(home: Path, target: Path) -> Backup:
    """Write everything a workspace cannot make anew into one archive.

    The journal is copied up to its last whole line, then the blobs: they never change, so every blob that
    those lines name is there. The database is left out; a restore makes it anew.

    Raises:
        Refused: there is no workspace in `home`.
        StorageFailed: the archive could not be written; no half-written archive is left.
    """
    journal = home / JOURNAL
    if not journal.is_file():
        raise Refused(f"There is no workspace in {home}: {JOURNAL} is missing. Name it with --home DIR.")
    temporary = target.with_name(f".{target.name}.{os.getpid()}.tmp")
    try:
        lines = journal.read_bytes()
        lines = lines[: lines.rfind(b"\n") + 1]
        _must_be_restorable(lines, home)
        with tarfile.open(temporary, "w:gz", compresslevel=1) as archive:
            _add(archive, JOURNAL, lines)
            for blob in sorted((home / BLOBS).glob(f"*{SUFFIX}")):
                archive.add(blob, f"{BLOBS}/{blob.name}")
            _add_engine(archive, home / ENGINE)
            files = len(archive.getmembers())
        temporary.replace(target)
    except (OSError, sqlite3.Error) as error:
        temporary.unlink(missing_ok=True)
        raise StorageFailed(f"The backup {target} could not be written: {error}.") from error
    return Backup(target, files)


def _must_be_restorable(lines: bytes, home: Path) -> None:
    """Read the copied journal as a restore would.

    Raises:
        StorageFailed: a line is damaged, or a blob it names.
    """
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / JOURNAL
        copy.write_bytes(lines)
        journal = Journal(copy)
        try:
            must_be_whole(journal.entries(), Blobs(home / BLOBS))
        except StorageFailed as error:
            raise StorageFailed(
                f"No backup was written, because it could not be restored: the journal of {home} or a file "
                "it names is damaged. Start Touchstone on it once, which mends the journal from the "
                "database, and back up again."
            ) from error
        finally:
            journal.close()


def restore(source: Path, home: Path) -> Backup:
    """Unpack a backup into an empty folder; opening that workspace then makes its database.

    Raises:
        Refused: the folder is not empty, or the file is not a backup; the folder is as it was.
        StorageFailed: the folder could not be written.
    """
    if not source.is_file():
        raise Refused(f"There is no backup file {source}.")
    made = not home.exists()
    try:
        home.mkdir(parents=True, exist_ok=True)
        if any(home.iterdir()):
            raise Refused(f"The folder {home} is not empty. Restore into an empty one: --home DIR.")
        with tempfile.TemporaryDirectory(prefix=".restore-", dir=home) as folder:
            files = _unpack(source, Path(folder))
            for part in sorted(Path(folder).iterdir(), key=lambda path: path.name == JOURNAL):
                part.rename(home / part.name)
    except OSError as error:
        raise StorageFailed(f"Nothing was restored: {home} could not be written ({error}).") from error
    finally:
        if made:
            with contextlib.suppress(OSError):
                home.rmdir()
    return Backup(source, files)


def empty(home: Path) -> None:
    """Remove everything that a restore put into a folder that was empty before."""
    for part in home.iterdir():
        if part.is_dir():
            shutil.rmtree(part)
        else:
            part.unlink()


def _unpack(source: Path, folder: Path) -> int:
    try:
        with gzip.open(source) as data, tarfile.open(fileobj=data, mode="r:") as archive:
            archive.extractall(folder, filter="data")
            files = len(archive.getmembers())
            while data.read(CHUNK):  # only its end is compared with the archive's checksum
                pass
    except (tarfile.TarError, gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise Refused(
            f"{source} is not a complete backup of a workspace ({error}). Nothing was changed."
        ) from error
    if not (folder / JOURNAL).is_file():
        raise Refused(f"{source} is not a backup of a workspace: it holds no {JOURNAL}. Nothing was changed.")
    return files


def _add(archive: tarfile.TarFile, name: str, data: bytes) -> None:
    member = tarfile.TarInfo(name)
    member.size = len(data)
    archive.addfile(member, io.BytesIO(data))


def _add_engine(archive: tarfile.TarFile, folder: Path) -> None:
    for path in sorted(folder.rglob("*")):
        relative = path.relative_to(folder)
        first = relative.parts[0]
        if first in LEFT_OUT or first.startswith((*LOGS, ENGINE_STATE)) or path.is_dir():
            continue
        with contextlib.suppress(FileNotFoundError):
            archive.add(path, f"{ENGINE}/{relative}")
    if (folder / ENGINE_STATE).is_file():
        _add(archive, f"{ENGINE}/{ENGINE_STATE}", _sqlite_copy(folder / ENGINE_STATE))


def _sqlite_copy(path: Path) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / path.name
        with (
            contextlib.closing(sqlite3.connect(path)) as source,
            contextlib.closing(sqlite3.connect(copy)) as target,
        ):
            source.backup(target)
        return copy.read_bytes()
