"""Bank accounts: IBANs of the length of their country whose check digits are right."""

import re

from core.text.check_digits import mod97
from core.text.found import Found, plain

LENGTHS = {
    country: length
    for length, countries in {
        15: "NO", 16: "BE", 18: "DK FI FK FO GL NL SD", 19: "MK SI", 20: "AT BA EE KZ LT LU MN XK",
        21: "CH HR LI LV", 22: "BG BH CR DE GB GE IE ME RS VA", 23: "AE GI IL IQ OM SO TL",
        24: "AD CZ ES MD PK RO SA SE SK TN VG", 25: "LY PT ST", 26: "IS TR", 27: "BI DJ FR GR IT MC MR SM",
        28: "AL AZ BY CY DO GT HN HU LB NI PL SV", 29: "BR EG PS QA UA", 30: "JO KW MU YE", 31: "MT SC",
        32: "LC", 33: "RU",
    }.items()
    for country in countries.split()
}  # fmt: skip
"""Characters of an IBAN by country (SWIFT, IBAN Registry)."""

BEGINNING = re.compile(r"(?<![A-Za-z0-9])([A-Za-z]{2})\d{2}(?=[ ]?[A-Za-z0-9])")
RIGHT_REMAINDER = 1


def ibans(text: str) -> list[Found]:
    """The IBANs in a text, written in one piece or in groups."""
    found = []
    shown = plain(text)
    for match in BEGINNING.finditer(shown):
        end = _end(shown, match.start(), LENGTHS.get(match.group(1).upper(), 0))
        if end is not None:
            found.append(Found(match.start(), end, text[match.start() : end], "IBAN"))
    return found


def is_iban(account: str) -> bool:
    """Whether these characters, without spaces, are a right IBAN (ISO 13616-1)."""
    right_length = len(account) == LENGTHS.get(account[:2].upper())
    return right_length and mod97(account[4:] + account[:4]) == RIGHT_REMAINDER


def _end(text: str, start: int, length: int) -> int | None:
    """Where an IBAN of this length that begins here ends, if one does."""
    written = re.compile(rf"[A-Za-z0-9](?:[ -]?[A-Za-z0-9]){{{length - 1}}}(?![A-Za-z0-9])")
    match = written.match(text, start) if length else None
    if match is None or not is_iban(re.sub(r"[ -]", "", match.group())):
        return None
    return match.end()
