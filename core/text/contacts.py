"""Contacts: e-mail addresses and telephone numbers, by patterns strict enough to leave other text be."""

import re
from collections.abc import Iterator

from core.text.found import LONG_NUMBER, Found, apart, matches, plain

E_MAIL = re.compile(
    r"(?<![\w.+@/-])[^\W_](?:[\w.+'-]{0,62}[\w+])?"
    r"@(?:[^\W_](?:[\w-]{0,61}[^\W_])?\.)+[^\W\d_]{2,24}(?![\w@]|-\w)"
)

INTERNATIONAL = re.compile(r"(?<![\w.+:])(?:\+|00 ?)[1-9]\d{0,2}(?:[ ./-]?\(?\d+\)?){1,7}(?!\w)")
NORTH_AMERICAN = re.compile(
    r"(?<![\w.+-])(?:1[ .-])?(?:\([2-9]\d\d\) ?|[2-9]\d\d([ .-]))[2-9]\d\d[ .-]\d{4}(?![\w-]|[.,]\d)"
)
TRUNK = re.compile(
    r"(?<![\w.,+/-])\(?0[1-9]\d{0,4}\)?(?: ?[/-] ?| )(?:\d{2,8}[ /-]?){1,5}(?<=\d)(?![\w/-]|[.,:]\d)"
)
"""A national number: it begins with 0 and an area code."""
TOLL_FREE = re.compile(r"(?<![\w.,+/-])0?[89]00[ -]\d{2,4}(?:[ -]?\d{2,4}){1,2}(?![\w-]|[.,]\d)")
PAIRS = re.compile(r"(?<![\w.,+/-])0[1-9](?:([ .-])\d\d)(?:\1\d\d){3}(?![\w-]|[.,]\d)")
"""As in France: five pairs."""
CALLED = re.compile(
    r"\b(?:call|phone|tel|telephone|mobile|cell|fax|hotline|whats\s?app|telefon|handy|mobil|anruf\w*"
    r"|rufen|appele[rz]|t[ée]l[ée]phone|tel[ée]fono|llam\w+|telefone|ligue|chiam\w+|cellulare|bel|dzwo\w+)\b"
    r"(?:[^.!?\n\d]{0,40}?(?:\b(?:on|at|under|number|no|nr|unter|au|al|at|pod|op|is|ist|est|es|é|è)\b\.?|[:.#]))?\s*"
    r"(?P<number>\(?\d(?:[ ()/-]{0,3}\d){6,13})(?![\w/-]|[.,:]\d)",
    re.IGNORECASE,
)
"""A number that the words before it call a telephone's."""

DATE = re.compile(r"\(?\d{1,2}[ ./-]\d{1,2}[ ./-](?:19|20)\d\d\b|(?:19|20)\d\d[ ./-]\d{1,2}[ ./-]\d{1,2}\b")
FEWEST, MOST = 7, 15
"""Digits of a telephone number (ITU-T E.164 allows 15)."""
FEWEST_UNANNOUNCED = 9
"""Digits of a number that no word calls a telephone's."""


def e_mails(text: str) -> list[Found]:
    """The e-mail addresses in a text."""
    return list(matches(E_MAIL, text, "e-mail address"))


def phones(text: str) -> list[Found]:
    """The telephone numbers in a text."""
    shown = plain(text)
    if not LONG_NUMBER.search(shown):
        return []
    return [Found(one.start, one.end, text[one.start : one.end], one.what) for one in apart(_phones(shown))]


def _phones(text: str) -> Iterator[Found]:
    for pattern in (INTERNATIONAL, NORTH_AMERICAN, TOLL_FREE, PAIRS, TRUNK):
        for one in matches(pattern, text, "telephone number"):
            if _is_number(one.text, FEWEST_UNANNOUNCED):
                yield one
    for one in matches(CALLED, text, "telephone number", "number"):
        if _is_number(one.text, FEWEST):
            yield one


def _is_number(written: str, fewest: int) -> bool:
    digits = re.sub(r"\D", "", written)
    balanced = written.count("(") == written.count(")")
    return balanced and fewest <= len(digits) <= MOST and not DATE.match(written) and len(set(digits)) > 1
