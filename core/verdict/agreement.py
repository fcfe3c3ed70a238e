"""Agreement: do raters see the same thing, beyond what chance would give?

A unit is one prompt and one pair of arms; `units[u, c]` is how many raters gave it category c. Categories are
relative to the pair's sorted names: with the arms' own names, many arms make agreement look better.
"""

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array

from core.verdict.arrays import FloatArray, IntArray, Interval
from core.verdict.intervals import FEWEST_PROMPTS
from core.verdict.resample import RESAMPLES, AlikePrompts, bootstrap_totals

VALUES = np.array([1.0, -1.0, 0.0, 0.0])
"""First, second, tie and both-bad on one scale, for the interval coefficient."""

_MOST_UNDEFINED = 0.05


@dataclass(frozen=True)
class Agreement:
    """Krippendorff's α, nominal and interval, Gwet's AC1, and α nominal's interval; None is undefined."""

    alpha_nominal: float | None
    alpha_interval: float | None
    ac1: float | None
    ci95: Interval | None


def agreement(
    prompts: AlikePrompts, categories: int = 4, *, resamples: int = RESAMPLES, seed: int = 0
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
        ci95=_alpha_interval95(owner, distinct, prompts.copies, resamples, seed),
    )


def alpha(units: FloatArray, values: FloatArray | None = None) -> float | None:
    """Return Krippendorff's α, nominal, or interval where the categories have values; None where undefined.

    Krippendorff 2011, "Computing Krippendorff's alpha-reliability", §C and §D; Hayes & Krippendorff 2007.
    """
    disagreement, totals = _coincidences(units, values)
    found = float(_alpha(disagreement, totals[None], values)[0])
    return None if np.isnan(found) else found


def ac1(units: FloatArray) -> float | None:
    """Return Gwet's AC1 (Gwet 2008, Br. J. Math. Stat. Psychol. 61:29); None where undefined.

    Observed agreement over units with two or more ratings; chance agreement from the categories' mean shares
    over all units, among the categories that occur.
    """
    rated = units[units.sum(axis=1) > 0]
    several = rated[rated.sum(axis=1) > 1]
    observed_categories = int((rated.sum(axis=0) > 0).sum())
    if not len(several) or observed_categories == 1:
        return None
    votes = several.sum(axis=1)
    observed = float(np.mean((several * (several - 1)).sum(axis=1) / (votes * (votes - 1))))
    share = (rated / rated.sum(axis=1, keepdims=True)).mean(axis=0)
    chance = float((share * (1 - share)).sum()) / (observed_categories - 1)
    return (observed - chance) / (1 - chance)


def agreeing_pairs(units: FloatArray) -> tuple[int, int]:
    """Return how many pairs of raters on a unit agree, of how many."""
    votes = units.sum(axis=1)
    return int((units * (units - 1)).sum() / 2), int((votes * (votes - 1)).sum() / 2)


def agreeing_between(units: FloatArray, others: FloatArray) -> tuple[int, int]:
    """Return how many pairs of one rating from each of two groups, on the same units, agree, of how many."""
    return int((units * others).sum()), int((units.sum(axis=1) * others.sum(axis=1)).sum())


def _coincidences(units: FloatArray, values: FloatArray | None) -> tuple[FloatArray, FloatArray]:
    """Return the observed disagreement, summed over units, and each category's number of pairable ratings."""
    several = units[units.sum(axis=1) > 1]
    return _disagreement(several, values).sum(keepdims=True), several.sum(axis=0)


def _disagreement(units: FloatArray, values: FloatArray | None) -> FloatArray:
    votes = units.sum(axis=-1)
    weighted = ((units @ _distance(units.shape[-1], values)) * units).sum(axis=-1)
    return np.asarray(np.where(votes > 1, weighted / np.maximum(votes - 1, 1), 0))


def _alpha(disagreement: FloatArray, totals: FloatArray, values: FloatArray | None) -> FloatArray:
    """Return 1 − (n − 1) · observed / expected disagreement for each row of totals; NaN where undefined."""
    expected = ((totals @ _distance(totals.shape[-1], values)) * totals).sum(axis=-1)
    with np.errstate(invalid="ignore", divide="ignore"):
        found = 1 - (totals.sum(axis=-1) - 1) * disagreement / expected
    return np.where(expected > 0, found, np.nan)


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


def _alpha_interval95(
    owner: IntArray, units: FloatArray, copies: IntArray, resamples: int, seed: int
) -> Interval | None:
    """Return the percentile interval of α nominal over resampled prompts; None for a single prompt."""
    several = units.sum(axis=1) > 1
    if copies[np.unique(owner[several])].sum() < FEWEST_PROMPTS:
        return None
    by_unit = np.column_stack([_disagreement(units, None), units])[several]
    belongs = csr_array(
        (np.ones(len(by_unit)), (owner[several], np.arange(len(by_unit)))), shape=(len(copies), len(by_unit))
    )
    kinds, kind = np.unique(belongs @ by_unit, axis=0, return_inverse=True)
    alike = np.bincount(kind, copies).astype(np.int64)
    totals = bootstrap_totals(csr_array(kinds), alike, resamples=resamples, seed=seed)
    found = _alpha(totals[:, 0], totals[:, 1:], None)
    if np.isnan(found).mean() > _MOST_UNDEFINED:
        return None
    low, high = np.nanquantile(found, [0.025, 0.975])
    return float(low), float(high)
