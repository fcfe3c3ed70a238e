"""Cycles: three arms that beat each other in a circle, which no single scale of strength can show."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

from core.verdict.preference import PairVerdict
from core.verdict.sequential import ENOUGH, EVEN


@dataclass(frozen=True)
class Cycle:
    """The first arm beats the second, the second the third, the third the first.

    Attributes:
        arms: the three, the first by code point leading.
        weakest: the smallest of the three mean scores (above ½).
        sure: whether each of the three is shown by enough evidence.
    """

    arms: tuple[str, str, str]
    weakest: float
    sure: bool


@dataclass(frozen=True)
class Cycles:
    """All circles among the triples of arms that met pairwise, the firmest first, of how many triples."""

    found: tuple[Cycle, ...]
    triples: int

    @property
    def sentence(self) -> str:
        """What the circles mean, for a person."""
        if not self.triples:
            return "No three arms all met each other, so none can go in a circle."
        if not self.found:
            return f"No circle among {_triples(self.triples)}: the arms can stand in one order."
        first = self.found[0]
        a, b, c = first.arms
        sure = (
            "surely, so no single order of the arms is right"
            if first.sure
            else f"but not surely (the weakest link is {100 * first.weakest:.0f} %), as chance does at times"
        )
        circles = "One circle" if len(self.found) == 1 else f"{len(self.found)} circles"
        among = _triples(self.triples)
        return f"{circles} among {among}: {a} beats {b}, {b} beats {c} and {c} beats {a}, {sure}."


def cycles(pairs: Sequence[PairVerdict]) -> Cycles:
    """Return the intransitive triples (Kendall & Babington Smith 1940, Biometrika 31:324).

    An arm beats another where its mean score over prompts is above ½; level pairs make no circle. A circle is
    sure where each of its pairs holds evidence of 20 times the number of pairs, as all were looked at.
    """
    score, sure = {}, {}
    for pair in pairs:
        if pair.mean is not None:
            score[pair.a, pair.b], score[pair.b, pair.a] = pair.mean, 1 - pair.mean
            sure[frozenset((pair.a, pair.b))] = pair.leads_with(ENOUGH * len(pairs))
    found, triples = [], 0
    for a, b, c in combinations(sorted({arm for met in score for arm in met}), 3):
        if not {(a, b), (b, c), (c, a)} <= score.keys():
            continue
        triples += 1
        for circle in ((a, b, c), (a, c, b)):
            links = [(circle[0], circle[1]), (circle[1], circle[2]), (circle[2], circle[0])]
            weakest = min(score[link] for link in links)
            if weakest > EVEN:
                found.append(Cycle(circle, weakest, all(sure[frozenset(link)] for link in links)))
    return Cycles(tuple(sorted(found, key=lambda one: (not one.sure, -one.weakest, one.arms))), triples)


def _triples(number: int) -> str:
    return "1 triple of arms" if number == 1 else f"{number} triples of arms"
