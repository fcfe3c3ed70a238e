"""Where workers run: the seam behind which a cluster can stand later; here, processes of this machine."""

import fcntl
import os
import signal
import subprocess
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

LOCK_NAME = "worker.lock"
LOG_NAME = "worker.log"
_NICE = 10
_REAP_SECONDS = 5.0
_TAIL_BYTES = 64 * 1024
_ROOT = Path(__file__).resolve().parents[3]


@dataclass(frozen=True)
class Handle:
    """A program that was started: the folder it works in, and its process as `pid:start time`."""

    folder: Path
    process: str


@dataclass(frozen=True)
class Health:
    """Whether a program lives; once it has ended, its exit code where that can still be known."""

    alive: bool
    exit_code: int | None = None


class Executor(Protocol):
    """Runs programs, each in a folder of its own; what they do is not its business.

    All that is needed to find a program again lies in its folder: an engine that was killed takes up the
    programs it left.
    """

    @property
    def slots(self) -> int:
        """How many programs of one kind should run at once."""

    def submit(self, folder: Path, argv: Sequence[str], env: Mapping[str, str]) -> Handle:
        """Start a program whose output goes to the folder's log.

        Raises:
            OSError: it could not be started; nothing runs.
        """

    def reattach(self, folder: Path) -> Handle | None:
        """The program that lives in this folder, whoever started it."""

    def poll(self, handle: Handle) -> Health:
        """How the program is."""

    def stop(self, handle: Handle, *, force: bool) -> None:
        """Ask the program to end, or end it and all that it started."""

    def tail(self, folder: Path, lines: int) -> str:
        """The last lines of the program's log; empty where there is none."""


@dataclass
class LocalExecutor:
    """Processes of this machine, each nice to everything else.

    A program inherits a lock on its folder and holds it to its death, whatever kills it: the lock says that
    it lives, and the locked file which process it is. It leads a session of its own, whose number the system
    gives to nobody while a process of it lives: so a stop never meets a stranger.
    """

    slots: int = 1
    ended: Callable[[], None] = lambda: None
    _children: dict[Path, "subprocess.Popen[bytes]"] = field(default_factory=dict)

    def submit(self, folder: Path, argv: Sequence[str], env: Mapping[str, str]) -> Handle:
        with (folder / LOCK_NAME).open("wb") as lock, (folder / LOG_NAME).open("wb") as log:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            child = subprocess.Popen(  # noqa: S603 - a program the engine chose, no shell
                list(argv),
                env=dict(env),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                pass_fds=(lock.fileno(),),
                start_new_session=True,
            )
        self._children = {place: old for place, old in self._children.items() if place.exists()}
        self._children[folder] = child
        threading.Thread(target=self._reap, args=(child,), name="reaper", daemon=True).start()
        with suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, child.pid, _NICE)
        with suppress(OSError):
            sign_in(folder, child.pid)
        return Handle(folder, _identity(child.pid))

    def reattach(self, folder: Path) -> Handle | None:
        return Handle(folder, _signed_in(folder)) if _is_locked(folder) else None

    def poll(self, handle: Handle) -> Health:
        if _is_locked(handle.folder):
            return Health(alive=True)
        child = self._children.get(handle.folder)
        if child is None:
            return Health(alive=False)
        with suppress(subprocess.TimeoutExpired):
            child.wait(_REAP_SECONDS)
        return Health(alive=False, exit_code=child.returncode)

    def stop(self, handle: Handle, *, force: bool) -> None:
        process = handle.process or _signed_in(handle.folder)
        if not process or not _is_locked(handle.folder):
            return
        number = int(process.partition(":")[0])
        found = _identity(number)
        with suppress(ProcessLookupError):
            if force and found in {process, f"{number}:"}:
                os.killpg(number, signal.SIGKILL)
            elif found == process:
                os.kill(number, signal.SIGTERM)

    def tail(self, folder: Path, lines: int) -> str:
        try:
            with (folder / LOG_NAME).open("rb") as log:
                log.seek(max(log.seek(0, os.SEEK_END) - _TAIL_BYTES, 0))
                text = log.read().decode("utf-8", "replace")
        except FileNotFoundError:
            return ""
        return "\n".join(text.splitlines()[-lines:])

    def _reap(self, child: "subprocess.Popen[bytes]") -> None:
        child.wait()
        self.ended()


def sign_in(folder: Path, process: int | None = None) -> None:
    """Say which process works in this folder; a worker does it first, its engine may not live to do it."""
    descriptor = os.open(folder / LOCK_NAME, os.O_WRONLY)
    try:
        os.write(descriptor, _identity(process or os.getpid()).encode("ascii"))
    finally:
        os.close(descriptor)


def surroundings(*tokens: str) -> dict[str, str]:
    """The engine's own environment for a worker, without keys and tokens but those named.

    One thread a product: batches share the cores.
    """
    wanted = {
        name: value
        for name, value in os.environ.items()
        if name in tokens or not name.endswith(("_KEY", "_TOKEN"))
    }
    paths = [str(_ROOT), *filter(None, [wanted.get("PYTHONPATH")])]
    wanted["PYTHONPATH"] = os.pathsep.join(paths)
    return wanted | {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}


def _is_locked(folder: Path) -> bool:
    try:
        with (folder / LOCK_NAME).open("rb") as lock:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except FileNotFoundError:
        return False
    except BlockingIOError:
        return True
    return False


def _signed_in(folder: Path) -> str:
    try:
        return (folder / LOCK_NAME).read_text(encoding="ascii")
    except FileNotFoundError:
        return ""


def _identity(process: int) -> str:
    """`pid:start time` in ticks since the machine started; without the time where none can be read."""
    try:
        fields = Path(f"/proc/{process}/stat").read_bytes().rpartition(b")")[2].split()
        return f"{process}:{int(fields[19])}"
    except (OSError, IndexError, ValueError):
        return f"{process}:"
