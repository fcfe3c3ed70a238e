"""Plan: how many prompts a question needs, and what a number of prompts can show."""

from dataclasses import dataclass
from math import ceil, sqrt

import numpy as np
from scipy.optimize import brentq
from scipy.stats import binom

from core.verdict.accuracy import mcnemar_exact, mcnemar_midp
from core.verdict.arrays import FloatArray
from core.verdict.sequential import BETS, ENOUGH, evidence_path

_EVEN = 0.5
_SURE = 0.05
_NEGLIGIBLE = 1e-9


@dataclass(frozen=True)
class Forecast:
    """How a study may go on: the share of imagined futures that reach enough evidence, and when.

    `prompts` are further ones: after so many, one tenth, half and nine tenths of the futures that stop have.
    """

    stops: float
    prompts: tuple[int, int, int] | None


def prompts_needed(win_share: float, tie_share: float = 0.0) -> int | None:
    """Return how many prompts show, with 80 % power at 5 %, that a side wins this share of decisive prompts.

    n = ((.98 + .84·√(p(1 − p))) / (p − ½))² decisive prompts, divided by the share that is decisive; None at
    p = ½ or where every prompt is a tie.
    """
    if win_share == _EVEN or tie_share >= 1:
        return None
    decisive = ((0.98 + 0.84 * sqrt(win_share * (1 - win_share))) / (win_share - _EVEN)) ** 2
    return ceil(decisive / (1 - tie_share))


def more_prompts_needed(scores: FloatArray) -> int | None:
    """Return how many prompts are missing if those to come go like these; None while neither side leads."""
    decisive = scores[scores != _EVEN]
    if not len(decisive):
        return None
    needed = prompts_needed(float((decisive > _EVEN).mean()), 1 - len(decisive) / len(scores))
    return None if needed is None else max(0, needed - len(scores))


def detectable_share(prompts: int, tie_share: float = 0.0) -> float | None:
    """Return the smallest share of decisive prompts (above ½) that this many prompts show with 80 % power."""
    decisive = prompts * (1 - tie_share)

    def missing(share: float) -> float:
        return (0.98 + 0.84 * sqrt(share * (1 - share))) / (share - _EVEN) - sqrt(decisive)

    if missing(1) > 0:
        return None
    return float(brentq(missing, _EVEN + 1e-9, 1))


def paired_power(prompts: int, fixed: float, broken: float, *, midp: bool = False) -> float:
    """Return how often McNemar's test (exact, or mid-p) sees a change on this many test prompts at 5 %.

    Args:
        prompts: the number of test prompts.
        fixed: the share of prompts that become right.
        broken: the share that become wrong.
        midp: use the mid-p value instead of the exact one.
    """
    test = mcnemar_midp if midp else mcnemar_exact
    changed_share = fixed + broken
    power = 0.0
    for changed in range(1, prompts + 1):
        weight = float(binom.pmf(changed, prompts, changed_share))
        if weight > _NEGLIGIBLE:
            seen = [k for k in range(changed + 1) if test(k, changed - k) <= _SURE]
            power += weight * float(np.sum(binom.pmf(seen, changed, fixed / changed_share)))
    return power


def forecast(scores: FloatArray, *, most: int = 1000, futures: int = 400, seed: int = 0) -> Forecast:
    """Imagine how the study goes on, drawn from what the prompts so far leave possible.

    Each future draws its own distribution of scores (Rubin 1981, "The Bayesian bootstrap", with one imagined
    prompt spread over loss, tie and win) and bets on up to `most` further prompts.
    """
    if float(evidence_path(scores).max()) >= ENOUGH:
        return Forecast(1.0, (0, 0, 0))
    rng = np.random.default_rng(seed)
    values, copies = np.unique(scores, return_counts=True)
    values, weights = np.concatenate([values, [0, 0.5, 1]]), np.concatenate([copies, [1 / 3] * 3])
    bets = np.concatenate([BETS, -BETS])
    start = np.log1p(bets[:, None] * (scores - 0.5)).sum(axis=1)
    needed = np.full(futures, most + 1)
    for future in range(futures):
        drawn = rng.choice(values, size=most, p=rng.dirichlet(weights))
        logs = start[:, None] + np.cumsum(np.log1p(bets[:, None] * (drawn - 0.5)), axis=1)
        top = logs.max(axis=0)
        enough = np.exp(np.minimum(top, 300)) * np.exp(logs - top).mean(axis=0) >= ENOUGH
        needed[future] = enough.argmax() + 1 if enough.any() else most + 1
    stopped = needed[needed <= most]
    if not len(stopped):
        return Forecast(0.0, None)
    early, middle, late = (int(number) for number in np.quantile(stopped, [0.1, 0.5, 0.9], method="higher"))
    return Forecast(len(stopped) / futures, (early, middle, late))
