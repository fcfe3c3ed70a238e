"""Findings: what a check noticed, how grave it is, where it stands, and what it is known by once accepted."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from core.text.fingerprint import fingerprint
from core.text.found import Found


class Severity(StrEnum):
    """What a finding does: it stops a reply until somebody accepts it, asks for a look, or only tells."""

    BLOCK = "block"
    WARN = "warn"
    NOTE = "note"


class Check(StrEnum):
    """The families of checks, as the history names them."""

    EMPTY = "empty reply"
    LABEL = "no label of the project"
    LENGTH = "length"
    LANGUAGE = "language"
    PLACEHOLDER = "placeholder"
    MAIL_TAIL = "mail tail"
    PERSONAL_DATA = "personal data"
    SECRET = "secret"  # noqa: S105 - the name of a check
    FORBIDDEN = "forbidden phrase"
    REQUIRED = "required phrase"
    TONE = "tone"
    LINK = "link"
    CONTRADICTION = "contradiction"


NEVER_ACCEPTED = frozenset({Check.EMPTY, Check.LABEL})
"""Without a reply, or with one that is no label, there is nothing to learn."""


class Place(StrEnum):
    """Whose text a finding is in."""

    REPLY = "reply"
    QUESTION = "question"
    CONVERSATION = "conversation"


@dataclass(frozen=True)
class Span:
    """A stretch of a text, from `start` to before `end`."""

    start: int
    end: int


@dataclass(frozen=True)
class Finding:
    """One thing a check noticed: a plain sentence, the words it is about, and where they stand.

    `key` stays the same as long as the words do (or the text, where it is about the whole): once accepted for
    an item, a finding with this key does not come back there.
    """

    check: Check
    severity: Severity
    sentence: str
    key: str
    quote: str = ""
    spans: tuple[Span, ...] = ()
    place: Place = Place.REPLY

    @property
    def words(self) -> str:
        """The sentence with what it is about."""
        return f"{self.sentence.rstrip('.')}: {self.quote}" if self.quote else self.sentence

    @property
    def acceptable(self) -> bool:
        """Whether it can be accepted with a reason."""
        return self.check not in NEVER_ACCEPTED


def whole(check: Check, severity: Severity, sentence: str, text: str, about: str = "") -> Finding:
    """A finding about a whole reply; `about` tells several of one check apart."""
    return Finding(check, severity, sentence, fingerprint(check, about, text))


def quoted(
    check: Check, severity: Severity, sentence: str, found: Iterable[Found], place: Place = Place.REPLY
) -> list[Finding]:
    """Findings about words: one for each different wording, with all the places where it stands."""
    spans: dict[str, list[Span]] = {}
    first: dict[str, Found] = {}
    for one in found:
        key = fingerprint(check, place, one.text)
        spans.setdefault(key, []).append(Span(one.start, one.end))
        first.setdefault(key, one)
    return [
        Finding(
            check, severity, sentence.format(what=_named(one.what)), key, one.text, tuple(spans[key]), place
        )
        for key, one in first.items()
    ]


def _named(what: str) -> str:
    """With its article."""
    return f"an {what}" if what[0] in "aeioAEIO" else f"a {what}"
