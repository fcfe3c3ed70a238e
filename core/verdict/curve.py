"""Learning curve: how a score grows with the number of training examples, as a fan and never one line.

The curve is a − b·n^(−c) (Viering & Loog 2023, "The shape of learning curves", IEEE TPAMI 45:7799), refitted
to resamples in which training seeds and test prompts are drawn together.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

import numpy as np
from scipy.stats import t

from core.verdict.arrays import FloatArray, Interval
from core.verdict.crossed import seeds_interval
from core.verdict.intervals import Z95

ENOUGH_SIZES = 5
ENOUGH_SEEDS = 3
ENOUGH_TEST_PROMPTS = 50
"""With fewer sizes, seeds a size or test prompts a fan covers too little, and none is drawn."""

FARTHEST = 2
"""The fan ends at so many times the largest size; what lies beyond was never seen."""

NEGLIGIBLE = 0.01
"""A gain below this (one point) is none to wait for."""

UNLIKELY = 0.2
"""Runs that lie farther off the best curve than this share of such runs do are no such curve."""

RESAMPLES = 1000
_GAIN_TAIL = 0.0125
"""Of the gains this share is left out at either end: of .025, too many true gains lie outside."""

_POINTS = 25
_SMALLEST_SCALE = 0.05
_EXPONENTS = np.geomspace(0.05, 3, 40)


@dataclass(frozen=True)
class Run:
    """One training run: its number of examples, its seed, and its score on every test prompt (0…1)."""

    size: int
    seed: int
    scores: FloatArray


@dataclass(frozen=True)
class SizePoint:
    """The runs of one size: their mean score, its interval over seeds and prompts, and every seed's score."""

    size: int
    mean: float
    ci95: Interval
    by_seed: tuple[float, ...]


@dataclass(frozen=True)
class Fan:
    """The curves that the runs leave possible.

    Attributes:
        sizes: where the fan is given, from the smallest size to twice the largest.
        middle: the median curve there.
        half: the band that holds half of the curves, low and high.
        ci95: the 95 % band.
        doubling: the gain to expect from twice the largest size, median.
        doubling95: its 95 % interval.
        curves: all resampled curves (resamples × sizes).
    """

    sizes: FloatArray
    middle: FloatArray
    half: tuple[FloatArray, FloatArray]
    ci95: tuple[FloatArray, FloatArray]
    doubling: float
    doubling95: Interval
    curves: FloatArray

    @property
    def saturated(self) -> bool:
        """Whether a gain of a point or more from doubling the examples is ruled out."""
        return self.doubling95[1] < NEGLIGIBLE


@dataclass(frozen=True)
class LearningCurve:
    """What was measured at every size, and the fan; None where the runs do not follow such a curve.

    `fits_p` is how often runs that do follow one would lie as far off it as these.
    """

    points: tuple[SizePoint, ...]
    fan: Fan | None
    fits_p: float

    @property
    def sentence(self) -> str:
        """What more examples would bring."""
        largest = self.points[-1].size
        if self.fan is None:
            return (
                "The scores do not grow ever more slowly, as the curve assumes (they jump, or stop at once): "
                f"nothing is said about more than {largest} examples."
            )
        low, high = (100 * end for end in self.fan.doubling95)
        if self.fan.saturated:
            return f"The curve is flat: twice the {largest} examples would bring {high:.1f} points at most."
        if low >= 100 * NEGLIGIBLE:
            return (
                f"More examples help: twice the {largest} would bring about {100 * self.fan.doubling:.1f} "
                f"points (95 % {low:.1f} to {high:.1f})."
            )
        return (
            f"Unknown whether more examples help: twice the {largest} would bring between {low:.1f} and "
            f"{high:.1f} points (95 %)."
        )


@dataclass(frozen=True)
class MoreExamples:
    """How many more examples pay.

    Attributes:
        size: the number of examples at which the expected net value is highest, within the fan.
        more: `size` less the largest size measured.
        at_end: whether it lies at the fan's end, so that even more may pay.
        net: the expected net value of those more, in the unit of the prices.
        chance: the share of curves with which they pay.
    """

    size: int
    more: int
    at_end: bool
    net: float
    chance: float


def learning_curve(runs: Sequence[Run], *, resamples: int = RESAMPLES, seed: int = 0) -> LearningCurve:
    """Return the learning curve with its fan.

    Args:
        runs: five sizes or more, three seeds or more of each, all scored on the same 50 test prompts or more.
        resamples: resampled curves.
        seed: the resamples' seed.

    Raises:
        ValueError: there are too few sizes, seeds or prompts, or runs were scored on different prompts.
    """
    by_size = _by_size(runs)
    measured = np.array(sorted(by_size), dtype=np.float64)
    means = np.array([[by_size[size].mean() for size in sorted(by_size)]])
    drawn = _drawn(by_size, resamples, np.random.default_rng(seed))
    fits_p = _fits_p(measured, means, drawn)
    return LearningCurve(
        points=tuple(_point(size, by_size[size]) for size in sorted(by_size)),
        fan=_fan(measured, drawn) if fits_p >= UNLIKELY else None,
        fits_p=fits_p,
    )


def more_examples(fan: Fan, largest: int, value_of_point: float, cost_of_example: float) -> MoreExamples:
    """Return how many more examples pay.

    Args:
        fan: of a learning curve.
        largest: the largest size measured.
        value_of_point: what one point of the score (.01) is worth, in any currency.
        cost_of_example: what one more example costs, in the same.

    Raises:
        ValueError: the value is negative, or an example costs nothing.
    """
    if value_of_point < 0 or cost_of_example <= 0:
        raise ValueError("A point is worth 0 or more, and an example costs something.")
    now = int(np.searchsorted(fan.sizes, largest))
    gain = 100 * (fan.curves[:, now:] - fan.curves[:, [now]]) * value_of_point
    net = gain - (fan.sizes[now:] - largest) * cost_of_example
    best = int(net.mean(axis=0).argmax())
    size = int(fan.sizes[now + best])
    return MoreExamples(
        size=size,
        more=size - largest,
        at_end=now + best == len(fan.sizes) - 1,
        net=float(net[:, best].mean()),
        chance=float((net[:, best] > 0).mean()),
    )


