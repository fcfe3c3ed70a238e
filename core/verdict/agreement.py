"""Agreement: do raters see the same thing, beyond what chance would give?

A unit is one prompt and one pair of arms; `units[u, c]` is how many raters gave it category c. Categories are
relative to the pair's sorted names: with the arms' own names, many arms make agreement look better.
"""

from collections.abc import Callable
from dataclasses import dataclass
from math import sqrt

import numpy as np
from scipy.sparse import csr_array
from scipy.stats import t

from core.verdict.arrays import FloatArray, IntArray, Interval
from core.verdict.intervals import FEWEST_PROMPTS
from core.verdict.resample import AlikePrompts, bootstrap_totals

VALUES = np.array([1.0, -1.0, 0.0, 0.0])
"""First, second, tie and both-bad on one scale, for the interval coefficient."""

ENOUGH_FOR_AGREEMENT = 50
"""With fewer prompts of two ratings the intervals of agreement cover too little where many raters differ."""

FEWEST_DISAGREEING = 5
"""With fewer prompts on which raters differ, an interval so near to 1 covers too little."""

ALPHA_RESAMPLES = 1000
"""They place an end of the bootstrap interval to a tenth of a standard error."""

_MOST_UNDEFINED = 0.05
_NOTHING = 1e-12


@dataclass(frozen=True)
class Agreement:
    """Krippendorff's α, nominal and interval, and Gwet's AC1; None is undefined.

    `ci95` is the percentile bootstrap of α nominal over prompts. `nominal95`, `interval95` and `ac1_95` are
    the intervals for people to read: wider, and None where so few prompts would make them cover too little.
    """

    alpha_nominal: float | None
    alpha_interval: float | None
    ac1: float | None
    ci95: Interval | None
    nominal95: Interval | None
    interval95: Interval | None
    ac1_95: Interval | None


def agreement(
    prompts: AlikePrompts, categories: int = 4, *, resamples: int = ALPHA_RESAMPLES, seed: int = 0
) -> Agreement:
    """Return how far raters agree.

    Args:
        prompts: the votes by prompt; cell `categories`·k + c counts category c on pair k.
        categories: first, second, tie, both-bad.
        resamples: bootstrap resamples of prompts.
        seed: the resamples' seed.
    """
    owner, distinct = _units(prompts.cells, categories)
    units = np.repeat(distinct, prompts.copies[owner], axis=0)
    return Agreement(
        alpha_nominal=alpha(units),
        alpha_interval=alpha(units, VALUES),
        ac1=ac1(units),
        ci95=_alpha_bootstrap95(distinct, owner, prompts.copies, resamples, seed),
        nominal95=alpha_interval95(distinct, owner, prompts.copies),
        interval95=alpha_interval95(distinct, owner, prompts.copies, VALUES),
        ac1_95=ac1_interval95(distinct, owner, prompts.copies),
    )


def alpha(units: FloatArray, values: FloatArray | None = None) -> float | None:
    """Return Krippendorff's α, nominal, or interval where the categories have values; None where undefined.

    Krippendorff 2011, "Computing Krippendorff's alpha-reliability", §C and §D; Hayes & Krippendorff 2007.
    """
    found = float(_alpha(_for_alpha(units, values).sum(axis=0, keepdims=True), values)[0])
    return None if np.isnan(found) else found


def ac1(units: FloatArray) -> float | None:
    """Return Gwet's AC1 (Gwet 2008, Br. J. Math. Stat. Psychol. 61:29); None where undefined.

    Observed agreement over units with two or more ratings; chance agreement from the categories' mean shares
    over all units, among the categories that occur.
    """
    found = float(_ac1(_for_ac1(units).sum(axis=0, keepdims=True))[0])
    return None if np.isnan(found) else found


def alpha_interval95(
    units: FloatArray, owner: IntArray, copies: IntArray, values: FloatArray | None = None
) -> Interval | None:
    """Return the 95 % interval of α over prompts like these, by leaving out one prompt at a time.

    The jackknife (Tukey 1958, Ann. Math. Stat. 29:614) with P − 2 degrees of freedom, for observed and
    expected disagreement: it covers where a percentile bootstrap misses up to one study in ten. None below
    50 prompts with two ratings on a unit, with fewer than 5 on which raters differ, or where one prompt
    decides whether α exists.

    Args:
        units: ratings by category.
        owner: the kind of prompt of every unit.
        copies: how many prompts there are of each kind.
        values: as for `alpha`.
    """
    by_kind = _by_kind(_for_alpha(units, values), owner, copies)
    return _jackknife95(by_kind, copies, lambda sums: _alpha(sums, values))


def ac1_interval95(units: FloatArray, owner: IntArray, copies: IntArray) -> Interval | None:
    """Return the 95 % interval of AC1 as `alpha_interval95` does that of α."""
    return _jackknife95(_by_kind(_for_ac1(units), owner, copies), copies, _ac1)


def agreeing_pairs(units: FloatArray) -> tuple[int, int]:
    """Return how many pairs of raters on a unit agree, of how many."""
    votes = units.sum(axis=1)
    return int((units * (units - 1)).sum() / 2), int((votes * (votes - 1)).sum() / 2)


