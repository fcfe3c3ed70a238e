"""Near-duplicates: texts that share most of their wording, found by word shingles."""

import itertools
import re
from collections import defaultdict
from collections.abc import Hashable, Iterator, Mapping, Sequence

from core.text.fingerprint import normalised

SHINGLE = 3
THRESHOLD = 0.5
COMMON = 200
"""The texts of a shingle that is in more of them are compared with a few leaders, not each with each."""
LEADERS = 20
"""So many leaders has a common shingle; wordings that differ in a number alone find theirs at once."""

WORD = re.compile(r"\w+")


def shingles(text: str) -> frozenset[str]:
    """The runs of three words of a text; of a shorter text, the text itself."""
    words = WORD.findall(normalised(text))
    if len(words) < SHINGLE:
        return frozenset({" ".join(words)})
    return frozenset(" ".join(words[start : start + SHINGLE]) for start in range(len(words) - SHINGLE + 1))


def groups(texts: Sequence[str], also_together: Sequence[Sequence[Hashable]] = ()) -> list[int]:
    """A group number for each text: near-duplicates share one, and so does what must stay together.

    Two texts are near-duplicates when the Jaccard index of their shingles is at least 0.5 (Broder 1997, "On
    the resemblance and containment of documents"); groups are the connected components.

    Args:
        texts: the texts.
        also_together: further keys of each text, such as its ticket; an equal key joins two texts. Each
            sequence is as long as `texts`; None joins nothing.

    Returns:
        Numbers from 0, in the order in which the groups first appear.
    """
    parents = list(range(len(texts)))
    sets = [shingles(text) for text in texts]
    distinct: dict[frozenset[str], int] = {}
    for index, words in enumerate(sets):
        _join(parents, distinct.setdefault(words, index), index)
    for first, second in _near_pairs({index: words for words, index in distinct.items()}):
        _join(parents, first, second)
    for keys in also_together:
        seen: dict[Hashable, int] = {}
        for index, key in enumerate(keys):
            if key is not None:
                _join(parents, seen.setdefault(key, index), index)
    numbers: dict[int, int] = {}
    return [numbers.setdefault(_root(parents, index), len(numbers)) for index in range(len(texts))]


def _near_pairs(sets: Mapping[int, frozenset[str]]) -> Iterator[tuple[int, int]]:
    holders: dict[str, list[int]] = defaultdict(list)
    for index, words in sets.items():
        for shingle in words:
            holders[shingle].append(index)
    candidates = {
        pair
        for indices in holders.values()
        if len(indices) <= COMMON
        for pair in itertools.combinations(indices, 2)
    }
    yield from (pair for pair in candidates if _near(sets[pair[0]], sets[pair[1]]))
    for indices in holders.values():
        if len(indices) > COMMON:
            yield from _near_leaders(sets, indices)


def _near_leaders(sets: Mapping[int, frozenset[str]], indices: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Each text with the first leader that it is near to; one that is near to none becomes a leader."""
    leaders: list[int] = []
    for index in indices:
        near = next((leader for leader in leaders if _near(sets[leader], sets[index])), None)
        if near is not None:
            yield near, index
        elif len(leaders) < LEADERS:
            leaders.append(index)


def _near(one: frozenset[str], other: frozenset[str]) -> bool:
    both = len(one & other)
    return both >= THRESHOLD * (len(one) + len(other) - both)


def _root(parents: list[int], index: int) -> int:
    while parents[index] != index:
        parents[index] = parents[parents[index]]
        index = parents[index]
    return index


def _join(parents: list[int], first: int, second: int) -> None:
    low, high = sorted((_root(parents, first), _root(parents, second)))
    parents[high] = low
