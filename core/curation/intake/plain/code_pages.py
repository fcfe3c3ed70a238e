"""Code pages: in which of the old encodings a text that is not Unicode was written."""

import math
import re
import unicodedata
from functools import cache

from charset_normalizer import from_bytes

from core.text.function_words import FUNCTION_WORDS

WESTERN = "cp1252"
LATIN = (WESTERN, "cp1250", "cp1254", "cp1257", "iso8859_2", "mac_roman", "cp850")
OTHER_SCRIPTS = ("cp1251", "cp1253", "cp1255", "cp1256", "cp874", "koi8_r")
SEVERAL_BYTES = ("cp932", "euc_jp", "big5", "gb18030", "cp949")
PLAIN = {"cp932": "shift_jis", "cp949": "euc_kr", "gb18030": "gb2312"}
"""The well-known subset of an encoding: its name is said where it suffices."""

SAMPLE = 200_000
"""Bytes beyond which more text would not help."""

OTHER_WORDS = """
    и в не на что как это по для мы вы у за к от мне где ваш мой і та що це як мій ви е за се ще
    και το να είναι στο για μου δεν την της που με τα σας
    של את על לא זה עם אני הוא לי מה איך שלי יש אין
    في من على هل لا أن إلى ما هو هذا أنا مع عن
"""
"""Function words of Cyrillic, Greek, Hebrew and Arabic script."""

PUNCTUATION = frozenset("“”„‚‘’«»‹›–—…•·¡¿€£¥§°©®™ªº²³½¼¾×\xa0\xad")
WORD = re.compile(r"[^\W\d_]+")
MIXED = re.compile(r"[a-z](?=[^\W\d_a-z])|[^\W\d_a-z](?=[a-z])", re.IGNORECASE)
"""Two scripts in one word."""

MOST_ODD = 0.1
"""Of the characters beyond ASCII, those that stand where such a character does not."""

MOST_ACCENTED = 0.4
"""Of the letters of a Latin script, those beyond ASCII."""


def code_page(data: bytes) -> str | None:
    """The encoding, by Python's name, that makes most sense of these bytes; None where none does.

    Scripts and encodings of several bytes are told apart by charset-normalizer. Within one script it often
    misses (a French text as Baltic): there the encoding wins in which most function words are found and
    fewest signs stand where they cannot.
    """
    sample = _telling_lines(data)
    named = [
        one.encoding for one in from_bytes(sample, cp_isolation=[*LATIN, *OTHER_SCRIPTS, *SEVERAL_BYTES])
    ]
    if named and named[0] in SEVERAL_BYTES:
        return named[0]
    candidates = dict.fromkeys([WESTERN, *(one for one in named if one not in SEVERAL_BYTES), *LATIN])
    read = {one: text for one in candidates if (text := _decoded(sample, one)) is not None}
    if not read:
        return None
    best = max(read, key=lambda one: _sense(read[one], one))
    if _sense(read[best], best) == -math.inf:
        return None
    return best if _odd(read[best]) <= MOST_ODD * _beyond_ascii(read[best]) else None


def plain_encoding(data: bytes, encoding: str) -> str:
    """The name people know: `shift_jis` for what is a little more than that."""
    plain = PLAIN.get(encoding, encoding)
    return plain if plain == encoding or _decoded(_telling_lines(data), plain) is not None else encoding


def _telling_lines(data: bytes) -> bytes:
    """The lines with something beyond ASCII, up to a sample of them, and the first one."""
    lines = data.split(b"\n")
    told: list[bytes] = lines[:1]
    size = 0
    for line in lines[1:]:
        if not line.isascii():
            told.append(line)
            size += len(line)
        if size > SAMPLE:
            break
    return b"\n".join(told)


def _decoded(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        return None


def _sense(text: str, encoding: str) -> float:
    """How much sense a reading makes; function words of ASCII alone tell nothing."""
    letters = [letter for letter in text if letter.isalpha()]
    accented = [letter for letter in letters if letter > "\x7f"]
    if encoding in LATIN and len(accented) > MOST_ACCENTED * len(letters):
        return -math.inf
    mixed = len(MIXED.findall(text)) if encoding in OTHER_SCRIPTS else 0
    shouted = sum(map(str.isupper, accented)) > len(accented) / 2
    words = [word.casefold() for word in WORD.findall(text) if not word.isascii()]
    return (
        2 * sum(word in _known_words() for word in words) - 3 * (_odd(text) + mixed) - shouted * len(accented)
    )


def _odd(text: str) -> int:
    """Signs that stand where they cannot: a symbol at a letter, a capital after a small one, no character."""
    odd = 0
    before = " "
    for letter, after in zip(text, [*text[1:], " "], strict=True):
        if letter > "\x7f" and letter not in PUNCTUATION:
            if not letter.isalpha() and not unicodedata.category(letter).startswith("M"):
                odd += before.isalpha() or after.isalpha() or unicodedata.category(letter) == "Cc"
            elif letter.isupper() and before.islower():
                odd += 1
        before = letter
    return odd


def _beyond_ascii(text: str) -> int:
    return sum(letter > "\x7f" for letter in text)


@cache
def _known_words() -> frozenset[str]:
    latin = (word for words in FUNCTION_WORDS.values() for word in words if not word.isascii())
    return frozenset([*latin, *OTHER_WORDS.split()])