def _by_size(runs: Sequence[Run]) -> dict[int, FloatArray]:
    """Return the runs' scores by size (seeds × prompts), or raise what is missing."""
    if len({len(run.scores) for run in runs}) > 1:
        raise ValueError("All runs must be scored on the same test prompts, in the same order.")
    sizes = sorted({run.size for run in runs})
    found = {
        size: np.array([run.scores for run in runs if run.size == size], dtype=np.float64) for size in sizes
    }
    seeds = min((len(scores) for scores in found.values()), default=0)
    prompts = len(runs[0].scores) if runs else 0
    if len(sizes) < ENOUGH_SIZES or seeds < ENOUGH_SEEDS or prompts < ENOUGH_TEST_PROMPTS or sizes[0] < 1:
        raise ValueError(
            f"There are {len(sizes)} sizes with {seeds} seeds or more on {prompts} prompts: a learning curve "
            f"needs {ENOUGH_SIZES} sizes, {ENOUGH_SEEDS} seeds of each and {ENOUGH_TEST_PROMPTS} prompts."
        )
    return found


def _drawn(by_size: dict[int, FloatArray], resamples: int, rng: np.random.Generator) -> FloatArray:
    """Return resampled mean scores (resamples × sizes): prompts drawn once for all, seeds from a pool.

    How far seeds lie from their size's mean is pooled over all sizes in units of √(m(1 − m)), so that three
    seeds are not all there is to draw from. Deviations from a mean of S seeds are too small by √((S − 1)/S),
    which is given back; and their spread is itself uncertain, for which t takes the place of 1.96.
    """
    tables = [by_size[size] for size in sorted(by_size)]
    prompts = tables[0].shape[1]
    share = rng.multinomial(prompts, np.full(prompts, 1 / prompts), size=resamples) / prompts
    middle = np.column_stack([share @ table.mean(axis=0) for table in tables])
    freedom = sum(len(table) - 1 for table in tables)
    wider = float(t.ppf(0.975, freedom)) / Z95
    pool = np.concatenate([_deviations(table) for table in tables]) * wider
    columns = []
    for table in tables:
        drawn = rng.choice(pool, size=(resamples, len(table))).mean(axis=1)
        columns.append(drawn * _scale(float(table.mean())))
    return np.asarray(middle + np.column_stack(columns))


def _deviations(table: FloatArray) -> FloatArray:
    """Return the seeds' distances from their mean, per unit of √(m(1 − m)), as large as with many seeds."""
    seeds = len(table)
    apart = table.mean(axis=1) - table.mean()
    return np.asarray(apart / _scale(float(table.mean())) * sqrt(seeds / (seeds - 1)))


def _scale(mean: float) -> float:
    return max(_SMALLEST_SCALE, sqrt(mean * (1 - mean)))


def _fan(measured: FloatArray, drawn: FloatArray) -> Fan:
    largest = measured.max()
    sizes = np.unique(np.append(np.geomspace(measured.min(), FARTHEST * largest, _POINTS), largest))
    curves = _fitted(measured, drawn, sizes)
    low, quarter, middle, three, high = np.quantile(curves, [0.025, 0.25, 0.5, 0.75, 0.975], axis=0)
    gain = curves[:, -1] - curves[:, int(np.searchsorted(sizes, largest))]
    least, usual, most = (float(value) for value in np.quantile(gain, [_GAIN_TAIL, 0.5, 1 - _GAIN_TAIL]))
    return Fan(sizes, middle, (quarter, three), (low, high), usual, (least, most), curves)


def _fits_p(measured: FloatArray, means: FloatArray, drawn: FloatArray) -> float:
    """Return how often means that follow the fitted curve lie as far from a curve as these do."""
    fitted = _fitted(measured, means, measured)
    off = ((means - fitted) ** 2).sum()
    following = fitted + drawn - means
    again = ((following - _fitted(measured, following, measured)) ** 2).sum(axis=1)
    return float((again >= off).mean())


def _fitted(measured: FloatArray, means: FloatArray, sizes: FloatArray) -> FloatArray:
    """Return the least-squares curves a − b·n^(−c), with b ≥ 0 and a ≤ 1, at the sizes asked for."""
    least = np.full(len(means), np.inf)
    curves = np.zeros((len(means), len(sizes)))
    for exponent in _EXPONENTS:
        scale = measured.min() ** exponent
        x = scale * measured**-exponent
        centred = x - x.mean()
        fall = np.maximum(0, -(means @ centred) / (centred @ centred))
        top = means.mean(axis=1) + fall * x.mean()
        over = top > 1
        fall = np.where(over, np.maximum(0, (1 - means) @ x / (x @ x)), fall)
        top = np.minimum(top, 1)
        error = ((means - top[:, None] + fall[:, None] * x) ** 2).sum(axis=1)
        better = error < least
        least[better] = error[better]
        curves[better] = top[better, None] - fall[better, None] * scale * sizes**-exponent
    return curves


def _point(size: int, scores: FloatArray) -> SizePoint:
    by_seed = tuple(float(value) for value in scores.mean(axis=1))
    return SizePoint(size, float(scores.mean()), seeds_interval(scores), by_seed)
