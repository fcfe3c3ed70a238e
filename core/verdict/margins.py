"""Margins: is one arm not worse than another by more than was agreed, or as good as equal to it?

Both answers hold whenever one looks: they come from the betting evidence and the sequence of `sequential`.
"""

from dataclasses import dataclass

import numpy as np

from core.verdict.arrays import FloatArray, Interval
from core.verdict.sequential import BETS, ENOUGH, EVEN, anytime_interval, betting_path


@dataclass(frozen=True)
class NotWorse:
    """Evidence that the mean score is above ½ − margin.

    Attributes:
        margin: how much worse would still do, in points of the mean score (.05: 45 % instead of 50 %).
        n_prompts: prompts counted.
        e_value: the evidence after the last prompt.
        e_max: the most at any prompt so far; at 20 it is shown.
        anytime_p: 1 / e_max.
        shown: whether it is shown.
    """

    margin: float
    n_prompts: int
    e_value: float
    e_max: float
    anytime_p: float
    shown: bool


@dataclass(frozen=True)
class Equivalence:
    """Whether the anytime 95 % interval of the mean score lies wholly within ½ ± margin."""

    margin: float
    n_prompts: int
    anytime_ci95: Interval | None
    shown: bool


def not_worse(scores: FloatArray, margin: float) -> NotWorse:
    """Return the evidence that per-prompt scores (0…1, in the order drawn) are not worse by the margin.

    Raises:
        ValueError: the margin is not between 0 and ½.
    """
    path = non_inferiority_path(scores, margin)
    e_max = float(path.max())
    return NotWorse(margin, len(scores), float(path[-1]), e_max, 1 / e_max, shown=e_max >= ENOUGH)


def equivalence(scores: FloatArray, margin: float) -> Equivalence:
    """Return whether per-prompt scores (0…1, in the order drawn) are as good as equal, at any stopping time.

    Raises:
        ValueError: the margin is not between 0 and ½.
    """
    _refuse_margin(margin)
    interval = anytime_interval(scores)
    inside = interval is not None and EVEN - margin < interval[0] and interval[1] < EVEN + margin
    return Equivalence(margin, len(scores), interval, inside)


def non_inferiority_path(scores: FloatArray, margin: float) -> FloatArray:
    """Return the evidence, before the first prompt and after each, that the mean score is above ½ − margin.

    The upward half alone: the mean over c of ∏(1 + c(X/m − 1)) at m = ½ − margin (Waudby-Smith & Ramdas,
    arXiv:2010.09686, §4.4, bet upwards only).

    Raises:
        ValueError: the margin is not between 0 and ½.
    """
    _refuse_margin(margin)
    return betting_path(scores / (EVEN - margin) - 1, BETS / 2)


def _refuse_margin(margin: float) -> None:
    if not (np.isfinite(margin) and 0 < margin < EVEN):
        raise ValueError(
            "A margin lies between 0 and 0.5: 0.05 means that 45 % instead of 50 % would still do."
        )
