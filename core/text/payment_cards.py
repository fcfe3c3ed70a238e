"""Payment cards: numbers of the length and beginning of a card network whose check digit is right."""

import re

from core.text.check_digits import luhn
from core.text.found import LONG_NUMBER, Found, plain

NUMBER = re.compile(
    r"(?<![\w.,+-])(?:"
    r"\d{4}([ -]?)\d{4}\1\d{4}\1\d{1,4}(?:\1\d{1,3})?"  # four by four, the last group shorter or longer
    r"|\d{4}([ -]?)\d{6}\2\d{4,5}"  # four, six, and four or five: Diners Club, American Express
    r")(?![\w-]|[.,]\d)"
)
NETWORK = re.compile(
    r"4\d{12}(?:\d{3}){0,2}"  # Visa
    r"|(?:5[1-5]\d\d|222[1-9]|22[3-9]\d|2[3-6]\d\d|27[01]\d|2720)\d{12}"  # Mastercard
    r"|3[47]\d{13}"  # American Express
    r"|3(?:0[0-5]|[689]\d)\d{11}(?:\d\d)?"  # Diners Club
    r"|(?:6011\d\d|65\d{4}|64[4-9]\d{3}|62\d{4})\d{10}(?:\d{3})?"  # Discover, UnionPay
    r"|35(?:2[89]|[3-8]\d)\d{12}"  # JCB
    r"|(?:50[0-9]{2}|5[6-8]\d\d|6(?:304|7\d\d))\d{8,15}"  # Maestro
)
"""The ranges of issuer numbers that the networks publish (ISO/IEC 7812)."""


def payment_cards(text: str) -> list[Found]:
    """The payment card numbers in a text."""
    shown = plain(text)
    if not LONG_NUMBER.search(shown):
        return []
    return [
        Found(*match.span(), text[match.start() : match.end()], "payment card number")
        for match in NUMBER.finditer(shown)
        if _is_card(re.sub(r"\D", "", match.group()))
    ]


def _is_card(digits: str) -> bool:
    return len(set(digits)) > 1 and bool(NETWORK.fullmatch(digits)) and luhn(digits)
