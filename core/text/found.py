"""What was found in a text and where; the characters of a text made plain without moving any of them."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

DASHES = dict.fromkeys(map(ord, "\u2010\u2011\u2012\u2013\u2014\u2212\ufe63\uff0d"), "-")
SPACES = dict.fromkeys(map(ord, "\u00a0\u2007\u2009\u202f\u3000"), " ")
QUOTES = dict.fromkeys(map(ord, "\u2018\u2019\u02bc\u00b4`"), "'")
SIGNS = DASHES | SPACES | QUOTES


OTHER_DIGIT = re.compile(r"(?![0-9])\d")
LONG_NUMBER = re.compile(r"\d(?:[ ()./+-]{0,2}\d){5}")
"""Six digits with little between them: what every number of a person, an account or a telephone has."""


@dataclass(frozen=True, order=True)
class Found:
    """A stretch of a text, from `start` to before `end`, what it says and what it is, in words."""

    start: int
    end: int
    text: str
    what: str


def plain(text: str) -> str:
    """The text with every digit, dash, space and apostrophe in its plain form, each in its place."""
    if text.isascii():
        return text
    return OTHER_DIGIT.sub(lambda found: str(unicodedata.digit(found.group())), text.translate(SIGNS))


def matches(pattern: re.Pattern[str], text: str, what: str, group: int | str = 0) -> Iterator[Found]:
    """Each match of a pattern, or of one of its groups, as something found."""
    for match in pattern.finditer(text):
        yield Found(*match.span(group), match.group(group), what)


def apart(found: Iterable[Found]) -> list[Found]:
    """What was found in the order of the text; of those that overlap the first named stays."""
    kept: list[Found] = []
    for one in found:
        if all(one.end <= other.start or one.start >= other.end for other in kept):
            kept.append(one)
    return sorted(kept)
