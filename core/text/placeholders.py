"""Placeholders: what a template left open, and filler text that was never meant to be sent."""

import re
from collections.abc import Iterator

from core.text.found import Found, apart, matches

FIELD = r"""
    (?i: insert | enter | fill[ ]in | your | customer | client | guest | first | last | full | agent | company
    | product | order | ticket | account | user | name | date | time | amount | number | link | url | address
    | e-?mail | phone | city | country | signature | placeholder | reason | vorname | nachname | kunde\w*
    | nom | pr[ée]nom | nombre | apellido | cognome | naam | imi[ęe] )
"""
"""What a template's field is usually called."""

TEMPLATE = r"\{\{[^{}\n]{0,60}\}\} | \{%[^%\n]{1,80}%\} | <%[^%\n]{1,80}%> | \$\{[^{}\n]{1,60}\}"
BRACED = r"(?<![\w\\}\]*])(?:\{[A-Za-z]+(?:_[A-Za-z0-9]+)*\} | \{[A-Za-z]+(?:[ ][A-Za-z]+){1,3}\})"
CAPITALS = r"\[[A-Z][A-Z0-9_ -]{1,40}\](?!\()"
BRACKETED = rf"""
    \[{FIELD}(?:[ _-][\w' _-]{{1,40}})?\](?!\() | \[[\w'-]+(?:[ _-][\w'-]+){{0,2}}[ _-]{FIELD}\](?!\()
"""
ANGLED = rf"""
    <[A-Z][A-Z0-9]*(?:[_ ][A-Z0-9]+)+>
    | <(?i:insert|your|enter|customer|first|last|agent)(?:[ _-]\w+){{1,4}}> | <{FIELD}>
"""
PERCENT = r"%[A-Z][A-Z0-9_]{2,30}% | %\(\w+\)s | \[%\w+%\]"
CROSSED = r"(?<![\w/-])X{3,}(?![\w-]) | (?i:\bxx?/xx?/(?:xxxx|xx|\d{2,4})) | (?<!\w)_{3,}(?!\w)"
UNDONE = r"\b(?:TODO|FIXME|TBD|TBC)\b"
FILLER = r"(?i:\blorem[ ]ipsum\b(?:[ ]dolor[ ]sit[ ]amet)?) | \[(?:…|\.{3})\] | \?{4,}"

PLACEHOLDERS = tuple(
    re.compile(pattern, re.VERBOSE)
    for pattern in (TEMPLATE, BRACED, CAPITALS, BRACKETED, ANGLED, PERCENT, CROSSED, UNDONE, FILLER)
)


def placeholders(text: str) -> list[Found]:
    """The placeholders left in a text."""
    return apart(_placeholders(text))


def _placeholders(text: str) -> Iterator[Found]:
    for pattern in PLACEHOLDERS:
        yield from matches(pattern, text, "placeholder")
