"""National identity numbers: of some countries, told by their shape and any check digit they have.

A number that has no dependable shape of its own counts only where a word before it says what it is.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from core.text.check_digits import luhn, mod11_10, value_of, weighted
from core.text.found import LONG_NUMBER, Found, apart, plain

Proof = Callable[[str], bool]
"""Whether the letters and digits of a number, without its separators, prove right."""


@dataclass(frozen=True)
class Kind:
    """One country's number: its name, shape and proof, and the words that must announce it, if any must."""

    name: str
    shape: re.Pattern[str]
    proof: Proof = lambda _: True
    announced_by: re.Pattern[str] | None = None


MIXED = re.compile(r"\b(?=(?:[A-Z]*\d){5})[A-Z0-9]{6,18}\b")
"""As in Italy, and in many passports: letters stand between the digits."""

REACH = 40
"""Characters before a number within which a word announces it."""


def national_ids(text: str) -> list[Found]:
    """The national identity numbers in a text."""
    shown = plain(text)
    if not (LONG_NUMBER.search(shown) or MIXED.search(shown)):
        return []
    return [
        Found(one.start, one.end, text[one.start : one.end], one.what) for one in apart(_national_ids(shown))
    ]


def _national_ids(text: str) -> Iterator[Found]:
    for kind in KINDS:
        for match in kind.shape.finditer(text):
            announced = kind.announced_by is None or kind.announced_by.search(
                text[max(0, match.start() - REACH) : match.start()]
            )
            if announced and kind.proof(re.sub(r"[^0-9A-Za-z]", "", match.group()).upper()):
                yield Found(*match.span(), match.group(), kind.name)


def _date(year: str, month: str, day: str) -> bool:
    return year.isdigit() and 1 <= int(month) <= 12 and 1 <= int(day) <= 31  # noqa: PLR2004 - a calendar's


def _belgian(digits: str) -> bool:
    """97 less the remainder of the first nine, with a 2 before them for those born since 2000."""
    nine, check = digits[:9], int(digits[9:])
    return _date(nine[:2], nine[2:4], nine[4:6]) and check in {
        97 - int(nine) % 97,
        97 - int(f"2{nine}") % 97,
    }


def _brazilian(digits: str) -> bool:
    return len(set(digits)) > 1 and all(
        int(digits[place]) == weighted(digits[:place], range(place + 1, 1, -1)) * 10 % 11 % 10
        for place in (9, 10)
    )


def _chinese(number: str) -> bool:
    """ISO/IEC 7064, MOD 11-2; GB 11643."""
    rest = sum((1 << (17 - place)) * value_of(digit) for place, digit in enumerate(number[:17])) % 11
    return _date(number[6:10], number[10:12], number[12:14]) and number[17] == "10X98765432"[rest]


def _dutch(digits: str) -> bool:
    total = weighted(digits[:8], range(9, 1, -1)) - int(digits[8])
    return total % 11 == 0 and int(digits) > 0


def _finnish(number: str) -> bool:
    signs = "0123456789ABCDEFHJKLMNPRSTUVWXY"
    digits = number[:6] + number[-4:-1]
    return _date(number[4:6], number[2:4], number[:2]) and number[-1] == signs[int(digits) % 31]


def _french(number: str) -> bool:
    """97 less the remainder; the two halves of Corsica count as 19 and 18."""
    digits = number[:13].replace("2A", "19").replace("2B", "18")
    return digits.isdigit() and int(number[13:]) == 97 - int(digits) % 97


def _german(digits: str) -> bool:
    """One digit of the first ten comes twice or three times, and ISO/IEC 7064, MOD 11,10."""
    repeated = [digits[:10].count(digit) for digit in set(digits[:10])]
    return max(repeated) in {2, 3} and sum(one > 1 for one in repeated) == 1 and mod11_10(digits)


def _health(digits: str) -> bool:
    return (11 - weighted(digits, range(10, 1, -1)) % 11) % 11 == int(digits[9])


def _italian(code: str) -> bool:
    odd = (1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23)
    places = [int(sign) if sign.isdigit() else ord(sign) - ord("A") for sign in code[:15]]
    total = sum(place if number % 2 else odd[place] for number, place in enumerate(places))
    return code[15] == chr(ord("A") + total % 26)


