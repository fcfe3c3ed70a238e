"""What a chat server's documents say: pieces of text, and how the answer ended. None of it is trusted."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from core.engine.answering import Usage
from core.engine.foreign.refusals import failed

_ENDS = {"length": "length", "max_tokens": "length", "content_filter": "content_filter"}
_BROKEN_ENDS = frozenset({"abort", "error"})
_LONGEST_NAME = 200
_HALF = re.compile("[\ud800-\udbff]$")


@dataclass
class Reading:
    """One answer, read document by document; each holds a whole message or a piece of one."""

    server: str
    finish_reason: str = "stop"
    usage: Usage | None = None
    model: str = ""
    _half: str = ""
    _spoken: bool = False

    def text_of(self, document: Mapping[str, Any]) -> str:
        """The text this document adds.

        Raises:
            ApiError: it says that the server gave up.
        """
        self.usage = _usage(document.get("usage")) or self.usage
        named = document.get("model")
        self.model = _mended(named[:_LONGEST_NAME]) if isinstance(named, str) else self.model
        choices = document.get("choices")
        texts = map(self._choice, choices if isinstance(choices, list) else [])
        return self._whole("".join(texts))

    def rest(self) -> str:
        """At the end: what was held back in the hope of a second half.

        Raises:
            ApiError: there was no answer in any of the documents.
        """
        if not self._spoken:
            raise failed(f"{self.server} sent JSON that holds no chat answer. Is base_url right?")
        return _mended(self._half)

    def _choice(self, choice: Any) -> str:
        if not isinstance(choice, Mapping) or choice.get("index", 0) != 0:
            return ""
        end = choice.get("finish_reason")
        if end in _BROKEN_ENDS:
            raise failed(f"{self.server} gave up in the middle of its answer. Ask again.")
        if isinstance(end, str):
            self.finish_reason = _ENDS.get(end, "stop")
        spoken = choice.get("message", choice.get("delta"))
        if not isinstance(spoken, Mapping):
            return ""
        self._spoken = True
        return _text(spoken.get("content")) or _text(spoken.get("refusal"))

    def _whole(self, text: str) -> str:
        """Characters beyond the first plane may come as two halves, in two documents."""
        joined = self._half + text
        half = _HALF.search(joined)
        self._half = half[0] if half else ""
        return _mended(joined[: -1 if half else None])


def _text(content: Any) -> str:
    if isinstance(content, str):
        return content
    if isinstance(content, list):
        return "".join(_text(part.get("text")) for part in content if isinstance(part, Mapping))
    return ""


def _mended(text: str) -> str:
    """The text with its halves joined, and lone ones replaced: they cannot be sent on."""
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text


def _usage(said: Any) -> Usage | None:
    """Both counts or nothing: half a count would be an invention."""
    if not isinstance(said, Mapping):
        return None
    prompt, completion = _count(said.get("prompt_tokens")), _count(said.get("completion_tokens"))
    return None if prompt is None or completion is None else Usage(prompt, completion)


def _count(said: Any) -> int | None:
    return said if isinstance(said, int) and not isinstance(said, bool) and said >= 0 else None
