"""A job's files before it is queued: can its trainer learn from them? Large ones are read aside."""

import importlib
import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from core.engine.errors import JobFailed
from core.engine.jobs.executor import surroundings
from core.engine.jobs.training_data import read_training

ASIDE_BYTES = 2 * 2**20
"""Files above this are not read by the engine's own process: every answer would wait meanwhile."""

_CHECKERS = {
    "reply_picker": "core.engine.jobs.checking:check_for_picker",
    "lora": "core.engine.lora.checking:check_for_lora",
}


@dataclass(frozen=True)
class Check:
    """What is to be looked at, for which trainer and method."""

    trainer: str
    method: str
    training_path: str
    validation_path: str | None

    @property
    def bytes(self) -> int:
        paths = [self.training_path, *filter(None, [self.validation_path])]
        return sum(Path(path).stat().st_size for path in paths if Path(path).exists())


@dataclass
class Checks:
    """Answers at once for small files, for large ones when a process has read them: one at a time."""

    _job_id: str = ""
    _process: "subprocess.Popen[bytes] | None" = None

    def result(self, job_id: str, check: Check) -> str | None:
        """What is to be said about a job's files; None while they are being read.

        Raises:
            JobFailed: they cannot be used.
        """
        if check.bytes <= ASIDE_BYTES:
            return check_files(check)
        if self._process is None:
            self._begin(job_id, check)
        if self._process is None or self._job_id != job_id or self._process.poll() is None:
            return None
        said, _ = self._process.communicate()
        self._process = None
        return _told(said)

    def forget_all_but(self, job_ids: set[str]) -> None:
        """End a reading that nobody waits for any more."""
        if self._process is not None and self._job_id not in job_ids:
            self._process.kill()
            self._process.communicate()
            self._process = None

    def _begin(self, job_id: str, check: Check) -> None:
        self._job_id = job_id
        self._process = subprocess.Popen(  # noqa: S603 - our own interpreter and module, no shell
            [sys.executable, "-m", "core.engine.jobs.checking", json.dumps(asdict(check))],
            env=surroundings(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )


def check_files(check: Check) -> str:
    """What is to be said about files that can be used.

    Raises:
        JobFailed: they cannot be used.
    """
    module, _, function = _CHECKERS[check.trainer].partition(":")
    checker: Callable[[Check], str] = getattr(importlib.import_module(module), function)
    return checker(check)


def check_for_picker(check: Check) -> str:
    """What the reply picker says of its files.

    Raises:
        JobFailed: it cannot learn from them.
    """
    pairs = read_training(Path(check.training_path), "training_file", check.method)
    if check.validation_path:
        read_training(Path(check.validation_path), "validation_file", check.method)
    left_out = f"; {pairs.unweighted} more have weight 0 and are left out" if pairs.unweighted else ""
    return f"{len(pairs.pairs)} examples{left_out}"


def _told(said: bytes) -> str:
    try:
        answer: dict[str, Any] = json.loads(said)
    except ValueError:
        message = "The files could not be read to their end; perhaps they do not fit into memory."
        raise JobFailed("files_not_checked", message, "training_file") from None
    if "failed" in answer:
        raise JobFailed(**answer["failed"])
    return str(answer["usable"])


def main(given: str) -> None:
    """Check the files and say so on stdout, as one JSON object."""
    try:
        answer: dict[str, Any] = {"usable": check_files(Check(**json.loads(given)))}
    except JobFailed as failure:
        answer = {"failed": {"code": failure.code, "message": failure.message, "param": failure.param}}
    sys.stdout.write(json.dumps(answer))


if __name__ == "__main__":
    main(sys.argv[1])
