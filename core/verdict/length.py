"""Length: is an arm preferred because its answers are better, or because they are longer (or shorter)?"""

from dataclasses import dataclass
from math import sqrt

import numpy as np
from scipy.stats import t

from core.verdict.arrays import BoolArray, FloatArray, Interval
from core.verdict.intervals import shown_interval
from core.verdict.sequential import EVEN

ALIKE = 0.1
"""Answers whose lengths differ by less than this share of the longer one count as equally long."""

ENOUGH_FOR_CONTROL = 40
"""Below this many prompts the preference at equal length has no interval."""

ENOUGH_EITHER_WAY = 8
"""So many prompts on which either arm's answer is longer make "at equal length" more than a guess."""


@dataclass(frozen=True)
class Side:
    """The mean preference for `a` on a part of the prompts; None where there are none, or too few."""

    n_prompts: int
    mean: float | None
    ci95: Interval | None


@dataclass(frozen=True)
class LengthSplit:
    """The preference for `a` where its answer is longer, alike in length, and shorter; and at equal length.

    Attributes:
        longer: prompts on which a's answer is longer by a tenth or more.
        alike: neither is.
        shorter: a's answer is shorter by a tenth or more.
        longer_wins: mean score of the longer answer, whichever arm gave it, where lengths differ.
        equal_length: the preference for `a` expected at equal length, a second line beside the plain mean and
            never in its place; None where one arm is nearly always the longer.
        equal_length95: its interval.
    """

    longer: Side
    alike: Side
    shorter: Side
    longer_wins: Side
    equal_length: float | None
    equal_length95: Interval | None


def length_split(scores: FloatArray, length_a: FloatArray, length_b: FloatArray) -> LengthSplit:
    """Split per-prompt scores of `a` by which answer is longer.

    Args:
        scores: mean score of `a` on each prompt, 0…1.
        length_a: length of a's answer on each prompt, in characters, words or tokens.
        length_b: length of b's answer, in the same unit.

    Raises:
        ValueError: not one length each, or a length that is negative or no number.
    """
    if not len(scores) == len(length_a) == len(length_b):
        raise ValueError("Give both answers' lengths for every prompt.")
    both = np.stack([length_a, length_b]).astype(np.float64)
    if not np.isfinite(both).all() or (both < 0).any():
        raise ValueError("A length is a number of characters, words or tokens, 0 or more.")
    difference = (both[0] - both[1]) / np.maximum(both.max(axis=0), 1)
    longer, shorter = difference >= ALIKE, difference <= -ALIKE
    equal, equal95 = _at_equal_length(scores, difference, longer, shorter)
    differs = longer | shorter
    return LengthSplit(
        longer=_side(scores[longer]),
        alike=_side(scores[~differs]),
        shorter=_side(scores[shorter]),
        longer_wins=_side(np.where(longer, scores, 1 - scores)[differs]),
        equal_length=equal,
        equal_length95=equal95,
    )


def _side(scores: FloatArray) -> Side:
    return Side(len(scores), float(scores.mean()) if len(scores) else None, shown_interval(scores))


def _at_equal_length(
    scores: FloatArray, difference: FloatArray, longer: BoolArray, shorter: BoolArray
) -> tuple[float | None, Interval | None]:
    """Return the intercept of a straight line through scores by relative difference of length.

    The idea of length-controlled win rates (Dubois et al. 2024, arXiv:2404.04475) with the prompt as the
    unit: least squares, HC3 errors (MacKinnon & White 1985, J. Econometrics 29:305), t with P − 2.
    """
    prompts = len(scores)
    if prompts < ENOUGH_FOR_CONTROL or min(longer.sum(), shorter.sum()) < ENOUGH_EITHER_WAY:
        return None, None
    if len(np.unique(scores)) == 1:
        return float(scores[0]), None
    design = np.column_stack([np.ones(prompts), difference])
    bread = np.linalg.inv(design.T @ design)
    line = bread @ design.T @ (scores - EVEN)
    leverage = ((design @ bread) * design).sum(axis=1)
    residual = (scores - EVEN - design @ line) / (1 - leverage)
    meat = (design * residual[:, None] ** 2).T @ design
    error = sqrt(float((bread @ meat @ bread)[0, 0]))
    half = float(t.ppf(0.975, prompts - 2)) * error
    middle = EVEN + float(line[0])
    return min(1.0, max(0.0, middle)), (max(0.0, middle - half), min(1.0, middle + half))
