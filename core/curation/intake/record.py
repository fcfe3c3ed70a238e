"""A record: one JSON object of a file and where it begins."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Record:
    """One JSON object; `line` is its physical line, or its number where the file is one list.

    `text` is how it stands in the file, where it stands on a line of its own.
    """

    line: int
    document: dict[str, Any]
    text: str | None = None
