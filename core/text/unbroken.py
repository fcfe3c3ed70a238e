"""Unbroken: a number stays on one line with the sign that belongs to it."""

import re

APART = re.compile(r"(?<=\d) (?=%)|(?<=α) (?==)|(?<=α =) (?=\d)")
NO_BREAK = "\u00a0"
RANGE = re.compile(r"(?<=\d)–(?=\d)")
JOINED = "–\u2060"


def unbroken(text: str) -> str:
    """The same text, in which “60 %”, “α = 0.05” and “16–47” are never parted at the end of a line."""
    return RANGE.sub(JOINED, APART.sub(NO_BREAK, text))
