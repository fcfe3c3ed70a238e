"""A file of JSON Lines: the document on each physical line, or what is wrong with it."""

from dataclasses import dataclass, field
from typing import Any

from core.formats.broken_json import Broken, explain, strict_object

_BOM = b"\xef\xbb\xbf"
_UTF16 = (b"\xff\xfe", b"\xfe\xff")


@dataclass(frozen=True)
class Problem:
    """Why a line cannot be used: the physical line, the field in it (empty: the whole line), the reason."""

    line: int
    field: str
    reason: str

    def __str__(self) -> str:
        place = f"Line {self.line}, field {self.field}" if self.field else f"Line {self.line}"
        return f"{place}: {self.reason}"


@dataclass(frozen=True)
class Lines:
    """A file's lines as they stand, without blank ones at its end; `bom`: a byte order mark began it."""

    raw: tuple[bytes, ...]
    bom: bool


def split_lines(data: bytes) -> Lines | Problem:
    """The lines of a UTF-8 file, or why it is none."""
    if data.startswith(_UTF16):
        return Problem(1, "", "The file is UTF-16. Save it as UTF-8.")
    text = data.removeprefix(_BOM).rstrip(b" \t\r\n")
    return Lines(tuple(text.split(b"\n")) if text else (), data.startswith(_BOM))


@dataclass
class Line:
    """One line being read, collecting what is wrong with it."""

    number: int
    problems: list[Problem] = field(default_factory=list)

    def wrong(self, place: str, reason: str) -> None:
        self.problems.append(Problem(self.number, place, reason))

    def document(self, raw: bytes) -> Any:
        """The line's JSON value; None, with a problem, where it has none."""
        try:
            text = raw.decode("utf-8")
        except UnicodeDecodeError as error:
            self.wrong("", f"The text is not UTF-8: byte {error.start + 1} of the line cannot be read.")
            return None
        if not text.strip():
            self.wrong("", "The line is blank.")
            return None
        try:
            return strict_object(text)
        except Broken as broken:
            self.wrong(broken.field, broken.reason)
        except (ValueError, RecursionError) as error:
            self.wrong(*explain(text, error))
        return None
