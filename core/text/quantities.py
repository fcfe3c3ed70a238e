"""Quantities: the amounts, times, shares and counts that a text states, in a form that can be compared."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from core.text.found import plain
from core.text.function_words import FUNCTION_WORDS

NUMBER = r"\d{1,3}(?:[,' ]\d{3})+(?:\.\d+)?(?!\d)|\d{1,3}(?:\.\d{3})+(?:,\d+)?(?!\d)|\d+(?:[.,]\d+)?"
CURRENCIES: Mapping[str, str] = {
    "€": "EUR", "eur": "EUR", "euro": "EUR", "euros": "EUR", "$": "USD", "usd": "USD", "us$": "USD",
    "dollar": "USD", "dollars": "USD", "£": "GBP", "gbp": "GBP", "pound": "GBP", "pounds": "GBP", "¥": "JPY",
    "jpy": "JPY", "yen": "JPY", "₹": "INR", "inr": "INR", "rupees": "INR", "chf": "CHF", "franken": "CHF",
    "sek": "SEK", "nok": "NOK", "dkk": "DKK", "zł": "PLN", "pln": "PLN", "cad": "CAD", "aud": "AUD",
    "r$": "BRL", "brl": "BRL", "cny": "CNY", "元": "CNY", "円": "JPY",
}  # fmt: skip
UNITS: Mapping[str, str] = {
    "h": "hour", "hr": "hour", "hrs": "hour", "stunde": "hour", "stunden": "hour", "heure": "hour",
    "heures": "hour", "hora": "hour", "horas": "hour", "min": "minute", "mins": "minute", "minuten": "minute",
    "minutos": "minute", "tag": "day", "tage": "day", "tagen": "day", "jour": "day", "jours": "day",
    "día": "day", "días": "day", "dagen": "day", "woche": "week", "wochen": "week", "semaine": "week",
    "semaines": "week", "monat": "month", "monate": "month", "monaten": "month", "mois": "month",
    "jahr": "year", "jahre": "year", "jahren": "year", "an": "year", "ans": "year", "años": "year",
    "kilo": "kg", "kilos": "kg", "kilogram": "kg", "kilogramm": "kg", "litre": "l", "liter": "l",
    "gram": "g", "gramm": "g", "metre": "m", "meter": "m", "kilometre": "km", "kilometer": "km",
    "millilitre": "ml", "milliliter": "ml", "centimetre": "cm", "centimeter": "cm", "working": "day",
    "business": "day",
}  # fmt: skip
SPELT: Mapping[str, int] = {
    "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10,
    "eleven": 11, "twelve": 12, "fifteen": 15, "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50,
    "sixty": 60, "ninety": 90, "hundred": 100, "zwei": 2, "drei": 3, "vier": 4, "fünf": 5, "sechs": 6,
    "sieben": 7, "acht": 8, "neun": 9, "zehn": 10, "elf": 11, "zwölf": 12, "zwanzig": 20, "dreißig": 30,
    "deux": 2, "trois": 3, "quatre": 4, "cinq": 5, "dix": 10, "vingt": 20, "trente": 30,
}  # fmt: skip

SIGNS = "|".join(sorted(map(re.escape, CURRENCIES), key=len, reverse=True))
TIME = re.compile(
    r"\b(?P<hour>[01]?\d|2[0-4])(?:[:h.](?P<minute>[0-5]\d))?\s?(?:(?P<half>[ap])\.?m\b\.?|Uhr\b)"
    r"|\b(?P<hour24>[01]?\d|2[0-4])[:h](?P<minute24>[0-5]\d)(?!\d)",
    re.IGNORECASE,
)
AMOUNT = re.compile(
    rf"(?P<before>(?<!\w)(?:{SIGNS}))\s?(?P<first>{NUMBER})"
    rf"|(?<![\w.,])(?P<last>{NUMBER})\s?(?P<after>(?:{SIGNS})(?!\w))",
    re.IGNORECASE,
)
SHARE = re.compile(
    rf"(?<![\w.,])(?P<number>{NUMBER})\s?(?:%|percent\b|per cent\b|Prozent\b|pour cent\b)", re.IGNORECASE
)
SPELT_OUT = "|".join(SPELT)
COUNT = re.compile(
    rf"(?:\b(?P<noun>[^\W\d_]{{2,20}})[ -])?(?<![\w.,])(?P<number>{NUMBER}|\b(?:{SPELT_OUT})\b)"
    r"(?:[ -]?(?P<unit>[^\W\d_]{1,20}\b))?",
    re.IGNORECASE,
)
NOON = 12


@dataclass(frozen=True)
class Quantity:
    """One stated quantity: of what (a currency, `time`, `%`, a unit, a noun), how much, and as written."""

    unit: str
    value: float
    written: str


def quantities(text: str) -> tuple[Quantity, ...]:
    """What a text states in figures, times and amounts first; times are minutes since midnight."""
    return tuple(_quantities(plain(text)))


def _quantities(text: str) -> Iterator[Quantity]:
    for pattern, read in READERS:
        for match in [*pattern.finditer(text)]:
            yield read(match)
            start, end = match.span()
            text = f"{text[:start]}{';' * (end - start)}{text[end:]}"


def _time(match: re.Match[str]) -> Quantity:
    hour = int(match["hour"] or match["hour24"])
    if match["half"]:
        hour = hour % NOON + (NOON if match["half"] in "pP" else 0)
    minute = int(match["minute"] or match["minute24"] or 0)
    return Quantity("time", hour * 60 + minute, match.group().strip())


def _amount(match: re.Match[str]) -> Quantity:
    currency = CURRENCIES[(match["before"] or match["after"]).casefold()]
    return Quantity(currency, _value(match["first"] or match["last"]), match.group().strip())


def _share(match: re.Match[str]) -> Quantity:
    return Quantity("%", _value(match["number"]), match.group().strip())


def _count(match: re.Match[str]) -> Quantity:
    unit, noun = _unit(match["unit"]), _unit(match["noun"])
    number = match["number"]
    written = f"{number} {match['unit']}" if unit else f"{match['noun']} {number}" if noun else number
    return Quantity(unit or noun, _value(number), written)


def _unit(word: str | None) -> str:
    """The unit that a word names in the singular; none if it is a small English word."""
    small = (word or "").casefold()
    if small in FUNCTION_WORDS["English"]:
        return ""
    singular = small[:-1] if len(small) > 3 and small.endswith("s") and not small.endswith("ss") else small  # noqa: PLR2004 - "gas" is no plural
    return UNITS.get(small, UNITS.get(singular, singular))


def _value(written: str) -> float:
    """The number as written with a point or a comma, in groups of three or not."""
    small = written.casefold()
    if small in SPELT:
        return SPELT[small]
    bare = re.sub(r"[' ]", "", written)
    if re.fullmatch(r"\d{1,3}(?:[.,]\d{3})+", bare):
        return float(re.sub(r"[.,]", "", bare))
    if "," in bare and "." in bare:
        bare = bare.replace("," if bare.rindex(".") > bare.rindex(",") else ".", "")
    return float(bare.replace(",", "."))


READERS = ((TIME, _time), (AMOUNT, _amount), (SHARE, _share), (COUNT, _count))
"""What is read first is not read again as something else."""
