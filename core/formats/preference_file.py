"""Preference files (JSONL for DPO): a conversation, the reply that is preferred, and the one that is not."""

import json
from dataclasses import dataclass
from typing import Any

from core.formats.conversation import Example, Message
from core.formats.json_lines import Line, Problem, split_lines
from core.formats.training_file import parse_chat_file

_NAMES = (
    ("preferred_output", "non_preferred_output"),
    ("preferred_completion", "non_preferred_completion"),
)
"""The two replies, as OpenAI's guide and Azure name them, and as older descriptions of the protocol do."""
_TOOL_KEYS = ("tools", "parallel_tool_calls")


@dataclass(frozen=True)
class Preference:
    """Two replies to one conversation, of which the first is the better."""

    messages: tuple[Message, ...]
    preferred: str
    other: str

    @property
    def question(self) -> str:
        """What the customer said last."""
        return Example((*self.messages, Message("assistant", self.preferred))).question


@dataclass(frozen=True)
class ParsedPreference:
    """A preference and the physical line it stands on."""

    line: int
    preference: Preference


@dataclass(frozen=True)
class ParsedPreferences:
    """What a preference file holds. A byte order mark is accepted and noted."""

    preferences: tuple[ParsedPreference, ...]
    problems: tuple[Problem, ...]
    bom: bool = False


def parse_preference_file(data: bytes) -> ParsedPreferences:
    """Read a preference file; each line is a preference or a problem.

    A conversation obeys the same rules as in a chat training file, with either reply at its end.
    """
    lines = split_lines(data)
    if isinstance(lines, Problem):
        return ParsedPreferences((), (lines,))
    preferences: list[ParsedPreference] = []
    problems: list[Problem] = []
    for number, raw in enumerate(lines.raw, start=1):
        found = _PreferenceLine(number)
        preference = found.read(raw)
        problems += found.problems
        if preference is not None and not found.problems:
            preferences.append(ParsedPreference(number, preference))
    return ParsedPreferences(tuple(preferences), tuple(problems), lines.bom)


class _PreferenceLine(Line):
    """A line of a preference file."""

    def read(self, raw: bytes) -> Preference | None:
        document = self.document(raw)
        return None if self.problems else self._preference(document)

    def _preference(self, document: Any) -> Preference | None:
        names = self._names(document)
        if self.problems:
            return None
        turns = self._turns(document["input"])
        replies = [self._reply(key, document[key]) for key in names]
        if self.problems or turns is None:
            return None
        read = [self._conversation(key, turns, reply) for key, reply in zip(names, replies, strict=True)]
        if self.problems or read[0] is None or read[1] is None:
            return None
        preferred, other = (example.reply for example in read if example is not None)
        if preferred.strip() == other.strip():
            self.wrong(names[1], "The two replies are the same, so there is nothing to prefer.")
            return None
        return Preference(read[0].messages[:-1], preferred, other)

    def _names(self, document: Any) -> tuple[str, str]:
        """What the two replies are called here."""
        names = _NAMES[0]
        if not isinstance(document, dict):
            self.wrong("", f"The line is no JSON object with {_listed(names)}.")
            return names
        names = next((pair for pair in _NAMES if not document.keys().isdisjoint(pair)), names)
        known = ("input", *names)
        if document.keys().isdisjoint(known):
            self.wrong("", f"The line is no preference: it has none of {_listed(names)}.")
            return names
        for key in (key for key in document if key not in known):
            self.wrong(key, f"The key {key} is unknown; a line has {_listed(names)}.")
        for key in (key for key in known if key not in document):
            self.wrong(key, f"The key {key} is missing.")
        return names

    def _turns(self, given: Any) -> list[Any] | None:
        if not isinstance(given, dict):
            self.wrong("input", "input must be an object with messages.")
            return None
        for key in (key for key in given if key not in {"messages", *_TOOL_KEYS}):
            self.wrong(f"input.{key}", f"The key {key} is unknown in input.")
        if given.get("tools"):
            self.wrong("input.tools", "Tool calls are not supported.")
        turns = given.get("messages")
        if not isinstance(turns, list) or not turns:
            self.wrong("input.messages", "messages must be a list that is not empty.")
            return None
        return turns

    def _reply(self, key: str, given: Any) -> Any:
        if not isinstance(given, list) or len(given) != 1:
            self.wrong(key, f"{key} must be a list with exactly one message of the assistant.")
            return None
        if not isinstance(given[0], dict) or given[0].get("role") != "assistant":
            self.wrong(f"{key}[0].role", "The message must be the assistant's.")
            return None
        return given[0]

    def _conversation(self, key: str, turns: list[Any], reply: Any) -> Example | None:
        """Held against the rules of chat training files; each place is said as it stands in this file."""
        parsed = parse_chat_file(json.dumps({"messages": [*turns, reply]}).encode("ascii"))
        for problem in parsed.problems:
            place = problem.field.replace(f"messages[{len(turns)}]", f"{key}[0]")
            place = f"input.{place}" if place.startswith("messages") else place
            found = Problem(self.number, place, problem.reason)
            if found not in self.problems:
                self.problems.append(found)
        return parsed.examples[0].example if parsed.examples else None


def _listed(names: tuple[str, str]) -> str:
    return ", ".join(("input", *names))
