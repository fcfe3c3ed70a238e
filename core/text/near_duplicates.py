"""Near-duplicates: texts that share most of their wording, found by word shingles."""

import re
from collections import defaultdict
from collections.abc import Hashable, Sequence

from core.text.fingerprint import normalised

SHINGLE = 3
THRESHOLD = 0.5
COMMON = 200
"""A shingle in more texts than this says nothing about two of them."""

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
    for first, second in _near_pairs([shingles(text) for text in texts]):
        _join(parents, first, second)
    for keys in also_together:
        seen: dict[Hashable, int] = {}
        for index, key in enumerate(keys):
            if key is not None:
                _join(parents, seen.setdefault(key, index), index)
    numbers: dict[int, int] = {}
    return [numbers.setdefault(_root(parents, index), len(numbers)) for index in range(len(texts))]


def _near_pairs(sets: Sequence[frozenset[str]]) -> list[tuple[int, int]]:
    holders: dict[str, list[int]] = defaultdict(list)
    for index, words in enumerate(sets):
        for shingle in words:
            holders[shingle].append(index)
    shared: dict[tuple[int, int], int] = defaultdict(int)
    for indices in holders.values():
        if len(indices) <= COMMON:
            for position, first in enumerate(indices):
                for second in indices[position + 1 :]:
                    shared[first, second] += 1
    return [
        (first, second)
        for (first, second), both in shared.items()
        if both >= THRESHOLD * (len(sets[first]) + len(sets[second]) - both)
    ]


def _root(parents: list[int], index: int) -> int:
    while parents[index] != index:
        parents[index] = parents[parents[index]]
        index = parents[index]
    return index


def _join(parents: list[int], first: int, second: int) -> None:
    low, high = sorted((_root(parents, first), _root(parents, second)))
    parents[high] = low
