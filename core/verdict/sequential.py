"""Evidence that stays valid whenever one looks: betting on per-prompt scores, one prompt after another.

Waudby-Smith & Ramdas, "Estimating means of bounded random variables by betting", arXiv:2010.09686;
the stopping guarantee is Ville's inequality: under the null, P(evidence ever reaches 1/α) ≤ α.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from math import log

import numpy as np
from scipy.optimize import brentq, minimize_scalar

from core.verdict.arrays import FloatArray, IntArray, Interval

ENOUGH = 20.0
"""Evidence at which one declared pair may be stopped: 1/α at α = .05."""

EVEN = 0.5
"""The score at which neither side is liked more."""

BETS = np.array([0.1, 0.2, 0.35, 0.5, 0.7, 0.9, 1.2, 1.5, 1.8])
_LOG_CAP = log(1e300)
_EDGE = 1e-12
_LEVEL = 1e-9
_STEPS = 50
_PROMPTS_AT_ONCE = 4096


@dataclass(frozen=True)
class Evidence:
    """What the prompts so far say against "both sides are liked equally"."""

    e_value: float
    e_max: float
    anytime_p: float
    anytime_ci95: Interval | None


def evidence(scores: FloatArray) -> Evidence:
    """Return the evidence in per-prompt scores (0…1, in the order drawn beforehand)."""
    path = evidence_path(scores)
    e_max = float(path.max())
    return Evidence(float(path[-1]), e_max, 1 / e_max, anytime_interval(scores))


def evidence_path(scores: FloatArray) -> FloatArray:
    """Return the evidence before the first prompt (1) and after each.

    E_t is the mean over bets λ of ∏(1 + λ(X − ½)), the "hedged capital process".
    It is computed in logs and capped at 1e300.
    """
    return betting_path(scores - EVEN, np.concatenate([BETS, -BETS]))


def betting_path(gains: FloatArray, bets: FloatArray) -> FloatArray:
    """Return the mean over bets λ of ∏(1 + λ·gain), before the first prompt (1) and after each.

    Args:
        gains: per prompt, of mean 0 or less under what is to be refuted.
        bets: the stakes; every 1 + λ·gain must be above 0.
    """
    values, index = np.unique(gains, return_inverse=True)
    parts = [_log_mean(logs) for logs in _running(np.log1p(bets[:, None] * values), index)]
    path = np.concatenate([[0.0], *parts])
    return np.asarray(np.exp(np.minimum(path, _LOG_CAP)))


def anytime_interval(scores: FloatArray) -> Interval | None:
    """Return the means not yet ruled out at any prompt so far, valid at any stopping time; None if all are.

    The largest evidence against a mean m is convex in m, so what is left is an interval; it leaves out ½
    exactly when the evidence has once reached 20.
    """
    if not len(scores):
        return 0.0, 1.0
    path = _Path.of(scores)
    inside = min(max(float(np.mean(scores)), _EDGE), 1 - _EDGE)
    if path.strongest(inside)[0] > -_LEVEL:
        search = minimize_scalar(
            lambda mean: path.strongest(mean)[0], bounds=(0, 1), method="bounded", options={"xatol": 1e-9}
        )
        inside = float(search.x)
        if path.strongest(inside)[0] > -_LEVEL:
            return None
    low, high = (path.end(inside, edge) for edge in (_EDGE, 1 - _EDGE))
    return 0.0 if low is None else low, 1.0 if high is None else high


@dataclass(frozen=True)
class _Path:
    """Scores in their order: the different values, and which of them each prompt has."""

    values: FloatArray
    index: IntArray

    @classmethod
    def of(cls, scores: FloatArray) -> "_Path":
        return cls(*np.unique(scores, return_inverse=True))

    def strongest(self, mean: float) -> tuple[float, int]:
        """Return how far the strongest evidence against a mean exceeds what is enough, in logs, and when."""
        highest, when, passed = 0.0, 0, 0
        for logs in _running(_gains(self.values, mean), self.index):
            near = np.flatnonzero(logs.max(axis=0) > highest)  # a mean never exceeds its largest term
            if len(near):
                found = _log_mean(logs[:, near])
                if found.max() > highest:
                    highest, when = float(found.max()), passed + int(near[found.argmax()]) + 1
            passed += logs.shape[1]
        return highest - log(ENOUGH), when

    def end(self, inside: float, edge: float) -> float | None:
        """Return where, from a mean inside towards the edge, the evidence becomes enough; None if nowhere.

        At the edge the strongest evidence is found after some prompt; where that one becomes enough another
        prompt's may be stronger, and so on: each step is nearer, and the last is the end.
        """
        far = edge
        excess, when = self.strongest(far)
        if excess < _LEVEL:
            return None
        for _ in range(_STEPS):
            counts = np.bincount(self.index[:when], minlength=len(self.values)).astype(np.float64)
            far = brentq(partial(self._excess_with, counts), inside, far, xtol=1e-13)
            excess, again = self.strongest(far)
            if again == when or excess < _LEVEL:
                break
            when = again
        return float(far)

    def _excess_with(self, counts: FloatArray, mean: float) -> float:
        logs = _gains(self.values, mean) @ counts
        return float(_log_mean(logs[:, None])[0]) - log(ENOUGH)


def _gains(values: FloatArray, mean: float) -> FloatArray:
    """Return ln of what each bet makes of each value: half bet on a higher mean, half on a lower one."""
    c = BETS[:, None] / 2
    gains = np.concatenate([c * (values / mean - 1), c * ((1 - values) / (1 - mean) - 1)])
    return np.asarray(np.log1p(gains))


def _running(logs: FloatArray, index: IntArray) -> Iterator[FloatArray]:
    """Yield the running sums of each bet's logs over the prompts, a stretch of prompts at a time."""
    carried = np.zeros((len(logs), 1))
    for start in range(0, len(index), _PROMPTS_AT_ONCE):
        sums = np.cumsum(logs[:, index[start : start + _PROMPTS_AT_ONCE]], axis=1) + carried
        carried = sums[:, -1:]
        yield sums


def _log_mean(logs: FloatArray) -> FloatArray:
    top = logs.max(axis=0)
    return np.asarray(top + np.log(np.exp(logs - top).mean(axis=0)))
