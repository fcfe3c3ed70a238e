"""Position: does the left side win more often than it should?"""

from dataclasses import dataclass
from math import log, sqrt

import numpy as np
from scipy.stats import binomtest, t

from core.verdict.arrays import IntArray
from core.verdict.intervals import FEWEST_PROMPTS

LEFT, RIGHT = 0, 1
_EVEN = 0.1
_SURE = 0.05


@dataclass(frozen=True)
class Position:
    """The left side's mean score over votes, and the log-odds of its winning; None is undefined."""

    left_share: float | None
    logit: float | None
    se: float | None
    p: float | None


def position(side: IntArray, prompt: IntArray) -> Position:
    """Return the pull of the left side.

    Args:
        side: per vote 0 where left won, 1 where right won, anything above for ties and both-bad.
        prompt: the prompt of each vote; the standard error is clustered on it (Liang & Zeger 1986,
            Biometrika 73:13), times √(P/(P − 1)), and p comes from t with P − 1 degrees of freedom.
    """
    if not len(side):
        return Position(None, None, None, None)
    share = float(np.mean(np.select([side == LEFT, side == RIGHT], [1.0, 0.0], 0.5)))
    decisive = side <= RIGHT
    left, right = int((side == LEFT).sum()), int((side == RIGHT).sum())
    if not left or not right:
        return Position(share, None, None, None)
    logit = log(left / right)
    _, cluster = np.unique(prompt[decisive], return_inverse=True)
    surprise = np.bincount(cluster, (side[decisive] == LEFT) - left / (left + right))
    clusters = len(surprise)
    if clusters < FEWEST_PROMPTS:
        return Position(share, logit, None, None)
    information = left * right / (left + right)
    se = sqrt(float(surprise @ surprise) * clusters / (clusters - 1)) / information
    p = float(2 * t.sf(abs(logit) / se, clusters - 1)) if se > 0 else None
    return Position(share, logit, se, p)


def unbalanced(left: IntArray, right: IntArray) -> list[int]:
    """Return the arms that stood on one side clearly more often than on the other.

    Clearly: outside 40–60 %, and a fair coin would do so in fewer than 5 % of cases.
    """
    found = []
    for arm, (times_left, times_right) in enumerate(zip(left.tolist(), right.tolist(), strict=True)):
        shown = times_left + times_right
        tilted = shown > 0 and abs(times_left / shown - 0.5) > _EVEN
        if tilted and binomtest(times_left, shown).pvalue < _SURE:
            found.append(arm)
    return found