def agreeing_between(units: FloatArray, others: FloatArray) -> tuple[int, int]:
    """Return how many pairs of one rating from each of two groups, on the same units, agree, of how many."""
    return int((units * others).sum()), int((units.sum(axis=1) * others.sum(axis=1)).sum())


def _jackknife95(
    by_kind: FloatArray, copies: IntArray, statistic: Callable[[FloatArray], FloatArray]
) -> Interval | None:
    """Return the jackknife interval of a statistic of sums (first disagreement, then units compared)."""
    compared, differing = (int(copies[by_kind[:, column] > 0].sum()) for column in (1, 0))
    if compared < ENOUGH_FOR_AGREEMENT or differing < FEWEST_DISAGREEING:
        return None
    counted = by_kind.any(axis=1)
    by_kind, weight = by_kind[counted], copies[counted].astype(np.float64)
    prompts = int(weight.sum())
    totals = weight @ by_kind
    found, left = float(statistic(totals[None])[0]), statistic(totals - by_kind)
    if np.isnan(found) or np.isnan(left).any():
        return None
    spread = weight @ (left - weight @ left / prompts) ** 2
    half = float(t.ppf(0.975, prompts - 2)) * sqrt((prompts - 1) / (prompts - 2) * float(spread))
    return max(-1.0, found - half), min(1.0, found + half)


def _alpha_bootstrap95(
    units: FloatArray, owner: IntArray, copies: IntArray, resamples: int, seed: int
) -> Interval | None:
    """Return the percentile interval of α nominal over resampled prompts; None for a single prompt."""
    by_kind = _by_kind(_for_alpha(units, None), owner, copies)
    compared = by_kind[:, 1] > 0
    kinds, kind = np.unique(by_kind[compared], axis=0, return_inverse=True)
    alike = np.bincount(kind, copies[compared]).astype(np.int64)
    if alike.sum() < FEWEST_PROMPTS:
        return None
    found = _alpha(bootstrap_totals(csr_array(kinds), alike, resamples=resamples, seed=seed), None)
    if np.isnan(found).mean() > _MOST_UNDEFINED:
        return None
    low, high = np.nanquantile(found, [0.025, 0.975])
    return float(low), float(high)


def _by_kind(features: FloatArray, owner: IntArray, copies: IntArray) -> FloatArray:
    """Return the sums over each kind of prompt."""
    found = np.zeros((len(copies), features.shape[1]))
    np.add.at(found, owner, features)
    return found


def _for_alpha(units: FloatArray, values: FloatArray | None) -> FloatArray:
    """Return of each unit: its disagreement, whether it has two ratings, its ratings; 0 where it has not."""
    votes = units.sum(axis=1)
    several = votes > 1
    weighted = ((units @ _distance(units.shape[1], values)) * units).sum(axis=1)
    held = np.column_stack([weighted / np.maximum(votes - 1, 1), several, units])
    return np.asarray(held * several[:, None])


def _alpha(sums: FloatArray, values: FloatArray | None) -> FloatArray:
    """Return 1 − (n − 1) · observed / expected disagreement for each row of sums; NaN where undefined."""
    disagreement, totals = sums[:, 0], sums[:, 2:]
    expected = ((totals @ _distance(totals.shape[1], values)) * totals).sum(axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        found = 1 - (totals.sum(axis=1) - 1) * disagreement / expected
    return np.where(expected > _NOTHING, found, np.nan)


def _for_ac1(units: FloatArray) -> FloatArray:
    """Return of each unit: the share of pairs that differ, whether it has pairs, 1, each category's share."""
    votes = units.sum(axis=1)
    pairs = votes * (votes - 1)
    alike = (units * (units - 1)).sum(axis=1)
    differing = np.divide(pairs - alike, pairs, out=np.zeros_like(pairs), where=pairs > 0)
    rated = votes > 0
    return np.column_stack([differing, pairs > 0, rated, units / np.maximum(votes, 1)[:, None]])


def _ac1(sums: FloatArray) -> FloatArray:
    """Return (observed − chance) / (1 − chance) agreement for each row of sums; NaN where undefined."""
    with np.errstate(invalid="ignore", divide="ignore"):
        observed, share = 1 - sums[:, 0] / sums[:, 1], sums[:, 3:] / sums[:, [2]]
        categories = (sums[:, 3:] > _NOTHING).sum(axis=1)
        chance = (share * (1 - share)).sum(axis=1) / (categories - 1)
        found = (observed - chance) / (1 - chance)
    return np.where((sums[:, 1] > _NOTHING) & (categories > 1), found, np.nan)


def _distance(categories: int, values: FloatArray | None) -> FloatArray:
    return 1 - np.eye(categories) if values is None else (values[:, None] - values[None, :]) ** 2


def _units(cells: csr_array, categories: int) -> tuple[IntArray, FloatArray]:
    """Return the units of every kind of prompt: the kind each belongs to, and its ratings by category."""
    held = cells.tocoo()
    row, column = held.coords
    places = cells.shape[1] // categories
    keys, unit = np.unique(row.astype(np.int64) * places + column // categories, return_inverse=True)
    units = np.zeros((len(keys), categories))
    units[unit, column % categories] = held.data
    return keys // places, units
