"""How the engine is, for its status page: what runs, what waits, what it keeps and how much room is left."""

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

VERSION = "0.1.0"


@dataclass(frozen=True)
class JobLine:
    """A job that has not ended. Steps are None until its trainer has told one."""

    id: str
    model: str
    trainer: str
    status: str
    created_at: int
    step: int | None
    total_steps: int | None


@dataclass(frozen=True)
class Status:
    """The engine at one moment. `bytes` is what its folder takes up, `free_bytes` what its disk has left."""

    version: str
    uptime_seconds: float
    running: tuple[JobLine, ...]
    waiting: tuple[JobLine, ...]
    files: int
    models: int
    bytes: int
    free_bytes: int


def bytes_below(folder: Path) -> int:
    """What the files below a folder take up; one that goes away meanwhile counts as nothing."""
    found = 0
    waiting = [str(folder)]
    while waiting:
        try:
            with os.scandir(waiting.pop()) as entries:
                for entry in entries:
                    if entry.is_dir(follow_symlinks=False):
                        waiting.append(entry.path)
                    else:
                        found += entry.stat(follow_symlinks=False).st_size
        except OSError:
            continue
    return found


def free_bytes(folder: Path) -> int:
    """What the folder's disk has left for us."""
    return shutil.disk_usage(folder).free
