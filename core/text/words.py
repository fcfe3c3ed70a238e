"""Words: a text taken apart, each word with its weight for telling what the text is about."""

import re
from collections.abc import Iterable

from core.text.fingerprint import normalised
from core.text.function_words import COURTESY, FUNCTION_WORDS

WORD = re.compile(r"\w+")
IDEOGRAPH = re.compile(r"[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff]")
SMALL, TELLING_WEIGHT = 1, 10
"""What a function word or a courtesy weighs, and what any other word does."""
TELL = """
    why when where who must without before after from until ohne vor nach bis warum wann wo wer sans avant
    après pourquoi quand où qui jusqu sin antes después quién cuándo dónde hasta
"""
TELLING = frozenset(TELL.split())
"""Function words that change what is asked."""
CONTENT = """
    an bar ben bon bus cal care comment die door far fast fins ham hat her man mange met mine more most need
    net ons plus pod pot pour sad sage sam sat see sense sent ser ses son tag ten time ton van vet ville war
"""
CONTENT_SOMEWHERE = frozenset(CONTENT.split())
"""Function words of one language that are words with content in another."""

SMALL_WORDS = (frozenset().union(*FUNCTION_WORDS.values()) | COURTESY) - TELLING - CONTENT_SOMEWHERE


def words(text: str) -> list[str]:
    """The words of a text in order, normalised."""
    return WORD.findall(normalised(text))


def count_words(text: str) -> int:
    """How many words a text has; each ideograph and kana counts as one."""
    without, ideographs = IDEOGRAPH.subn(" ", text)
    return len(WORD.findall(without)) + ideographs


def tells(word: str) -> bool:
    """Whether a word says something of what a text is about."""
    return len(word) > 1 and word not in SMALL_WORDS


def weight(word: str) -> int:
    """How much a word says of what a text is about."""
    return TELLING_WEIGHT if tells(word) else SMALL


def weigh(found: Iterable[str]) -> int:
    """The weight of words together."""
    return sum(map(weight, found))
