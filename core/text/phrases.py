"""Phrases: words found in a text whatever their case, spacing and apostrophes, and only as whole words."""

import re
from functools import lru_cache

from core.text.found import Found, matches, plain

KEPT_PATTERNS = 4_096


def occurrences(phrase: str, text: str) -> list[Found]:
    """Where a phrase stands in a text; a `*` at the end of a word stands for any ending of it."""
    pattern = _pattern(phrase)
    if pattern is None:
        return []
    found = matches(pattern, plain(text), phrase)
    return [Found(one.start, one.end, text[one.start : one.end], phrase) for one in found]


@lru_cache(KEPT_PATTERNS)
def _pattern(phrase: str) -> re.Pattern[str] | None:
    words = plain(phrase).split()
    if not "".join(words).strip("*"):
        return None
    wanted = r"\s+".join(re.escape(word).replace(r"\*", r"\w*") for word in words)
    return re.compile(rf"(?<!\w){wanted}(?!\w)", re.IGNORECASE)
