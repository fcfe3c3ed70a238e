"""Rules: what a project asks of its replies beyond what every project does: phrases, tone, links, limits."""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

from core.errors import Refused

MOST_LINES = 500
LONGEST_LINE = 300
MOST_WORDS = 10_000
ARROWS = ("→", "=>", "->")
"""Any of them stands between what to avoid and what to write instead."""


@dataclass(frozen=True)
class Tone:
    """Words to avoid, and what to write instead, if anything is suggested."""

    avoid: str
    instead: str = ""

    def __str__(self) -> str:
        return f"{self.avoid} → {self.instead}" if self.instead else self.avoid


@dataclass(frozen=True)
class Rules:
    """What a project asks of its replies; what is empty is not asked for.

    Attributes:
        forbidden: phrases no reply may hold.
        required: phrases every reply has to hold.
        tone: words to avoid.
        links: hosts, or hosts with a path, that links may lead to; others are noticed.
        contacts: the project's own addresses and numbers, no personal data; `@host` means all of a host.
        fewest_words: how short a reply may be.
        most_words: how long a reply may be.
        customer_names: whether a reply may say the customer's name.
        any_language: whether a reply may be in another language than its question.
    """

    forbidden: tuple[str, ...] = ()
    required: tuple[str, ...] = ()
    tone: tuple[Tone, ...] = ()
    links: tuple[str, ...] = ()
    contacts: tuple[str, ...] = ()
    fewest_words: int | None = None
    most_words: int | None = None
    customer_names: bool = False
    any_language: bool = False

    def to_json(self) -> str:
        """The rules as the store keeps them."""
        return json.dumps(asdict(self), ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> "Rules":
        """Rules as they were kept."""
        kept: dict[str, Any] = json.loads(text)
        lists = {name: tuple(value) for name, value in kept.items() if isinstance(value, list)}
        tone = tuple(Tone(**one) for one in kept["tone"])
        return cls(**{**kept, **lists, "tone": tone})


def lines_of(text: str) -> tuple[str, ...]:
    """The entries of a list written one a line; blank and repeated ones are left out."""
    return tuple(dict.fromkeys(" ".join(line.split()) for line in text.splitlines() if line.strip()))


def tone_of(text: str) -> tuple[Tone, ...]:
    """Words to avoid, one a line, each with `→` and what to write instead, or without."""
    return tuple(_tone(line) for line in lines_of(text))


def must_be_sound(rules: Rules) -> None:
    """Let rules pass that can be kept.

    Raises:
        Refused: a list or a line is too long, or the limits leave no reply possible.
    """
    lists = {
        "forbidden phrases": rules.forbidden,
        "required phrases": rules.required,
        "words to avoid": tuple(map(str, rules.tone)),
        "links": rules.links,
        "contacts": rules.contacts,
    }
    for name, lines in lists.items():
        _must_be_short(name, lines)
    fewest, most = rules.fewest_words or 1, rules.most_words or MOST_WORDS
    if not 1 <= fewest <= most <= MOST_WORDS:
        raise Refused(
            f"A reply cannot have at least {fewest:,} and at most {most:,} words (limits go up to "
            f"{MOST_WORDS:,}). Nothing was saved."
        )
    clash = next((phrase for phrase in rules.required if phrase.casefold() in _folded(rules.forbidden)), None)
    if clash is not None:
        raise Refused(f"“{clash}” is both required and forbidden. Nothing was saved.")


def _must_be_short(name: str, lines: tuple[str, ...]) -> None:
    if len(lines) > MOST_LINES:
        raise Refused(
            f"The list of {name} has {len(lines):,} lines; it may have {MOST_LINES}. Nothing was saved."
        )
    long = next((line for line in lines if len(line) > LONGEST_LINE), None)
    if long is not None:
        raise Refused(
            f"A line of the list of {name} has {len(long):,} characters; it may have {LONGEST_LINE}: "
            f"{long[:60]}… Nothing was saved."
        )


def _tone(line: str) -> Tone:
    arrow = next((arrow for arrow in ARROWS if arrow in line), None)
    if arrow is None:
        return Tone(line)
    avoid, _, instead = line.partition(arrow)
    return Tone(avoid.strip(), instead.strip()) if avoid.strip() else Tone(line)


def _folded(phrases: Iterable[str]) -> frozenset[str]:
    return frozenset(phrase.casefold() for phrase in phrases)
