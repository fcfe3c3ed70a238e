"""Near-identical questions: those that ask the same in almost the same words, found among very many."""

import itertools
from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from core.text.disagreement import NEGATION
from core.text.found import plain
from core.text.quantities import quantities
from core.text.words import SMALL, TELLING_WEIGHT, tells, weigh, weight, words

LEAST = 0.88
"""Of the weight of all words of two questions, what they share (a weighted Jaccard index)."""
LEAST_IN_ORDER = 0.5
"""The Jaccard index of their pairs of neighbouring words, function words left out."""
MOST_HOLDERS = 100
"""With how many others of its length a question is compared for a rare word; more of them are a template."""
EVERY = 2_000
"""After how many questions progress is told."""

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Asked:
    """A question as it is compared.

    Attributes:
        telling: the words that say what it is about.
        small: its other words.
        pairs: its telling words, each with the next one.
        exact: its figures and its negation, which have to be equal.
        weight: of all its words.
    """

    telling: frozenset[str]
    small: frozenset[str]
    pairs: frozenset[tuple[str, str]]
    exact: Hashable
    weight: int


@dataclass(frozen=True, order=True)
class Near:
    """Two questions by their places, the first below the second, and how alike they are, from 0.88 to 1."""

    first: int
    second: int
    likeness: float


def asked(text: str) -> Asked:
    """A question ready to be compared."""
    found = words(text)
    telling = [word for word in found if tells(word)]
    distinct = frozenset(telling)
    figures = frozenset((quantity.unit, quantity.value) for quantity in quantities(text))
    negated = len(NEGATION.findall(plain(text))) % 2
    pairs = frozenset(itertools.pairwise(telling))
    return Asked(distinct, frozenset(found) - distinct, pairs, (figures, negated), weigh(frozenset(found)))


def how_near(one: Asked, other: Asked) -> float | None:
    """How alike two questions are, if they ask the same: the same figures, negation, and almost all words.

    A telling word in the place of another one makes another question, however long the rest is.
    """
    swapped = one.telling - other.telling and other.telling - one.telling
    if swapped or one.exact != other.exact:
        return None
    shared = TELLING_WEIGHT * len(one.telling & other.telling) + SMALL * len(one.small & other.small)
    either = one.weight + other.weight - shared
    if not either or shared < LEAST * either:
        return None
    in_order = len(one.pairs & other.pairs)
    if in_order < LEAST_IN_ORDER * (len(one.pairs) + len(other.pairs) - in_order):
        return None
    return shared / either


def near_identical(questions: Sequence[Asked], progress: Progress | None = None) -> Iterator[Near]:
    """Each pair of near-identical questions, met by the same telling words or by a shared rare one.

    Prefix filtering (Chaudhuri, Ganti and Kaushik 2006; Bayardo, Ma and Srikant 2007) with weights: two sets
    that share the weight needed share a word among the rarest of each, those that weigh more than the rest
    may miss. Nothing is missed but where more than `MOST_HOLDERS` questions of about one length have the same
    rare word, or the same telling words.
    """
    ranks = _ranks(questions)
    order = sorted(range(len(questions)), key=lambda place: questions[place].weight)
    holders: dict[Hashable, list[int]] = defaultdict(list)
    for done, place in enumerate(order):
        if progress is not None and done % EVERY == 0:
            progress(done, len(order))
        question = questions[place]
        keys: list[Hashable] = [question.telling, *_prefix(question, ranks)]
        for other in _met(question, keys, holders, questions):
            likeness = how_near(question, questions[other])
            if likeness is not None:
                yield Near(min(place, other), max(place, other), likeness)
        for key in keys:
            holders[key].append(place)


def _ranks(questions: Sequence[Asked]) -> Mapping[str, int]:
    """All words in the order of prefixes: telling ones before the others, the rarest first."""
    frequency: Counter[str] = Counter()
    for question in questions:
        frequency.update(question.telling)
        frequency.update(question.small)
    ordered = sorted(frequency, key=lambda word: (-weight(word), frequency[word], word))
    return {word: rank for rank, word in enumerate(ordered)}


def _prefix(question: Asked, ranks: Mapping[str, int]) -> list[str]:
    """The rarest words, until what is left of the question weighs less than two near ones must share."""
    left = question.weight
    prefix = []
    for word in sorted(question.telling | question.small, key=ranks.__getitem__):
        if left < LEAST * question.weight:
            break
        prefix.append(word)
        left -= weight(word)
    return prefix


def _met(
    question: Asked,
    keys: Sequence[Hashable],
    holders: Mapping[Hashable, list[int]],
    questions: Sequence[Asked],
) -> set[int]:
    """The earlier, lighter questions that share a key and are heavy enough."""
    least = LEAST * question.weight
    met: set[int] = set()
    for key in keys:
        for other in reversed(holders.get(key, ())[-MOST_HOLDERS:]):
            if questions[other].weight < least:
                break
            met.add(other)
    return met
