"""The ledger of a batch: what was answered, line by line, in the shape in which it will be given away.

The two files are the only memory of what is done. A line that is whole in them is never asked again; one that
a crash cut short is taken off and asked again.
"""

import json
import os
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from core.engine.batches.records import Tally
from core.engine.ids import new_id

OUTPUT = "output.jsonl"
ERRORS = "errors.jsonl"
SYNC_SECONDS = 1.0
_OK = 200


@dataclass(frozen=True)
class Reply:
    """What a request got: a status and a body, as if it had been sent alone.

    `again_after`: seconds after which it is worth asking again; None where it is not.
    """

    status: int
    body: Mapping[str, Any]
    again_after: float | None = None


@dataclass(frozen=True)
class GivenUp:
    """Why a request was never asked, by the protocol's code."""

    code: str
    message: str


@dataclass
class Ledger:
    """Opened by one carrier at a time. `given_up` is the code under which requests were given up, if any."""

    folder: Path
    done: set[str] = field(default_factory=set)
    tally: Tally = field(default_factory=Tally)
    given_up: str | None = None
    _synced_at: float = field(default_factory=time.monotonic)

    @classmethod
    def opened(cls, folder: Path) -> "Ledger":
        """The ledger as it was left, without a last line that was cut short."""
        folder.mkdir(exist_ok=True)
        ledger = cls(folder)
        for path in (ledger.output, ledger.errors):
            for line in _whole_lines(path):
                ledger._remember(line)
        return ledger

    @property
    def output(self) -> Path:
        """The requests that were answered."""
        return self.folder / OUTPUT

    @property
    def errors(self) -> Path:
        """The requests that were refused, failed or were given up."""
        return self.folder / ERRORS

    def write(self, ended: Iterable[tuple[str, Reply | GivenUp]]) -> None:
        """Write down how requests ended, by their custom ids. A kill loses nothing of it once this returns.

        Raises:
            OSError: the disk would not take it; open the ledger again before writing more.
        """
        lines = [_line(custom_id, how) for custom_id, how in ended]
        _append(self.output, [line for line in lines if _is_answer(line)])
        _append(self.errors, [line for line in lines if not _is_answer(line)])
        for line in lines:
            self._remember(line)
        if time.monotonic() - self._synced_at > SYNC_SECONDS:
            self.sync()

    def sync(self) -> None:
        """Make what was written survive a power cut."""
        for path in (self.output, self.errors):
            if path.exists():
                with path.open("rb") as file:
                    os.fsync(file.fileno())
        self._synced_at = time.monotonic()

    def _remember(self, line: Mapping[str, Any]) -> None:
        self.done.add(line["custom_id"])
        if line["error"] is not None:
            self.given_up = line["error"]["code"]
        self.tally += _tally(line["response"]["body"]) if _is_answer(line) else Tally(failed=1)


def _line(custom_id: str, how: Reply | GivenUp) -> dict[str, Any]:
    response = error = None
    if isinstance(how, Reply):
        response = {"status_code": how.status, "request_id": new_id("req", "_"), "body": how.body}
    else:
        error = {"code": how.code, "message": how.message}
    return {"id": new_id("batch_req", "_"), "custom_id": custom_id, "response": response, "error": error}


def _is_answer(line: Mapping[str, Any]) -> bool:
    return line["response"] is not None and line["response"]["status_code"] == _OK


def _tally(body: Mapping[str, Any]) -> Tally:
    usage = body.get("usage") or {}
    return Tally(1, 0, usage.get("prompt_tokens") or 0, usage.get("completion_tokens") or 0)


def _append(path: Path, lines: list[dict[str, Any]]) -> None:
    if lines:
        text = "".join(json.dumps(line, ensure_ascii=False, allow_nan=False) + "\n" for line in lines)
        with path.open("ab") as file:
            file.write(text.encode("utf-8"))


def _whole_lines(path: Path) -> Iterator[dict[str, Any]]:
    if not path.exists():
        return
    with path.open("r+b") as file:
        end = 0
        for raw in file:
            if not raw.endswith(b"\n"):
                file.truncate(end)
                return
            end += len(raw)
            yield json.loads(raw)
