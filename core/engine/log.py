"""The engine's log: what happened, without the key and without the texts of users."""

import logging
import sqlite3
import traceback
from logging.handlers import RotatingFileHandler
from pathlib import Path
from types import TracebackType

from core.engine.errors import EngineRefused

_FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"
_TELLING = (OSError, sqlite3.Error, EngineRefused, ImportError)
"""Errors whose own words speak of the machine and never of what a user sent."""

_ErrorInfo = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]


def open_log(path: Path, key: str, bytes_each: int, files: int) -> None:
    """Log to a file that is put aside when it is full; only the last `files` of those are kept."""
    handler = RotatingFileHandler(path, maxBytes=bytes_each, backupCount=files, encoding="utf-8")
    handler.setFormatter(_Discreet(key))
    logging.getLogger().addHandler(handler)
    logging.getLogger().setLevel(logging.INFO)
    logging.getLogger("httpx2").setLevel(logging.WARNING)


class _Discreet(logging.Formatter):
    """Says where an error was, and its words only where they cannot hold a user's text."""

    def __init__(self, key: str) -> None:
        super().__init__(_FORMAT)
        self._key = key

    def format(self, record: logging.LogRecord) -> str:
        record.exc_text = None  # else what another formatter made of the error would be taken over
        return super().format(record).replace(self._key, "[key]")

    def formatException(self, ei: _ErrorInfo) -> str:  # noqa: N802 - the name that logging calls
        error = ei[1]
        lines: list[str] = []
        while error is not None:
            words = f": {error}" if isinstance(error, _TELLING) else ""
            lines = [*traceback.format_tb(error.__traceback__), f"{type(error).__name__}{words}\n", *lines]
            error = error.__cause__ or error.__context__
        return "".join(lines).rstrip()
