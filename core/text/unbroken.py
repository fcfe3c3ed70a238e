"""Unbroken: a number stays on one line with the sign that belongs to it."""

import re

APART = re.compile(r"(?<=\d) (?=%)|(?<=α) (?==)|(?<=α =) (?=\d)")
NO_BREAK = "\u00a0"


def unbroken(text: str) -> str:
    """The same text, in which “60 %” and “α = 0.05” are never parted at the end of a line."""
    return APART.sub(NO_BREAK, text)
