"""Chat training files (JSONL with `messages`): read line by line, every problem with its line and field."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from core.formats.conversation import Example, Message
from core.formats.json_lines import Line, Problem, split_lines

ROLES = ("system", "developer", "user", "assistant")
_TOOL_ROLES = ("tool", "function")
_MESSAGE_KEYS = {"role", "content", "weight", "name"}
_TOOL_KEYS = {"tools", "parallel_tool_calls", "functions", "function_call", "tool_calls", "tool_call_id"}


@dataclass(frozen=True)
class ParsedExample:
    """An example and the physical line it stands on."""

    line: int
    example: Example


@dataclass(frozen=True)
class ParsedFile:
    """What a training file holds. A byte order mark is accepted and noted: some providers want none."""

    examples: tuple[ParsedExample, ...]
    problems: tuple[Problem, ...]
    bom: bool = False


def parse_chat_file(data: bytes) -> ParsedFile:
    """Read a chat training file; nothing is guessed or mended, each line is an example or a problem."""
    lines = split_lines(data)
    if isinstance(lines, Problem):
        return ParsedFile((), (lines,))
    if len(lines.raw) > 1 and _is_one_document(b"\n".join(lines.raw)):
        reason = "The file is one JSON document over several lines. Write one JSON object on each line."
        return ParsedFile((), (Problem(1, "", reason),), lines.bom)
    examples: list[ParsedExample] = []
    problems: list[Problem] = []
    for number, raw in enumerate(lines.raw, start=1):
        found = _ChatLine(number)
        example = found.read(raw)
        problems += found.problems
        if example is not None and not found.problems:
            examples.append(ParsedExample(number, example))
    return ParsedFile(tuple(examples), tuple(problems), lines.bom)


def write_chat_file(examples: Iterable[Example]) -> bytes:
    """The same examples always give the same bytes: one line each, UTF-8 without a byte order mark.

    Raises:
        UnicodeEncodeError: a text holds half a surrogate pair, which UTF-8 cannot say.
    """
    lines = (
        json.dumps({"messages": [_plain(said) for said in example.messages]}, ensure_ascii=False) + "\n"
        for example in examples
    )
    return "".join(lines).encode("utf-8")


def _plain(said: Message) -> dict[str, str | int]:
    plain: dict[str, str | int] = {"role": said.role, "content": said.content}
    if said.name is not None:
        plain["name"] = said.name
    if said.weight is not None:
        plain["weight"] = said.weight
    return plain


def _is_one_document(data: bytes) -> bool:
    try:
        json.loads(data)
    except (ValueError, RecursionError):
        return False
    return True


class _ChatLine(Line):
    """A line of a chat training file."""

    def read(self, raw: bytes) -> Example | None:
        document = self.document(raw)
        return None if self.problems else self._example(document)

    def _example(self, document: Any) -> Example | None:
        if not isinstance(document, dict):
            self.wrong("", f"The line is {_kind(document)}, not a JSON object with messages.")
            return None
        for key in (key for key in document if key != "messages"):
            self.wrong(key, _unknown_key(key, "next to messages"))
        if "messages" not in document:
            self.wrong("messages", "The key messages is missing.")
            return None
        turns = document["messages"]
        if not isinstance(turns, list):
            self.wrong("messages", f"messages must be a list, and is {_kind(turns)}.")
            return None
        if not turns:
            self.wrong("messages", "messages is empty.")
            return None
        messages = [self._message(f"messages[{place}]", turn) for place, turn in enumerate(turns)]
        said = tuple(message for message in messages if message is not None)
        if len(said) == len(turns):
            self._whole(said)
        return Example(said)

    def _message(self, place: str, turn: Any) -> Message | None:
        if not isinstance(turn, dict):
            self.wrong(place, f"A message must be a JSON object, and this is {_kind(turn)}.")
            return None
        before = len(self.problems)
        for key in (key for key in turn if key not in _MESSAGE_KEYS):
            self.wrong(f"{place}.{key}", _unknown_key(key, "in a message"))
        self._role(place, turn)
        self._content(place, turn)
        self._weight(place, turn)
        if "name" in turn and (not isinstance(turn["name"], str) or not turn["name"]):
            self.wrong(f"{place}.name", "name must be a text that is not empty.")
        if len(self.problems) > before:
            return None
        return Message(turn["role"], turn["content"], turn.get("weight"), turn.get("name"))

    def _role(self, place: str, turn: dict[str, Any]) -> None:
        if "role" not in turn:
            self.wrong(f"{place}.role", "The key role is missing.")
        elif turn["role"] in _TOOL_ROLES:
            self.wrong(f"{place}.role", f"Tool calls (role {turn['role']}) are not supported.")
        elif turn["role"] not in ROLES:
            shown = json.dumps(turn["role"], ensure_ascii=False)[:60]
            self.wrong(f"{place}.role", f"The role {shown} is unknown; it is one of {', '.join(ROLES)}.")

    def _content(self, place: str, turn: dict[str, Any]) -> None:
        if "content" not in turn:
            self.wrong(f"{place}.content", "The key content is missing.")
        elif not isinstance(turn["content"], str):
            self.wrong(f"{place}.content", f"content must be a text, and is {_kind(turn['content'])}.")

    def _weight(self, place: str, turn: dict[str, Any]) -> None:
        if "weight" not in turn:
            return
        weight = turn["weight"]
        if turn.get("role") != "assistant":
            self.wrong(f"{place}.weight", "weight may stand on assistant messages only.")
        if isinstance(weight, bool) or not isinstance(weight, int) or weight not in {0, 1}:
            self.wrong(f"{place}.weight", "weight must be 0 or 1.")

    def _whole(self, said: tuple[Message, ...]) -> None:
        last = f"messages[{len(said) - 1}]"
        if said[-1].role != "assistant":
            self.wrong(
                f"{last}.role", f"The last message is from {said[-1].role}; it must be the assistant's."
            )
            return
        if not said[-1].content.strip():
            self.wrong(f"{last}.content", "The assistant's final reply has no text.")
        if not Example(said).question.strip():
            self.wrong("messages", "No user message with text stands before the final reply.")
        if all(message.weight == 0 for message in said if message.role == "assistant"):
            self.wrong("messages", "Every assistant message has weight 0, so there is nothing to learn.")


def _unknown_key(key: str, where: str) -> str:
    if key in _TOOL_KEYS:
        return f"Tool calls ({key}) are not supported."
    return f"The key {key} is unknown {where}."


def _kind(value: Any) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true or false"
    names = {str: "a text", list: "a list", dict: "an object", int: "a number", float: "a number"}
    return names[type(value)]
