"""Language: which one a text is written in, told by its script and its function words, or not told at all.

Function words make up a third or more of running text, and each language has its own: the oldest dependable
way to tell languages apart (Grefenstette 1995, "Comparing two language identification schemes": about as good
as trigrams but for short sentences). It needs no model file, and where it is not certain it says so.
"""

import re
from collections import Counter
from collections.abc import Mapping

from core.text.fingerprint import normalised
from core.text.function_words import FUNCTION_WORDS

FEWEST_WORDS = 8
FEWEST_HITS = 4
FEWEST_DISTINCT = 3
LEAST_SHARE = 0.16
"""Of all words, those that are function words of the language."""
LEAD = 1.8
"""How many times the score of the next language the first one must have."""
FEWEST_LETTERS = 8
"""In a script that is one language's own."""
SCRIPT_SHARE = 0.6
KANA_SHARE = 0.1

NOT_PROSE = re.compile(r"https?://\S+|www\.\S+|\S+@\S+|[`{<\[][^`}>\]]*[`}>\]]")
WORD = re.compile(r"[^\W\d_]+")

SCRIPTS: Mapping[str, tuple[tuple[int, int], ...]] = {
    "Latin": ((0x41, 0x24F), (0x1E00, 0x1EFF)),
    "Greek": ((0x370, 0x3FF), (0x1F00, 0x1FFF)),
    "Cyrillic": ((0x400, 0x52F),),
    "Hebrew": ((0x590, 0x5FF),),
    "Arabic": ((0x600, 0x6FF), (0x750, 0x77F)),
    "Devanagari": ((0x900, 0x97F),),
    "Bengali": ((0x980, 0x9FF),),
    "Tamil": ((0xB80, 0xBFF),),
    "Thai": ((0xE00, 0xE7F),),
    "Georgian": ((0x10A0, 0x10FF),),
    "Hangul": ((0x1100, 0x11FF), (0xAC00, 0xD7AF)),
    "Kana": ((0x3040, 0x30FF),),
    "Han": ((0x3400, 0x4DBF), (0x4E00, 0x9FFF)),
}
NAMES: Mapping[str, str] = {
    "Greek": "Greek",
    "Cyrillic": "a language in Cyrillic script",
    "Hebrew": "Hebrew",
    "Arabic": "a language in Arabic script",
    "Devanagari": "a language in Devanagari script",
    "Bengali": "Bengali",
    "Tamil": "Tamil",
    "Thai": "Thai",
    "Georgian": "Georgian",
    "Hangul": "Korean",
    "Kana": "Japanese",
    "Han": "Chinese",
}


def language_of(text: str) -> str | None:
    """The name of the language a text is written in; None where it is too short, mixed or not known.

    Where one script serves several languages that are not told apart here, the script is named instead.
    """
    prose = NOT_PROSE.sub(" ", normalised(text))
    script = _script(prose)
    if script is None:
        return None
    return _latin(WORD.findall(prose)) if script == "Latin" else NAMES[script]


def _script(prose: str) -> str | None:
    """The script of most letters, if there are enough of them."""
    if prose.isascii():
        return "Latin" if sum(map(str.isalpha, prose)) >= FEWEST_LETTERS else None
    letters: Counter[str] = Counter()
    for letter, count in Counter(prose).items():
        if letter.isalpha():
            letters[_script_of(ord(letter))] += count
    total, kana = letters.total(), letters["Kana"]
    letters["Han"] += kana
    script = max(letters, key=letters.__getitem__)
    if not script or letters[script] < max(FEWEST_LETTERS, SCRIPT_SHARE * total):
        return None
    return "Kana" if script == "Han" and kana >= KANA_SHARE * letters["Han"] else script


def _script_of(point: int) -> str:
    return next(
        (
            script
            for script, ranges in SCRIPTS.items()
            if any(first <= point <= last for first, last in ranges)
        ),
        "",
    )


def _latin(words: list[str]) -> str | None:
    """The language whose function words a text is full of, if no other comes near.

    A word that several languages share speaks for each of them only in part.
    """
    if len(words) < FEWEST_WORDS:
        return None
    counts = Counter(words)
    scores = dict.fromkeys(FUNCTION_WORDS, 0.0)
    for word, count in counts.items():
        speakers = SPEAKERS.get(word, ())
        for language in speakers:
            scores[language] += count / len(speakers)
    best, following, *_ = sorted(scores, key=scores.__getitem__, reverse=True)
    known = [word for word in counts if word in FUNCTION_WORDS[best]]
    hits = sum(counts[word] for word in known)
    enough = hits >= max(FEWEST_HITS, LEAST_SHARE * len(words)) and len(known) >= FEWEST_DISTINCT
    return best if enough and scores[best] >= LEAD * scores[following] else None


def _speakers() -> Mapping[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for language, words in FUNCTION_WORDS.items():
        for word in words:
            found.setdefault(word, []).append(language)
    return {word: tuple(languages) for word, languages in found.items()}


SPEAKERS = _speakers()
"""The languages that have a word among their function words."""
