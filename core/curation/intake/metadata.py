"""Metadata: the date, the volume and the language of a question, read out of what a cell says."""

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import lru_cache

EARLIEST, LATEST = datetime(1970, 1, 2, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)
REMEMBERED = 4_096
"""Dates of which the reading is remembered: exports repeat them."""

LONGEST_DATE = 60
SECONDS = re.compile(r"\d{9,10}(\.\d+)?")
MILLISECONDS = re.compile(r"\d{12,13}")
SLASHED = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})\b(.*)")
DOTTED = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})\b(.*)")
CLOCK = re.compile(r",?\s*(?:(\d{1,2}):(\d\d)(?::(\d\d)(?:\.\d+)?)?\s*([AaPp][Mm])?)?\s*(?:Z|UTC)?")
NAMED = (
    "%d %b %Y",
    "%d %B %Y",
    "%b %d, %Y",
    "%B %d, %Y",
    "%d-%b-%Y",
    "%Y/%m/%d",
    "%Y/%m/%d %H:%M",
    "%Y/%m/%d %H:%M:%S",
)

LANGUAGES = {
    "ar": "Arabic", "bg": "Bulgarian", "ca": "Catalan", "cs": "Czech", "da": "Danish", "de": "German",
    "el": "Greek", "en": "English", "es": "Spanish", "et": "Estonian", "fa": "Persian",
    "fi": "Finnish", "fr": "French",
    "he": "Hebrew", "hi": "Hindi", "hr": "Croatian", "hu": "Hungarian", "id": "Indonesian",
    "it": "Italian",
    "ja": "Japanese", "ko": "Korean", "lt": "Lithuanian", "lv": "Latvian", "ms": "Malay",
    "nb": "Norwegian",
    "nl": "Dutch", "no": "Norwegian", "pl": "Polish", "pt": "Portuguese", "ro": "Romanian",
    "ru": "Russian",
    "sk": "Slovak", "sl": "Slovenian", "sr": "Serbian", "sv": "Swedish", "th": "Thai", "tr": "Turkish",
    "uk": "Ukrainian", "vi": "Vietnamese", "zh": "Chinese",
}  # fmt: skip
"""ISO 639-1 codes, as people call the languages."""


def moment(text: str, *, day_first: bool | None) -> datetime | None:
    """When something happened, or None where that cannot be told. Without a time zone it is taken for UTC.

    Args:
        text: ISO 8601, seconds or milliseconds since 1970, RFC 2822, or a usual written date.
        day_first: whether 3/4/2024 is in April; None where the column never tells: then it is not read.
    """
    return _moment(text.strip(), day_first)


def day_comes_first(texts: Iterable[str]) -> bool | None:
    """Whether the dates of a column with slashes begin with the day: told by a number over 12."""
    for text in texts:
        found = SLASHED.match(text.strip())
        if found and int(found[1]) > 12:  # noqa: PLR2004 - months
            return True
        if found and int(found[2]) > 12:  # noqa: PLR2004 - months
            return False
    return None


def volume(text: str) -> int | None:
    """A whole number that counts something, or None."""
    digits = text.strip().replace(",", "").replace(" ", "").removesuffix(".0")
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) <= 12 else None  # noqa: PLR2004 - a count


def language(text: str) -> str:
    """The name of a language that is given by its code (`en`, `en-US`); anything else as it is."""
    code = re.split(r"[-_]", text.strip().casefold(), maxsplit=1)[0]
    return LANGUAGES.get(code, text)


@lru_cache(REMEMBERED)
def _moment(text: str, day_first: bool | None) -> datetime | None:
    if not text or len(text) > LONGEST_DATE:
        return None
    try:
        found = _read(text, day_first=day_first)
    except (ValueError, OverflowError):
        return None
    if found is None:
        return None
    told = found if found.tzinfo else found.replace(tzinfo=UTC)
    return told.astimezone(UTC) if EARLIEST <= told < LATEST else None


def _read(text: str, *, day_first: bool | None) -> datetime | None:
    if SECONDS.fullmatch(text) or MILLISECONDS.fullmatch(text):
        return datetime.fromtimestamp(float(text) / (1000 if MILLISECONDS.fullmatch(text) else 1), UTC)
    if text[:4].isdigit() and text[4:5] == "-":
        return datetime.fromisoformat(text.replace(" UTC", "+00:00"))
    if found := DOTTED.fullmatch(text):
        return _of_parts(found[3], found[2], found[1], found[4])
    if (found := SLASHED.fullmatch(text)) and day_first is not None:
        day, month = (found[1], found[2]) if day_first else (found[2], found[1])
        return _of_parts(found[3], month, day, found[4])
    return None if found else _named(text)


def _of_parts(year: str, month: str, day: str, clock: str) -> datetime | None:
    found = CLOCK.fullmatch(clock.strip())
    if not found:
        return None
    hour, minute, second = (int(part or 0) for part in found.groups()[:3])
    half = (found[4] or "").lower()
    hour = hour % 12 + 12 * (half == "pm") if half else hour
    return datetime(int(year), int(month), int(day), hour, minute, second, tzinfo=UTC)


def _named(text: str) -> datetime | None:
    for form in NAMED:
        try:
            return datetime.strptime(text, form).replace(tzinfo=UTC)
        except ValueError:
            continue
    return parsedate_to_datetime(text)
