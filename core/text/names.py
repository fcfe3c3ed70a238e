"""Names: whether a text names a person whose name is known."""

import re

from core.text.found import Found, apart, matches
from core.text.function_words import FUNCTION_WORDS

PART = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
SHORTEST_PART = 3
NUMBERED = re.compile(r"(?=\S*\d)\S{5,}")
"""A customer's number instead of a name."""

WORDS_TOO = """
    will may mark bill rose grace hope faith joy summer april june august sunny rich frank gene art pat sue
    drew chase grant hunter mason page reed wade ray jack dale glen cliff brook dawn eve ivy daisy violet
    lily pearl ruby jade amber crystal ginger rusty sandy stone young king price long short small best good
    day bell bush ford hill lake wood woods field fields park street bank bond cash page west east north
    south winter ernst wolf kurz lang gross klein braun schwarz weiss roth fuchs berg bach stein kaiser
    paz luz sol rosa blanca flores cruz reyes ángel marin blanc petit grand roux noir mrs mr miss herr frau
    señor señora madame monsieur guest customer user client kunde kundin client cliente anonymous unknown test
    """
ALSO_WORDS = frozenset(WORDS_TOO.split())
"""Names that are words of their own: alone they name nobody."""


def names(person: str, text: str) -> list[Found]:
    """Where a text says the name, or a part of the name, of this person, or their number or address.

    A part counts if it has three letters or more, is written with a capital, and is no word of its own.
    """
    told = " ".join(person.split())
    whole = [told] if " " in told or "@" in told or NUMBERED.fullmatch(told) else []
    parts = [part for part in PART.findall(told.split("@")[0]) if _tells(part)]
    found = [
        one
        for wanted in (*whole, *parts)
        for one in matches(_pattern(wanted), text, "customer's name")
        if wanted in whole or one.text[0].isupper()
    ]
    return apart(found)


def _tells(part: str) -> bool:
    small = part.casefold()
    known = small in ALSO_WORDS or any(small in words for words in FUNCTION_WORDS.values())
    return len(part) >= SHORTEST_PART and not known


def _pattern(wanted: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w){re.escape(wanted)}(?!\w)", re.IGNORECASE)
