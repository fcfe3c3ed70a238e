"""Memory: answers that are asked for at every click, kept until what they depend on is written to.

Only this process writes, so a count of the writes says whether an answer still holds. (DuckDB plans even the
smallest question for about half a millisecond.) An answer depends on whole tables, or on part of one: the
rows with one value in a column of PARTS, so that fifty people at work do not spoil each other's answers.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable, Collection, Hashable, Mapping
from typing import Any, TypeVar

MOST = 4_096
MOST_PARTS = 50_000
"""Written parts that are counted one by one; with more of them everything is asked again."""

PARTS: Mapping[str, tuple[str, ...]] = {
    "items": ("id", "state"),
    "replies": ("id",),
    "drafts": ("item_id",),
    "accepted_findings": ("item_id",),
    "item_locks": ("item_id",),
    "writing_clock": ("item_id",),
    "votes": ("rater_id",),
    "practice_votes": ("rater_id",),
    "guesses": ("rater_id",),
}
"""The columns by which part of a table can be named; of a table that is not journalled, only its key's."""

Answer = TypeVar("Answer")


def part(table: str, column: str, value: Hashable) -> str:
    """The name of those rows of a table that have, or had before a write, this value."""
    if column not in PARTS[table]:
        raise ValueError(f"The memory does not tell the rows of {table} apart by {column}.")
    return f"{table}.{column}={value}"


def table_of(name: str) -> str:
    """The table that a name of a table, or of a part of it, is about."""
    return name.partition(".")[0]


def touched(table: str, *rows: Mapping[str, Any]) -> set[str]:
    """What a write to these rows, as they were and as they are, is a write to."""
    named = {
        part(table, column, row[column]) for column in PARTS.get(table, ()) for row in rows if column in row
    }
    return {table, *named}


class Memory:
    """The answers of one open store."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._age = 0
        self._written: dict[str, int] = {}
        self._loaded: dict[str, int] = {}
        self._answers: OrderedDict[Hashable, tuple[tuple[int, ...], Any]] = OrderedDict()

    def forget(self, written: Collection[str], loaded: Collection[str] = ()) -> None:
        """Count a write to these tables and parts of tables, and to whole tables with all their parts."""
        with self._guard:
            for name in written:
                self._written[name] = self._written.get(name, 0) + 1
            for table in loaded:
                self._loaded[table] = self._loaded.get(table, 0) + 1
            if len(self._written) > MOST_PARTS:
                self._age += 1
                self._written.clear()
                self._answers.clear()

    def recall(self, tables: tuple[str, ...], key: Hashable, ask: Callable[[], Answer]) -> Answer:
        """The answer to `ask`, asked again only if something it depends on was written to since.

        Args:
            tables: every table the answer depends on, or the part of it.
            key: what was asked, with its parameters.
            ask: asks it.
        """
        with self._guard:
            now = (self._age, *map(self._count, tables))
            known = self._answers.get(key)
            if known is not None and known[0] == now:
                self._answers.move_to_end(key)
                remembered: Answer = known[1]
                return remembered
        answer = ask()
        with self._guard:
            self._answers[key] = (now, answer)
            if len(self._answers) > MOST:
                self._answers.popitem(last=False)
        return answer

    def _count(self, name: str) -> int:
        return self._written.get(name, 0) + self._loaded.get(table_of(name), 0)
