"""Scale: both answers of a duel rated from 1 to 5 on one quality; how far apart they are.

What is estimated is the mean difference that these raters see over prompts like these.
"""

from dataclasses import dataclass
from math import sqrt

import numpy as np
from scipy.stats import t

from core.verdict.arrays import FloatArray, IntArray, Interval

LOWEST, HIGHEST, STEP = 1, 5, 1
FARTHEST = float(HIGHEST - LOWEST)

FEWEST_APART = 10
"""With fewer prompts off the most frequent difference the interval misses too often."""


@dataclass(frozen=True)
class ScaleDifference:
    """How much better one arm was rated than another.

    Attributes:
        n_prompts: prompts rated: the unit.
        n_ratings: pairs of ratings, one of each rater on each prompt.
        first: mean over prompts of the mean rating of the arm in question; None without ratings.
        second: the same of the arm compared with.
        difference: first minus second.
        ci95: of the difference; None where too few prompts tell how it varies.
    """

    n_prompts: int
    n_ratings: int
    first: float | None
    second: float | None
    difference: float | None
    ci95: Interval | None


def scale_difference(prompt: IntArray, first: FloatArray, second: FloatArray) -> ScaleDifference:
    """Return the paired mean difference of two ratings, prompts being the unit.

    Each prompt counts once, with the mean over its raters of (first − second); the interval is Student's
    (1908, Biometrika 6:1) over these: mean ± t(.975)·s/√P. Raters of one prompt are not independent, so that
    their number enters through the prompts' means alone. Two imaginary prompts, a point beyond the least and
    the greatest difference seen, make up for what is rare and was not met: without them the interval misses
    too often where one answer in twenty is far worse than the other.

    Args:
        prompt: the prompt of each pair of ratings.
        first: the rating of the arm in question, 1 to 5.
        second: the rating of the arm compared with.

    Raises:
        ValueError: the three differ in length, or a rating is none.
    """
    ratings = np.concatenate([first, second])
    if not len(prompt) == len(first) == len(second) or not np.isin(ratings, range(LOWEST, HIGHEST + 1)).all():
        raise ValueError("A rating is a whole number from 1 to 5, and each pair of them has one prompt.")
    if not len(prompt):
        return ScaleDifference(0, 0, None, None, None, None)
    _, place = np.unique(prompt, return_inverse=True)
    raters = np.bincount(place)
    means = [np.bincount(place, one) / raters for one in (first, second)]
    apart = means[0] - means[1]
    return ScaleDifference(
        n_prompts=len(apart),
        n_ratings=len(prompt),
        first=float(means[0].mean()),
        second=float(means[1].mean()),
        difference=float(apart.mean()),
        ci95=_interval(apart),
    )


def _interval(apart: FloatArray) -> Interval | None:
    """Student's interval of the mean, with an imaginary prompt a step beyond either end of what was seen."""
    if len(apart) - int(np.unique(apart, return_counts=True)[1].max()) < FEWEST_APART:
        return None
    beyond = np.clip([apart.min() - STEP, apart.max() + STEP], -FARTHEST, FARTHEST)
    seen = np.append(apart, beyond)
    half = float(t.ppf(0.975, len(seen) - 1)) * float(np.std(seen, ddof=1)) / sqrt(len(seen))
    middle = float(seen.mean())
    return max(-FARTHEST, middle - half), min(FARTHEST, middle + half)
