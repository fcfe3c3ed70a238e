"""Coverage worked out exactly: every possible study of a size is listed, with its probability."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from scipy.special import gammaln
from scipy.stats import binom

from benchmarks.statistics_worlds import Coverage, Row
from core.verdict.accuracy import FEWEST_FOR_TANGO, FEWEST_FOR_WILSON, paired_interval, share_interval
from core.verdict.arrays import FloatArray, IntArray, Interval
from core.verdict.intervals import mean_interval, shown_interval

BOUND = 0.93
WORLDS = "either side wins 0–100 % of decisive prompts, 0–95 % ties"
SIZES = (10, 12, 15, 20, 30, 50, 100, 150)
TIES = (1e-9, 0.1, 0.3, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95)
LEANS = np.concatenate([np.linspace(0.5, 0.98, 25), np.linspace(0.982, 0.9995, 15)])
CHANGES = (0.005, 0.01, 0.02, 0.035, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.7, 0.9)


@dataclass(frozen=True)
class Studies:
    """All studies of n prompts with three outcomes: how often each occurs in one."""

    n: int
    first: IntArray
    second: IntArray
    third: IntArray

    @classmethod
    def of(cls, n: int) -> "Studies":
        first, second = np.meshgrid(np.arange(n + 1), np.arange(n + 1), indexing="ij")
        kept = first + second <= n
        first, second = first[kept], second[kept]
        return cls(n, first, second, n - first - second)

    def chances(self, first: float, second: float) -> FloatArray:
        """The probability of each study."""
        ways = (
            gammaln(self.n + 1) - gammaln(self.first + 1) - gammaln(self.second + 1) - gammaln(self.third + 1)
        )
        third = max(1 - first - second, 1e-12)
        logs = self.first * np.log(first) + self.second * np.log(second) + self.third * np.log(third)
        return np.asarray(np.exp(ways + logs))


def rows() -> Iterator[Row]:
    """The worst coverage of each interval over its worlds."""
    for n in SIZES:
        yield _preference(n, shown_interval, "mean preference, as shown", BOUND)
    for n in SIZES:
        yield _preference(n, mean_interval, "mean preference, `ci95` unguarded", None)
    for n in (5, 12, 30, 60, FEWEST_FOR_WILSON, 200, 600):
        yield _accuracy(n, share_interval, "accuracy, as shown", BOUND)
    for n in (FEWEST_FOR_TANGO, 30, 50, 100):
        yield _change(n)


def _preference(
    n: int, interval: Callable[[FloatArray], Interval | None], what: str, bound: float | None
) -> Row:
    studies = Studies.of(n)
    cells = zip(studies.first, studies.second, studies.third, strict=True)
    found = [interval(np.repeat([1.0, 0.0, 0.5], cell)) for cell in cells]
    given = np.flatnonzero([one is not None for one in found])
    low, high = _ends([one for one in found if one is not None])
    worlds = []
    for ties in TIES:
        for lean in LEANS:
            first, second = (1 - ties) * lean, (1 - ties) * (1 - lean)
            chances = studies.chances(first, second)[given]
            shown = float(chances.sum())
            right = float(chances[_inside(low, high, first + ties / 2)].sum())
            worlds.append(Coverage(right / shown if shown else 1.0, shown))
    worst = min(worlds, key=lambda world: world.counts)
    return Row("coverage", what, WORLDS, str(n), "exact", worst.right, bound, worst.shown)


def _accuracy(n: int, interval: Callable[[int, int], Interval], what: str, bound: float) -> Row:
    low, high = _ends([interval(hits, n) for hits in range(n + 1)])
    truths = np.linspace(0.05, 0.95, 901)
    chances: FloatArray = np.asarray(binom.pmf(np.arange(n + 1)[:, None], n, truths))
    covered = [float(chances[_inside(low, high, truth), column].sum()) for column, truth in enumerate(truths)]
    return Row("coverage", what, "true share 5–95 %", str(n), "exact", min(covered), bound)


def _change(n: int) -> Row:
    studies = Studies.of(n)
    counts = zip(studies.first.tolist(), studies.second.tolist(), strict=True)
    found = [paired_interval(fixed, broken, n) for fixed, broken in counts]
    low, high = _ends([one for one in found if one is not None])
    worst = 1.0
    for fixed in CHANGES:
        for broken in CHANGES:
            if fixed + broken < 1:
                right = _inside(low, high, fixed - broken)
                worst = min(worst, float(studies.chances(fixed, broken)[right].sum()))
    world = "½–90 % of answers fixed, ½–90 % broken"
    return Row("coverage", "net change of accuracy, as shown", world, str(n), "exact", worst, BOUND)


def _ends(found: list[Interval]) -> tuple[FloatArray, FloatArray]:
    low, high = np.array(found).T
    return low, high


def _inside(low: FloatArray, high: FloatArray, truth: float) -> IntArray:
    return np.flatnonzero((low <= truth + 1e-12) & (truth - 1e-12 <= high))
