"""A training file held against its format and against what a provider takes, before anything is sent."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from core.errors import Refused
from core.formats.conversation import Message
from core.formats.json_lines import Problem, split_lines
from core.formats.preference_file import parse_preference_file
from core.formats.training_file import parse_chat_file
from core.providers.profiles import Provider

CONTROL_SIGN = re.compile(r"<\|\w+\|>")
"""How models write where a text or a turn ends; in a customer's text it is an accident or a trick."""

MEBIBYTE = 2**20


class Kind(StrEnum):
    """What a file teaches: ideal replies (sft), or which of two replies is the better one (dpo)."""

    SFT = "sft"
    DPO = "dpo"


@dataclass(frozen=True)
class Trouble:
    """Why the file would be refused; without a `line` it is the whole file, without a `field` the line."""

    line: int | None
    field: str
    reason: str

    def __str__(self) -> str:
        place = f"Line {self.line}" if self.line else "The file"
        return f"{place}{f', field {self.field}' if self.field else ''}: {self.reason}"


@dataclass(frozen=True)
class FileCheck:
    """What was found; `lines` and `examples` are None where the file is too large to be read."""

    lines: int | None
    examples: int | None
    problems: tuple[Trouble, ...]
    warnings: tuple[str, ...]


@dataclass(frozen=True)
class _Taught:
    """An example: the line it stands on, the turns up to the reply, and each reply that may follow them."""

    line: int
    turns: tuple[Message, ...]
    replies: tuple[str, ...]


def check_file(path: Path, kind: Kind, provider: Provider) -> FileCheck:
    """Hold a file against its format, line by line, and against what the provider takes.

    Raises:
        Refused: it cannot be read.
    """
    try:
        most, size = provider.most_file_bytes, path.stat().st_size
        if most is not None and size > most:
            return FileCheck(None, None, (_too_large(provider, size, most),), ())
        data = path.read_bytes()
    except OSError as error:
        raise Refused(f"{path} cannot be read: {error.strerror}.") from error
    taught, wrong, bom = _read(data, kind)
    problems = [Trouble(one.line, one.field, one.reason) for one in wrong]
    problems += _mark_troubles(provider, bom=bom)
    problems += [trouble for one in taught for trouble in _refused_by(provider, one)]
    problems.sort(key=lambda one: one.line or 0)
    if not problems and len(taught) < provider.min_examples:
        problems.append(_too_few(provider, len(taught)))
    lines = split_lines(data)
    n_lines = None if isinstance(lines, Problem) else len(lines.raw)
    return FileCheck(n_lines, len(taught), tuple(problems), tuple(_warnings(taught, provider)))


def _read(data: bytes, kind: Kind) -> tuple[list[_Taught], tuple[Problem, ...], bool]:
    if kind is Kind.DPO:
        preferences = parse_preference_file(data)
        pairs = [
            _Taught(one.line, one.preference.messages, (one.preference.preferred, one.preference.other))
            for one in preferences.preferences
        ]
        return pairs, preferences.problems, preferences.bom
    chat = parse_chat_file(data)
    examples = [
        _Taught(one.line, one.example.messages[:-1], (one.example.messages[-1].content,))
        for one in chat.examples
    ]
    return examples, chat.problems, chat.bom


def _too_large(provider: Provider, size: int, most: int) -> Trouble:
    has, takes = size / MEBIBYTE, most / MEBIBYTE
    reason = f"It has {has:,.0f} MiB; {provider.title} takes at most {takes:,.0f} MiB. It was not read."
    return Trouble(None, "", reason)


def _too_few(provider: Provider, examples: int) -> Trouble:
    reason = f"{provider.title} needs at least {provider.min_examples} examples; this has {examples}."
    return Trouble(None, "", reason)


def _mark_troubles(provider: Provider, *, bom: bool) -> Iterator[Trouble]:
    if provider.bom and not bom:
        reason = (
            f"{provider.title} wants a byte order mark (EF BB BF) at the beginning. Touchstone puts it there "
            "when it uploads a dataset itself."
        )
        yield Trouble(None, "", reason)
    if provider.refuses_bom and bom:
        reason = f"{provider.title} takes no byte order mark. Save the file as UTF-8 without one."
        yield Trouble(1, "", reason)


def _refused_by(provider: Provider, taught: _Taught) -> Iterator[Trouble]:
    """What this provider refuses in an example that is right by its format."""
    place = _out_of_turn(taught) if provider.alternating else None
    if place is not None:
        reason = f"{provider.title} wants user and assistant in turn; message {place} breaks it."
        yield Trouble(taught.line, "messages", reason)
    sign = _sign(taught) if provider.refuses_signs else None
    if sign is not None:
        reason = f"{provider.title} refuses texts with control signs of its models, and {sign} is one."
        yield Trouble(taught.line, "", reason)


def _out_of_turn(taught: _Taught) -> int | None:
    """The first message, counted from 1, that is not by whom it should be."""
    roles = [*(turn.role for turn in taught.turns), "assistant"]
    start = 1 if roles[0] == "system" else 0
    for place, role in enumerate(roles[start:]):
        if role != ("assistant" if place % 2 else "user"):
            return start + place + 1
    return None


def _sign(taught: _Taught) -> str | None:
    """The first control sign in any of its texts."""
    said = [*(turn.content for turn in taught.turns), *taught.replies]
    found = next(filter(None, map(CONTROL_SIGN.search, said)), None)
    return found.group() if found else None


def _warnings(taught: Sequence[_Taught], provider: Provider) -> Iterator[str]:
    """What is taken everywhere and yet is seldom meant."""
    signs = [one.line for one in taught if _sign(one)]
    if signs and not provider.refuses_signs:
        yield (
            f"{_lines(signs)}: a text holds a control sign, like <|endoftext|>, which some models refuse or "
            "take for the end."
        )
    again = Counter((one.turns, one.replies) for one in taught)
    twice = [one.line for one in taught if again[one.turns, one.replies] > 1]
    if twice:
        yield f"{_lines(twice)}: the same example stands there more than once."
    silent = [one.line for one in taught if one.turns[0].role not in {"system", "developer"}]
    if 0 < len(silent) < len(taught):
        yield f"{_lines(silent)}: no instructions (a system message), and other examples have them."


def _lines(numbers: Sequence[int], shown: int = 5) -> str:
    named = ", ".join(str(number) for number in numbers[:shown])
    more = f" and {len(numbers) - shown:,} more" if len(numbers) > shown else ""
    return f"Line {named}" if len(numbers) == 1 else f"Lines {named}{more}"
