"""Evidence that stays valid whenever one looks: betting on per-prompt scores, one prompt after another.

Waudby-Smith & Ramdas, "Estimating means of bounded random variables by betting", arXiv:2010.09686;
the stopping guarantee is Ville's inequality: under the null, P(evidence ever reaches 1/α) ≤ α.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
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
    return _path(scores - EVEN, np.concatenate([BETS, -BETS]))


def non_inferiority_path(scores: FloatArray, margin: float) -> FloatArray:
    """Return the evidence, prompt by prompt, that the mean score is above ½ − margin.

    The upward half alone: the mean over c of ∏(1 + c(X/m − 1)) at m = ½ − margin.

    Raises:
        ValueError: the margin is not between 0 and ½.
    """
    if not 0 < margin < EVEN:
        raise ValueError("The margin of a non-inferiority test lies between 0 and 0.5.")
    return _path(scores / (EVEN - margin) - 1, BETS / 2)


def equivalent(scores: FloatArray, margin: float) -> bool:
    """Return whether the mean score is, at any stopping time, within ½ ± margin."""
    interval = anytime_interval(scores)
    return interval is not None and EVEN - margin < interval[0] and interval[1] < EVEN + margin


def anytime_interval(scores: FloatArray) -> Interval | None:
    """Return the means not yet ruled out at any prompt so far, valid at any stopping time; None if all are.

    The largest evidence against a mean m is convex in m, so each end is found by bisection; the interval
    leaves out ½ exactly when the evidence has once reached 20.
    """
    if not len(scores):
        return 0.0, 1.0
    values, index = np.unique(scores, return_inverse=True)

    def excess(mean: float) -> float:
        return _log_evidence_against(mean, values, index) - log(ENOUGH)

    inside = min(max(float(np.mean(scores)), _EDGE), 1 - _EDGE)
    if excess(inside) >= 0:
        inside = float(minimize_scalar(excess, bounds=(0, 1), method="bounded", options={"xatol": 1e-9}).x)
        if excess(inside) >= 0:
            return None
    return _end(excess, inside, _EDGE, 0.0), _end(excess, inside, 1 - _EDGE, 1.0)


def _end(excess: Callable[[float], float], inside: float, edge: float, limit: float) -> float:
    """Return where the evidence becomes enough on the way from inside to the edge; the limit if nowhere."""
    near, step = inside, (edge - inside) / 1024
    for _ in range(10):
        far = inside + step
        if excess(far) >= 0:
            return float(brentq(excess, near, far, xtol=1e-12))
        near, step = far, 2 * step
    return limit if excess(edge) < 0 else float(brentq(excess, near, edge, xtol=1e-12))


def _path(gains: FloatArray, bets: FloatArray) -> FloatArray:
    values, index = np.unique(gains, return_inverse=True)
    parts = [_log_mean(logs) for logs in _running(np.log1p(bets[:, None] * values), index)]
    path = np.concatenate([[0.0], *parts])
    return np.asarray(np.exp(np.minimum(path, _LOG_CAP)))


def _log_evidence_against(mean: float, values: FloatArray, index: IntArray) -> float:
    """Return ln of the largest E_s(m): half on the mean lying above m, half on its lying below."""
    c = BETS[:, None] / 2
    gains = np.concatenate([c * (values / mean - 1), c * ((1 - values) / (1 - mean) - 1)])
    highest = 0.0
    for logs in _running(np.log1p(gains), index):
        near = logs.max(axis=0) > highest  # a mean never exceeds its largest term
        highest = max(highest, float(_log_mean(logs[:, near]).max(initial=0)))
    return highest


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
