"""The words of the taught questions, and pairs of neighbours, each counting the more the rarer it is."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, pairwise

import numpy as np

from core.engine.encoder.encoder import Vectors

_WORD = re.compile(r"\w\w+")
_MOST_TERMS = 2048
_MOST_NUMBERS = 4_000_000
_WHOLE_FROM = 24
"""From so many words on, a question's words weigh as much as its meaning."""
_LEAST_WEIGHT = 0.5


@dataclass(frozen=True)
class Words:
    """Words and pairs that are known, by place; how rare each is; and what they weigh beside the meaning."""

    places: dict[str, int]
    rarity: Vectors
    weight: float

    @classmethod
    def of(cls, questions: Sequence[str]) -> "Words":
        """Those that most of the questions hold; of a large file fewer, so that training stays quick.

        In a short question most words are chance, so they weigh less: half as much as the meaning, up to
        twelve words on the mean, and as much from twenty-four on.
        """
        counted = [Counter(_terms(question)) for question in questions]
        holding = Counter(chain.from_iterable(counted))
        most = min(_MOST_TERMS, max(_MOST_NUMBERS // len(questions), 1))
        known = sorted(holding, key=lambda term: (-holding[term], term))[:most]
        held = np.asarray([holding[term] for term in known], np.float32)
        rarity = np.log((1 + len(questions)) / (1 + held)) + 1
        length = float(np.mean([len(question.split()) for question in questions]))
        weight = min(max(length / _WHOLE_FROM, _LEAST_WEIGHT), 1.0)
        places = {term: place for place, term in enumerate(known)}
        return cls(places, rarity.astype(np.float32), weight)

    def read(self, texts: Sequence[str]) -> Vectors:
        """TF-IDF: (1 + ln of how often) × rarity, each row of length 1, or 0 where no word is known."""
        rows = np.zeros((len(texts), len(self.places)), np.float32)
        for row, text in zip(rows, texts, strict=True):
            counts = Counter(place for term in _terms(text) if (place := self.places.get(term)) is not None)
            if counts:
                there = list(counts)
                values = (1 + np.log(list(counts.values()))) * self.rarity[there]
                row[there] = values / np.linalg.norm(values)
        return rows


def _terms(text: str) -> Iterator[str]:
    words = _WORD.findall(unicodedata.normalize("NFKC", text).lower())
    yield from words
    yield from map(" ".join, pairwise(words))
