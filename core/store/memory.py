"""Memory: answers that are asked for at every click, kept until one of their tables is written to.

Only this process writes, so a count of the writes to each table says whether an answer still holds. (DuckDB
plans even the smallest question for about a millisecond.)
"""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable
from typing import Any, TypeVar

MOST = 4_096

Answer = TypeVar("Answer")


class Memory:
    """The answers of one open store."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._written: dict[str, int] = {}
        self._answers: OrderedDict[Hashable, tuple[tuple[int, ...], Any]] = OrderedDict()

    def forget(self, tables: Iterable[str]) -> None:
        """Count a write to these tables."""
        with self._guard:
            for table in tables:
                self._written[table] = self._written.get(table, 0) + 1

    def recall(self, tables: tuple[str, ...], key: Hashable, ask: Callable[[], Answer]) -> Answer:
        """The answer to `ask`, asked again only if one of the tables was written to since.

        Args:
            tables: every table the answer depends on.
            key: what was asked, with its parameters.
            ask: asks it.
        """
        with self._guard:
            now = tuple(self._written.get(table, 0) for table in tables)
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
