"""Tokens become text as they come: whole characters, and nothing that may begin a stop text."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

_TORN = "\ufffd"
"""What a decoder shows for a character whose other tokens have not come yet."""


@dataclass
class Speech:
    """One answer being spoken. `stopped` is true once one of the `stops` was met; it is not spoken itself."""

    decode: Callable[[Sequence[int]], str]
    stops: tuple[str, ...] = ()
    stopped: bool = False
    _ids: list[int] = field(default_factory=list)
    _said_from: int = 0
    _said_to: int = 0
    _held: str = ""

    def hear(self, token: int) -> str:
        """The text that can be said now that this token has come; often nothing yet."""
        self._ids.append(token)
        before = self.decode(self._ids[self._said_from : self._said_to])
        whole = self.decode(self._ids[self._said_from :])
        if whole.endswith(_TORN) or len(whole) <= len(before):
            return ""
        self._said_from, self._said_to = self._said_to, len(self._ids)
        return self._unless_stopped(whole[len(before) :])

    def rest(self) -> str:
        """At the end: what was held back, and what is left of a torn character."""
        if self.stopped:
            return ""
        before = self.decode(self._ids[self._said_from : self._said_to])
        spoken = self._unless_stopped(self.decode(self._ids[self._said_from :])[len(before) :])
        held, self._held = self._held, ""
        return spoken if self.stopped else spoken + held

    def _unless_stopped(self, piece: str) -> str:
        text = self._held + piece
        places = [place for stop in self.stops if (place := text.find(stop)) >= 0]
        if places:
            self.stopped, self._held = True, ""
            return text[: min(places)]
        begun = max((_overlap(text, stop) for stop in self.stops), default=0)
        self._held = text[len(text) - begun :]
        return text[: len(text) - begun]


def _overlap(text: str, stop: str) -> int:
    """How many characters at the text's end may be the beginning of the stop text."""
    longest = min(len(text), len(stop) - 1)
    return next((length for length in range(longest, 0, -1) if stop.startswith(text[-length:])), 0)
