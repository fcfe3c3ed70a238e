"""Intervals of a share and of a mean that stays between 0 and 1."""

from math import sqrt

import numpy as np
from scipy.stats import norm, t

from core.verdict.arrays import FloatArray, Interval

Z95 = float(norm.ppf(0.975))

FEWEST_PROMPTS = 2
"""One prompt shows no spread, so it has no interval."""


def wilson(share: float, n: float, z: float = Z95) -> Interval:
    """Return Wilson's score interval of a share of n trials (Wilson 1927, JASA 22:209)."""
    shrink = 1 + z * z / n
    centre = (share + z * z / (2 * n)) / shrink
    half = z / shrink * sqrt(max(0.0, share * (1 - share)) / n + z * z / (4 * n * n))
    return max(0.0, centre - half), min(1.0, centre + half)


def mean_interval(scores: FloatArray) -> Interval | None:
    """Return the 95 % interval of the mean of per-prompt scores in 0…1; None below two prompts.

    Wilson's formula with the effective number of trials m(1 − m)·P / s² and the t quantile of P − 1:
    plain t covers too little where one side wins nearly always.
    """
    prompts = len(scores)
    if prompts < FEWEST_PROMPTS:
        return None
    mean = float(np.mean(scores))
    alike = scores.min() == scores.max()
    effective = prompts if alike else prompts * mean * (1 - mean) / float(np.var(scores, ddof=1))
    return wilson(mean, effective, float(t.ppf(0.975, prompts - 1)))
