"""Faults on demand in a process: it dies, or finds the disk full, at the n-th change it makes to a folder.

Python imports this at start where its folder stands in PYTHONPATH. The environment says what is to happen:
FAULT_PROGRAM (a word of the command line), FAULT_KIND (kill or full), FAULT_AT (from 1), FAULT_BELOW (the
folders), FAULT_NOTE (made when it happens: a fault happens once).
"""

import errno
import os
import signal
import sys
from dataclasses import dataclass
from pathlib import Path

WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT
CHANGES = {"os.rename", "os.link", "os.remove", "os.mkdir", "os.rmdir", "os.truncate"}


@dataclass
class Fault:
    """What is to happen, and how many changes there were so far."""

    kind: str
    at: int
    below: tuple[str, ...]
    note: Path
    seen: int = 0

    def look(self, event: str, args: "tuple[object, ...]") -> None:
        """See an event of the interpreter; in the place of the one that is meant, the fault happens."""
        if not self._is_change(event, args):
            return
        self.seen += 1
        if self.seen != self.at or self.note.exists():
            return
        self.note.touch()
        if self.kind == "kill":
            os.kill(os.getpid(), signal.SIGKILL)
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(args[0]))

    def _is_change(self, event: str, args: "tuple[object, ...]") -> bool:
        if event == "open":
            flags = args[2]
            if not isinstance(flags, int) or not flags & WRITING:
                return False
        elif event not in CHANGES:
            return False
        return any(str(value).startswith(self.below) for value in args[:2])


if os.environ.get("FAULT_PROGRAM", "") in sys.orig_argv:
    sys.addaudithook(
        Fault(
            os.environ["FAULT_KIND"],
            int(os.environ["FAULT_AT"]),
            tuple(f"{folder}{os.sep}" for folder in os.environ["FAULT_BELOW"].split(os.pathsep)),
            Path(os.environ["FAULT_NOTE"]),
        ).look
    )
