"""Two crossed sources of chance: prompts and raters, or prompts and training seeds.

The variance of a mean over both is the sum of its variance clustered on either; what is common to a single
cell is counted twice, which errs on the safe side (Cameron, Gelbach & Miller 2011, J. Bus. Econ. Stat.
29:238, without their third term; Owen 2007, Ann. Appl. Stat. 1:386, shows that no bootstrap of both is
exact).
"""

from dataclasses import dataclass
from math import sqrt

import numpy as np
from scipy.stats import t

from core.verdict.arrays import FloatArray, IntArray, Interval
from core.verdict.intervals import wilson
from core.verdict.votes import PairVotes

ENOUGH_RATERS = 8
"""Below this many raters a result speaks of these raters alone."""

ENOUGH_CROSSED_PROMPTS = 30
"""Below this many prompts an interval over both is not given."""

ENOUGH_SEEDS = 3
"""Below this many training seeds nothing is said about the next one."""

_NOTHING = 1e-18

LARGEST_SHARE = 0.5
"""A rater who gave more of the votes than this leaves nothing to generalise from."""


@dataclass(frozen=True)
class OverSeeds:
    """A change from one arm to another, over training seeds and prompts alike.

    Attributes:
        n_seeds: training runs of the second arm.
        n_prompts: test prompts.
        net: mean of (second − first) score, from −1 to 1; .1 is ten points.
        ci95: its interval over seeds like these and prompts like these.
        by_seed: the net change of every seed.
    """

    n_seeds: int
    n_prompts: int
    net: float
    ci95: Interval
    by_seed: tuple[float, ...]


def two_way_interval(votes: PairVotes) -> Interval | None:
    """Return the 95 % interval of the mean preference over raters *and* prompts like these.

    None below 8 raters or 30 prompts, where one rater gave more than half of the votes, or where nothing
    varies.
    """
    if not len(votes.prompt):
        return None
    raters, rater = np.unique(votes.rater, return_inverse=True)
    scores = votes.prompt_scores
    enough = len(raters) >= ENOUGH_RATERS and len(scores) >= ENOUGH_CROSSED_PROMPTS
    if not enough or np.bincount(rater).max() > LARGEST_SHARE * len(rater):
        return None
    weight = 1 / (len(scores) * np.bincount(votes.prompt)[votes.prompt])
    return _crossed(votes.scores, weight, votes.prompt, rater)


def over_seeds(first: FloatArray, second: FloatArray) -> OverSeeds:
    """Return the change from an arm that was not retrained to one trained with several seeds.

    Args:
        first: the first arm's score per prompt, 0…1 (1: right).
        second: the second arm's scores, seeds × prompts.

    Raises:
        ValueError: fewer than 3 seeds or 30 prompts, or not one score each.
    """
    if first.ndim != 1 or second.shape[1:] != first.shape:
        raise ValueError("Give one score for each prompt, and the same prompts for every seed.")
    seeds, prompts = second.shape
    if seeds < ENOUGH_SEEDS or prompts < ENOUGH_CROSSED_PROMPTS:
        raise ValueError(
            f"{seeds} training seeds on {prompts} prompts: what the next training would give can be said "
            f"from {ENOUGH_SEEDS} seeds and {ENOUGH_CROSSED_PROMPTS} prompts on."
        )
    change = second - first
    low, high = seeds_interval((change + 1) / 2)
    by_seed = tuple(float(value) for value in change.mean(axis=1))
    return OverSeeds(seeds, prompts, float(change.mean()), (2 * low - 1, 2 * high - 1), by_seed)


def seeds_interval(scores: FloatArray) -> Interval:
    """Return the 95 % interval of mean scores in 0…1 (seeds × prompts) over seeds and prompts alike."""
    seed, prompt = np.divmod(np.arange(scores.size), scores.shape[1])
    found = _crossed(scores.ravel(), np.full(scores.size, 1 / scores.size), prompt, seed)
    if found is not None:
        return found
    prompts = scores.shape[1]
    return wilson(float(scores.mean()), prompts, float(t.ppf(0.975, prompts - 1)))


def _crossed(scores: FloatArray, weight: FloatArray, prompt: IntArray, other: IntArray) -> Interval | None:
    """Return Wilson's interval with the summed variance, each part with its own t; None without variance."""
    mean = float(weight @ scores)
    surprise = weight * (scores - mean)
    by_prompt, by_other = (_clustered(surprise, cluster) for cluster in (prompt, other))
    variance = by_prompt[0] + by_other[0]
    if variance < _NOTHING:
        return None
    z = sqrt(sum(part * float(t.ppf(0.975, df)) ** 2 for part, df in (by_prompt, by_other)) / variance)
    return wilson(mean, mean * (1 - mean) / variance, z)


def _clustered(surprise: FloatArray, cluster: IntArray) -> tuple[float, int]:
    """Return the variance of the mean clustered on one source, and its degrees of freedom."""
    total = np.bincount(cluster, surprise)
    clusters = len(total)
    return float(total @ total) * clusters / (clusters - 1), clusters - 1
