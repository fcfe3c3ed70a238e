"""Plan: how many prompts a question needs, what a study can show, and how it may go on."""

from dataclasses import dataclass
from math import ceil, sqrt

import numpy as np
from scipy.stats import binom, norm, t

from core.verdict.arrays import FloatArray
from core.verdict.sequential import BETS, ENOUGH, EVEN, evidence_path
from core.verdict.spread import Spread, typical_spread

POWER = 0.8
"""How often a study should see what is really there."""

FEWEST_PLANNED = 5
"""Nobody plans a study of fewer prompts."""

_SURE = 0.05
_NEGLIGIBLE = 1e-9
_LARGEST_MARGIN = 0.5
_LARGEST_STUDY = 1_000_000


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
    if win_share == EVEN or tie_share >= 1:
        return None
    decisive = ((0.98 + 0.84 * sqrt(win_share * (1 - win_share))) / (win_share - EVEN)) ** 2
    return ceil(decisive / (1 - tie_share))


def paired_power(prompts: int, fixed: float, broken: float, *, midp: bool = False) -> float:
    """Return how often McNemar's test (exact, or mid-p) sees a change on this many test prompts at 5 %.

    Args:
        prompts: the number of test prompts.
        fixed: the share of prompts that become right.
        broken: the share that become wrong.
        midp: use the mid-p value instead of the exact one.
    """
    share = fixed + broken
    if not share:
        return 0.0
    changed = np.arange(1, prompts + 1)
    chance = binom.pmf(changed, prompts, share)
    changed, chance = changed[chance > _NEGLIGIBLE], chance[chance > _NEGLIGIBLE]
    edge = binom.ppf(_SURE / 2, changed, EVEN)
    p = 2 * binom.cdf(edge, changed, EVEN) - (binom.pmf(edge, changed, EVEN) if midp else 0)
    fewest = np.where(p <= _SURE, edge, edge - 1)
    odds = fixed / share
    seen = binom.cdf(fewest, changed, odds) + binom.sf(changed - fewest - 1, changed, odds)
    return float(chance @ seen)


def detectable_margin(prompts: int, raters: int, spread: Spread | None = None) -> float | None:
    """Return the smallest distance from ½ that a study of this size shows in four of five cases.

    At 5 %, two-sided: (t(.975) + t(.8)) standard errors, both with P − 1 degrees of freedom (Cohen 1988,
    "Statistical Power Analysis", §2). None where even a sweep would be missed.

    Args:
        prompts: how many prompts are rated.
        raters: how many raters see each.
        spread: of earlier votes; else a typical study's.

    Raises:
        ValueError: fewer than 5 prompts, or no rater.
    """
    _refuse_size(prompts, raters)
    quantiles = float(t.ppf(1 - _SURE / 2, prompts - 1) + t.ppf(POWER, prompts - 1))
    margin = quantiles * (spread or typical_spread()).error(prompts, raters)
    return margin if margin <= _LARGEST_MARGIN else None


def prompts_for_margin(margin: float, raters: int, spread: Spread | None = None) -> int:
    """Return how many prompts show a true mean of ½ ± margin in four of five cases (5 %, two-sided).

    Raises:
        ValueError: the margin is not between 0 and ½, or it takes more than a million prompts.
    """
    if not 0 < margin <= _LARGEST_MARGIN:
        raise ValueError("A margin lies between 0 and 0.5: 0.1 means 60 % to 40 %.")
    _refuse_size(FEWEST_PLANNED, raters)
    spread = spread or typical_spread()
    guess = (float(norm.ppf(1 - _SURE / 2) + norm.ppf(POWER)) * spread.error(1, raters) / margin) ** 2
    if guess > _LARGEST_STUDY:
        raise ValueError(f"A margin of {margin} takes more than {_LARGEST_STUDY:,} prompts.")
    prompts = max(FEWEST_PLANNED, ceil(guess) - 1)
    while (seen := detectable_margin(prompts, raters, spread)) is None or seen > margin:
        prompts += 1
    return prompts


def plan_sentence(prompts: int, raters: int, spread: Spread | None = None) -> str:
    """Return what a study of this size can show, for a person who is about to start it."""
    margin = detectable_margin(prompts, raters, spread)
    who = "1 rater" if raters == 1 else f"{raters} raters"
    if margin is None:
        return f"With {who} and {prompts} prompts not even a clear winner is found in four of five cases."
    share = 100 * (0.5 + margin)
    return (
        f"With {who} and {prompts} prompts you find in four of five cases that one side is preferred if it "
        f"truly scores {share:.0f} % or more; smaller differences are often missed."
    )


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


def _refuse_size(prompts: int, raters: int) -> None:
    if prompts < FEWEST_PLANNED or raters < 1:
        raise ValueError(f"Plan with at least {FEWEST_PLANNED} prompts and one rater.")
