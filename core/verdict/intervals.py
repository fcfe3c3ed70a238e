"""Intervals of a share, and of a mean of per-prompt scores that stays between 0 and 1."""

from math import sqrt

import numpy as np
from scipy.special import betaincinv
from scipy.stats import norm, t

from core.verdict.arrays import FloatArray, Interval
from core.verdict.sequential import EVEN

Z95 = float(norm.ppf(0.975))

FEWEST_PROMPTS = 2
"""One prompt shows no spread, so it has no interval."""

FEWEST_LEANING = 10
"""With fewer prompts that lean to a side, the interval of their mean misses in up to 14 % of studies."""

FEWEST_AGAINST = 5
"""Nearer to a sweep than so many prompts' worth of score, Wilson's far end misses up to 14 % of the time."""


def wilson(share: float, n: float, z: float = Z95) -> Interval:
    """Return Wilson's score interval of a share of n trials (Wilson 1927, JASA 22:209)."""
    shrink = 1 + z * z / n
    centre = (share + z * z / (2 * n)) / shrink
    half = z / shrink * sqrt(max(0.0, share * (1 - share)) / n + z * z / (4 * n * n))
    return max(0.0, min(centre - half, share)), min(1.0, max(centre + half, share))


def clopper_pearson(hits: float, n: int) -> Interval:
    """Return the exact 95 % interval of a share of n trials (Clopper & Pearson 1934, Biometrika 26:404)."""
    low = float(betaincinv(hits, n - hits + 1, 0.025)) if hits > 0 else 0.0
    high = float(betaincinv(hits + 1, n - hits, 0.975)) if hits < n else 1.0
    return low, high


def mean_interval(scores: FloatArray) -> Interval | None:
    """Return the 95 % interval of the mean of per-prompt scores in 0…1; None below two prompts.

    Wilson's formula with the effective number of trials m(1 − m)·P / s² and the t quantile of P − 1:
    plain t covers too little where one side wins nearly always.
    """
    prompts = len(scores)
    if prompts < FEWEST_PROMPTS:
        return None
    alike = scores.min() == scores.max()
    error = 0.0 if alike else float(np.var(scores, ddof=1)) / prompts
    return wilson_of_mean(float(np.mean(scores)), error, prompts, prompts - 1)


def wilson_of_mean(mean: float, variance: float, n: int, df: float) -> Interval:
    """Return Wilson's interval of a mean in 0…1 whose estimate has this variance.

    The effective number of trials is m(1 − m) / variance, or n where nothing varied.

    Args:
        mean: the estimate, within 0…1.
        variance: of the estimate (a standard error squared).
        n: how many units it is a mean of.
        df: degrees of freedom of the variance, for the t quantile that takes the place of 1.96.
    """
    room = mean * (1 - mean)
    effective = room / variance if variance > 0 and room > 0 else n
    return wilson(mean, effective, float(t.ppf(0.975, df)))


def leaning(scores: FloatArray) -> int:
    """Return how many prompts lean to a side, however little."""
    return int((scores != EVEN).sum())


def shown_interval(scores: FloatArray) -> Interval | None:
    """Return `mean_interval` for people to read: given and widened so that it is known to cover.

    None below `FEWEST_LEANING` prompts that lean. Where less than `FEWEST_AGAINST` prompts' worth of score
    went against a side, the end towards its sweep is the exact one of so many hits, if that lies farther out.
    """
    interval = mean_interval(scores)
    if interval is None or leaning(scores) < FEWEST_LEANING:
        return None
    low, high = interval
    prompts, total = len(scores), float(scores.sum())
    exact_low, exact_high = clopper_pearson(total, prompts)
    if total < FEWEST_AGAINST:
        low = min(low, exact_low)
    if prompts - total < FEWEST_AGAINST:
        high = max(high, exact_high)
    return low, high
