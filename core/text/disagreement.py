"""Disagreement: where two texts that answer the same question state things that cannot both be right."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from core.text.found import plain
from core.text.quantities import Quantity, quantities
from core.text.words import SMALL_WORDS, weigh, words

SENTENCE = re.compile(r"[^.!?\n;]+(?:\.\d+[^.!?\n;]*)*[.!?]?")
YES = r"yes|yeah|sure|certainly|of course|ja|natürlich|oui|bien sûr|sí|claro|sim|certo|jo|tak|ano|igen|evet"
NO = r"no|nope|sorry,? no|nein|leider nein|leider nicht|non|não|nee|nej|nei|nie|hayır|nem"
LEAD = re.compile(rf"\W*(?:(?P<yes>{YES})|(?P<no>{NO}))\s*[,.:;!–—-]", re.IGNORECASE)
NEGATIONS = r"""
    not | never | cannot | no[ ]longer | nobody | nothing | neither | nor | without | unable | \w+n't
    | nicht | kein(?:e[nmrs]?)? | niemals | nie | ohne | pas | jamais | aucune? | sans | nunca | ningún
    | ninguna | jamás | non | mai | nessun[oa]? | niet | geen | nooit | não | inte | aldrig | ikke | aldri
    | ei | eivät | nem | değil
"""
NEGATION = re.compile(rf"\b(?:{NEGATIONS})\b", re.IGNORECASE | re.VERBOSE)
SAME_SENTENCE = 0.75
"""Of the weight of the words of two sentences, what they share if they are the same but for a negation."""


SAME_TEXT = 0.8
"""From this likeness on two texts are the same but for a few words."""


class Kind(StrEnum):
    """What two texts disagree on, the gravest first."""

    ANSWER = "answer"
    NEGATION = "negation"
    FIGURE = "figure"


@dataclass(frozen=True)
class Clash:
    """One point on which two texts disagree: the words of each of them, as they stand there."""

    kind: Kind
    one: tuple[str, ...]
    other: tuple[str, ...]


def clashes(one: str, other: str) -> tuple[Clash, ...]:
    """Where two texts disagree: yes and no, a sentence and its negation, other figures of one thing."""
    return (*_answers(one, other), *_negations(one, other), *_figures(one, other))


def likeness(one: str, other: str) -> float:
    """The share of the weight of two texts' words that both have (a weighted Jaccard index)."""
    first, second = frozenset(words(one)), frozenset(words(other))
    return weigh(first & second) / weigh(first | second) if first | second else 1.0


def _answers(one: str, other: str) -> tuple[Clash, ...]:
    first, second = LEAD.match(one), LEAD.match(other)
    if first is None or second is None or bool(first["yes"]) == bool(second["yes"]):
        return ()
    return (Clash(Kind.ANSWER, (_lead(first),), (_lead(second),)),)


def _lead(match: re.Match[str]) -> str:
    return match["yes"] or match["no"] or ""


def _negations(one: str, other: str) -> tuple[Clash, ...]:
    """Sentences that differ in little more than a negation."""
    others = [(sentence, _content(sentence), _is_negated(sentence)) for sentence in _sentences(other)]
    found = []
    for sentence in _sentences(one):
        content, negated = _content(sentence), _is_negated(sentence)
        for against, its_content, its_negation in others:
            if negated != its_negation and _same(content, its_content):
                found.append(Clash(Kind.NEGATION, (sentence,), (against,)))
                break
    return tuple(found)


def _figures(one: str, other: str) -> Iterator[Clash]:
    """Quantities of one unit of which each text has some that the other lacks.

    In two texts that are the same but for a few words each figure counts, also without a unit, and how often
    it stands there; otherwise only whether it does.
    """
    same = likeness(one, other) >= SAME_TEXT
    first, second = _by_unit(one), _by_unit(other)
    for unit in first:
        if not (unit or same):
            continue
        here, there = first[unit], second.get(unit, [])
        gone, come = _lacking(here, there, same), _lacking(there, here, same)
        if gone and come:
            yield Clash(Kind.FIGURE, gone, come)


def _by_unit(text: str) -> dict[str, list[Quantity]]:
    found: dict[str, list[Quantity]] = {}
    for quantity in quantities(text):
        found.setdefault(quantity.unit, []).append(quantity)
    return found


def _lacking(here: Sequence[Quantity], there: Sequence[Quantity], each: bool) -> tuple[str, ...]:
    """The quantities of one text, as written, that the other lacks: each of them, or each value once."""
    left = Counter(quantity.value for quantity in there)
    lacking = []
    for quantity in here:
        if not left[quantity.value]:
            lacking.append(quantity.written)
        left[quantity.value] -= each
    return tuple(dict.fromkeys(lacking))


def _sentences(text: str) -> list[str]:
    return [sentence.strip() for sentence in SENTENCE.findall(plain(text)) if sentence.strip()]


def _is_negated(sentence: str) -> bool:
    return len(NEGATION.findall(sentence)) % 2 == 1


def _content(sentence: str) -> frozenset[str]:
    return frozenset(words(NEGATION.sub(" ", sentence))) - SMALL_WORDS


def _same(one: frozenset[str], other: frozenset[str]) -> bool:
    either = one | other
    return len(either) > 1 and weigh(one & other) >= SAME_SENTENCE * weigh(either)
