"""Near-duplicates: texts that share most of their wording, found by word shingles."""

import math
import re
from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from core.text.fingerprint import normalised

SHINGLE = 3
THRESHOLD = 0.5

WORD = re.compile(r"\w+")

Places = NDArray[np.intp]


def shingles(text: str) -> frozenset[str]:
    """The runs of three words of a text; of a shorter text, the text itself."""
    words = WORD.findall(normalised(text))
    if len(words) < SHINGLE:
        return frozenset({" ".join(words)})
    return frozenset(" ".join(words[start : start + SHINGLE]) for start in range(len(words) - SHINGLE + 1))


def groups(texts: Sequence[str]) -> list[int]:
    """A group number for each text: near-duplicates share one.

    Two texts are near-duplicates when the Jaccard index of their shingles is at least 0.5 (Broder 1997, "On
    the resemblance and containment of documents"); groups are the connected components.

    Returns:
        Numbers from 0, in the order in which the groups first appear.
    """
    sets = [shingles(text) for text in texts]
    distinct = sorted(dict.fromkeys(sets), key=len)
    component = dict(zip(distinct, _components(distinct).tolist(), strict=True))
    return _numbered(component[words] for words in sets)


def joined(*keys: Sequence[Hashable]) -> list[int]:
    """A group number for each place: places with an equal key share one, and so do chains of them.

    Args:
        keys: sequences of equal length, such as each text's near-duplicate group and its ticket; None joins
            nothing.

    Returns:
        Numbers from 0, in the order in which the groups first appear.
    """
    parents = list(range(len(keys[0])))
    for named in keys:
        seen: dict[Hashable, int] = {}
        for place, key in enumerate(named):
            if key is not None:
                parents[_root(parents, place)] = _root(parents, seen.setdefault(key, place))
    return _numbered(_root(parents, place) for place in range(len(parents)))


def _components(sets: Sequence[frozenset[str]]) -> Places:
    """The connected component of each of these sets, which are in order of size."""
    component = np.arange(len(sets))
    for place, candidates in _candidates(sets, component):
        left = candidates
        while left.size:
            other, left = left[0], left[1:]
            if _near(sets[other], sets[place]):
                component[component == component[other]] = component[place]
                left = left[component[left] != component[place]]
    return component


def _candidates(sets: Sequence[frozenset[str]], component: Places) -> Iterator[tuple[int, Places]]:
    """Each set with the earlier ones that may be near to it and are not in its component yet.

    Prefix filtering (Chaudhuri, Ganti and Kaushik 2006, "A primitive operator for similarity joins in data
    cleaning"; Bayardo, Ma and Srikant 2007, "Scaling up all pairs similarity search"): with all shingles in
    one order, two sets that are near share one within the prefixes of both. No pair is missed, and with the
    rarest first, few pairs are met.
    """
    prefixes = _prefixes(sets)
    holders = _holders(prefixes)
    sizes = np.array([len(words) for words in sets], dtype=np.intp)
    rests = sizes - np.array([len(prefix) for prefix in prefixes], dtype=np.intp)
    long_enough = np.searchsorted(sizes, THRESHOLD * sizes)
    for place, prefix in enumerate(prefixes):
        held = [holders[shingle] for shingle in prefix if shingle in holders]
        if not held:
            continue
        met = np.concatenate([one[slice(*one.searchsorted((long_enough[place], place)))] for one in held])
        others, shared = np.unique(met[component[met] != component[place]], return_counts=True)
        # Beyond the prefix that ends first in the common order, only the rest of its set can be shared.
        most = shared + np.maximum(rests[others], rests[place])
        possible = most >= THRESHOLD * (sizes[others] + sizes[place] - most)
        yield place, others[possible]


def _prefixes(sets: Sequence[frozenset[str]]) -> list[list[str]]:
    """The rarest shingles of each set, so many that two sets without a common one are not near."""
    frequency = Counter(shingle for words in sets for shingle in words)
    return [
        sorted(words, key=lambda shingle: (frequency[shingle], shingle))[
            : len(words) - math.ceil(THRESHOLD * len(words)) + 1
        ]
        for words in sets
    ]


def _holders(prefixes: Sequence[Sequence[str]]) -> dict[str, Places]:
    """The places, ascending, of the prefixes that hold a shingle, for each that is in more than one."""
    places: dict[str, list[int]] = defaultdict(list)
    for place, prefix in enumerate(prefixes):
        for shingle in prefix:
            places[shingle].append(place)
    return {shingle: np.array(held, dtype=np.intp) for shingle, held in places.items() if len(held) > 1}


def _near(one: frozenset[str], other: frozenset[str]) -> bool:
    both = len(one & other)
    return both >= THRESHOLD * (len(one) + len(other) - both)


def _root(parents: list[int], place: int) -> int:
    while parents[place] != place:
        parents[place] = parents[parents[place]]
        place = parents[place]
    return place


def _numbered(labels: Iterable[int]) -> list[int]:
    """The labels numbered from 0 in the order in which they first appear."""
    numbers: dict[int, int] = {}
    return [numbers.setdefault(label, len(numbers)) for label in labels]