def _norwegian(digits: str) -> bool:
    first = weighted(digits, (3, 7, 6, 1, 8, 9, 4, 5, 2, 1))
    second = weighted(digits, (5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1))
    day = str(int(digits[:2]) % 40)
    return _date(digits[4:6], digits[2:4], day) and first % 11 == 0 and second % 11 == 0


def _polish(digits: str) -> bool:
    month = str(int(digits[2:4]) % 20)
    return (
        _date(digits[:2], month, digits[4:6])
        and weighted(digits, (1, 3, 7, 9, 1, 3, 7, 9, 1, 3, 1)) % 10 == 0
    )


def _spanish(number: str) -> bool:
    digits = number[:-1].translate(str.maketrans("XYZ", "012"))
    return number[-1] == "TRWAGMYFPDXBNJZSQVHLCKE"[int(digits) % 23]


def _swedish(digits: str) -> bool:
    ten = digits[-10:]
    return _date(ten[:2], ten[2:4], str(int(ten[4:6]) % 60)) and luhn(ten)


def _swiss(digits: str) -> bool:
    return weighted(digits, (1, 3) * 7) % 10 == 0


def _shape(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w.,+/-])(?:{pattern})(?![\w/-]|[.,]\d)")


def _words(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{pattern})", re.IGNORECASE)


KINDS = (
    Kind("US social security number", _shape(r"(?!000|666|9\d\d)\d{3}-(?!00)\d\d-(?!0000)\d{4}")),
    Kind(
        "US social security number",
        _shape(r"(?!000|666|9\d\d)\d{3}[ -]?(?!00)\d\d[ -]?(?!0000)\d{4}"),
        announced_by=_words(r"SSN\b|social security"),
    ),
    Kind(
        "British national insurance number",
        _shape(r"(?!BG|GB|NK|KN|TN|NT|ZZ)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z] ?\d\d ?\d\d ?\d\d ?[A-D]"),
    ),
    Kind("British NHS number", _shape(r"\d{3}[ -]?\d{3}[ -]?\d{4}"), _health, _words("NHS")),
    Kind("Spanish DNI or NIE", _shape(r"(?:\d{8}|[XYZxyz]-?\d{7})-?[A-Za-z]"), _spanish),
    Kind("Italian codice fiscale", _shape(r"[A-Z]{6}\d\d[A-EHLMPRST]\d\d[A-Z]\d{3}[A-Z]"), _italian),
    Kind(
        "French social security number",
        _shape(r"[12] ?\d\d ?(?:0[1-9]|1[0-2]|[2-4]\d) ?(?:\d\d|2[AB]) ?\d{3} ?\d{3} ?\d\d"),
        _french,
    ),
    Kind(
        "German tax number",
        _shape(r"[1-9]\d ?\d{3} ?\d{3} ?\d{3}"),
        _german,
        _words(r"steuer|id-?nr|tax id|TIN\b"),
    ),
    Kind("Dutch BSN", _shape(r"\d{9}|\d{3}[ .]\d{3}[ .]\d{3}"), _dutch, _words(r"BSN\b|burgerservice|sofi")),
    Kind("Belgian national number", _shape(r"\d\d\.\d\d\.\d\d-\d{3}\.\d\d"), _belgian),
    Kind("Polish PESEL", _shape(r"\d{11}"), _polish, _words("PESEL")),
    Kind("Swedish personnummer", _shape(r"(?:19|20)?\d{6}[-+]\d{4}"), _swedish),
    Kind("Finnish henkilötunnus", _shape(r"\d{6}[-+A]\d{3}[0-9A-FHJ-NPR-Y]"), _finnish),
    Kind("Norwegian fødselsnummer", _shape(r"\d{6} ?\d{5}"), _norwegian),
    Kind("Swiss AHV number", _shape(r"756\.\d{4}\.\d{4}\.\d\d"), _swiss),
    Kind("Brazilian CPF", _shape(r"\d{3}\.\d{3}\.\d{3}-\d\d"), _brazilian),
    Kind("Chinese resident number", _shape(r"[1-9]\d{16}[0-9Xx]"), _chinese),
    Kind(
        "passport number",
        _shape(r"(?=(?:[A-Z]*\d){5})[A-Z]{0,2}\d[A-Z0-9]{5,8}"),
        announced_by=_words(r"passport|reisepass|passeport|pasaporte|passaporto|passaporte|paspoort"),
    ),
)
