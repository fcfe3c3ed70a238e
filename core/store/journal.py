"""The journal: every transaction as one line, on disk before the database commits it.

A line is `{"seq", "time", "by", "changes": [[table, op, row], …], "crc"}`; a transaction whose COMMIT failed
is followed by `{"void": seq, "crc"}`. The checksum is CRC-32 of the line without it.
"""

import json
import os
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

from core.errors import StorageFailed


class Change(NamedTuple):
    """One row written: the table, what was done (insert, update, delete, load, replace, migrate), the row."""

    table: str
    op: str
    row: dict[str, Any]


@dataclass(frozen=True)
class Entry:
    """One transaction of the journal, and the byte where its line ends."""

    seq: int
    time: str
    by: str
    changes: tuple[Change, ...]
    line: str
    end: int


class Journal:
    """An append-only file of one workspace; only the process that holds the workspace writes it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.torn: Path | None = None
        path.touch(exist_ok=True)
        self._cut_torn_tail()
        self._file = path.open("r+b", buffering=0)
        self._end = self._file.seek(0, os.SEEK_END)

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    @property
    def closed(self) -> bool:
        """Whether the file was closed."""
        return self._file.closed

    @property
    def end(self) -> int:
        """The length of the journal in bytes."""
        return self._end

    def begin_anew(self) -> str:
        """Set the file aside under another name, which is returned, and begin an empty one."""
        self._file.close()
        stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S%f")
        aside = self.path.with_name(f"{self.path.name}.broken-{stamp}")
        self.path.rename(aside)
        self.path.touch()
        self._file = self.path.open("r+b", buffering=0)
        self._end = 0
        return aside.name

    def append(self, seq: int, time: str, by: str, changes: list[Change]) -> Entry:
        """Write one transaction and wait until it is on disk.

        Raises:
            StorageFailed: the disk would not take the line; the journal is as it was.
        """
        line = _sealed({"seq": seq, "time": time, "by": by, "changes": changes})
        self.append_line(line)
        return Entry(seq, time, by, tuple(changes), line, self._end)

    def append_line(self, line: str) -> None:
        """Write a line that is already sealed."""
        try:
            self._write(line.encode() + b"\n")
        except OSError as error:
            self._file.truncate(self._end)
            raise StorageFailed(
                f"Nothing was saved: {self.path.name} could not be written ({error.strerror}). "
                "Free some disk space and try again; everything saved before is kept."
            ) from error

    def void(self, seq: int, start: int) -> None:
        """Declare that the last line, which began at byte `start`, was never committed."""
        try:
            self._write(_sealed({"void": seq}).encode() + b"\n")
        except OSError:
            self._file.truncate(start)
            self._end = start

    def entries(self, start: int = 0) -> Iterator[Entry]:
        """The transactions from byte `start` on, those declared void left out.

        Raises:
            StorageFailed: a line is damaged.
        """
        held: Entry | None = None
        for number, (text, end) in enumerate(self._lines(start), start=1):
            content = _opened(text)
            if content is None:
                raise StorageFailed(
                    f"{self.path} is damaged at line {number} after byte {start}. Nothing was changed. "
                    "Restore the last backup into an empty folder: python -m core restore FILE --home DIR."
                )
            if "void" in content:
                held = held if held is not None and held.seq != content["void"] else None
                continue
            if held is not None:
                yield held
            changes = tuple(Change(*change) for change in content["changes"])
            held = Entry(content["seq"], content["time"], content["by"], changes, text, end)
        if held is not None:
            yield held

    def line_before(self, end: int) -> str | None:
        """The line that ends at byte `end`, or None if no line ends there."""
        if not 0 < end <= self._end:
            return None
        data = self.path.read_bytes()[:end] if end < 1 << 16 else self._tail(end)
        if not data.endswith(b"\n"):
            return None
        return data[:-1].rsplit(b"\n", 1)[-1].decode(errors="replace")

    def voided_at(self, end: int) -> bool:
        """Whether the line after byte `end` declares the one before it void."""
        following = next(iter(self._lines(end)), None)
        content = _opened(following[0]) if following is not None else None
        return content is not None and "void" in content

    def _tail(self, end: int) -> bytes:
        size = 1 << 16
        with self.path.open("rb") as file:
            while True:
                start = max(0, end - size)
                file.seek(start)
                data = file.read(end - start)
                if start == 0 or b"\n" in data[:-1]:
                    return data
                size *= 4

    def _write(self, data: bytes) -> None:
        self._file.seek(self._end)
        written = 0
        while written < len(data):
            written += self._file.write(data[written:])
        os.fsync(self._file.fileno())
        self._end += len(data)

    def _lines(self, start: int) -> Iterator[tuple[str, int]]:
        with self.path.open("rb") as file:
            file.seek(start)
            end = start
            for raw in file:
                end += len(raw)
                yield raw.rstrip(b"\n").decode(errors="replace"), end

    def _cut_torn_tail(self) -> None:
        data_end = self.path.stat().st_size
        whole = _whole_lines_end(self.path)
        if whole == data_end:
            return
        with self.path.open("r+b") as file:
            file.seek(whole)
            torn = file.read()
            self.torn = self.path.with_name(f"{self.path.name}.torn-{data_end}")
            self.torn.write_bytes(torn)
            file.truncate(whole)
            os.fsync(file.fileno())


def _whole_lines_end(path: Path) -> int:
    """The byte after the last line that is complete and sealed; only the last line can be torn."""
    with path.open("rb") as file:
        size = file.seek(0, os.SEEK_END)
        window = 1 << 16
        while True:
            start = max(0, size - window)
            file.seek(start)
            data = file.read(size - start)
            complete = data.rfind(b"\n") + 1
            before = data.rfind(b"\n", 0, complete - 1) + 1 if complete else 0
            if start == 0 or before:
                break
            window *= 4
    if not complete:
        return 0
    last = data[before : complete - 1].decode(errors="replace")
    return start + (complete if _opened(last) is not None else before)


def _sealed(content: dict[str, Any]) -> str:
    body = json.dumps(content, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return f'{body[:-1]},"crc":{zlib.crc32(body.encode())}}}'


def _opened(line: str) -> dict[str, Any] | None:
    body, comma, crc = line.rpartition(',"crc":')
    if not comma or not crc.endswith("}") or crc[:-1] != str(zlib.crc32((body + "}").encode())):
        return None
    content: dict[str, Any] = json.loads(body + "}")
    return content
