"""Where workers run: the seam behind which a cluster can stand later; here, processes of this machine."""

import fcntl
import os
import signal
import subprocess
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Protocol

from core.engine.jobs.folder import JobFolder


class Executor(Protocol):
    """Starts workers and knows whether they live. The job folder is the handle: it survives a restart."""

    slots: int

    def submit(self, folder: JobFolder, argv: Sequence[str], env: Mapping[str, str]) -> None:
        """Start a worker."""

    def alive(self, folder: JobFolder) -> bool:
        """Whether the worker of this folder runs, whoever started it."""

    def stop(self, folder: JobFolder, *, force: bool) -> None:
        """Ask the worker to end, or end it."""


@dataclass
class LocalExecutor:
    """Worker processes. Each inherits a lock on its folder, so that no process id is trusted blindly."""

    slots: int = 1
    _children: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def submit(self, folder: JobFolder, argv: Sequence[str], env: Mapping[str, str]) -> None:
        with folder.lock.open("w", encoding="ascii") as lock, folder.log.open("wb") as log:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            child = subprocess.Popen(  # noqa: S603 - our own interpreter and module, no shell
                argv,
                env=dict(env),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                pass_fds=(lock.fileno(),),
                start_new_session=True,
            )
        self._children.append(child)

    def alive(self, folder: JobFolder) -> bool:
        self._children = [child for child in self._children if child.poll() is None]
        try:
            with folder.lock.open("r", encoding="ascii") as lock:
                fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except FileNotFoundError:
            return False
        except BlockingIOError:
            return True
        return False

    def stop(self, folder: JobFolder, *, force: bool) -> None:
        written = folder.lock.read_text(encoding="ascii") if self.alive(folder) else ""
        if written:
            with suppress(ProcessLookupError):
                os.kill(int(written), signal.SIGKILL if force else signal.SIGTERM)
