"""Spread: how much of what is unsure comes from prompts, and how much from raters who differ on one."""

from dataclasses import dataclass
from math import sqrt

import numpy as np

from core.verdict.votes import PairVotes

TYPICAL_TIES = 0.25
"""The share of ties and both-bad in a typical study (MT-bench: 23 % of all human votes)."""

TYPICAL_AGREEMENT = 0.4
"""Raters' agreement beyond chance in a typical study of preference (α of .3 to .5)."""

FEWEST_FOR_SPREAD = 10
"""Below this many prompts a study's own spread is too uncertain to plan with."""


@dataclass(frozen=True)
class Spread:
    """Variances of a vote's score (0, ½, 1).

    Attributes:
        between: variance of the prompts' true mean scores.
        within: variance of votes on one prompt.
    """

    between: float
    within: float

    def error(self, prompts: float, raters: float) -> float:
        """Return the standard error of the mean over prompts, each rated by so many raters."""
        return sqrt((self.between + self.within / raters) / prompts)


def typical_spread(ties: float = TYPICAL_TIES, agreement: float = TYPICAL_AGREEMENT) -> Spread:
    """Return the spread of an even race with so many ties and so much agreement, before there are votes."""
    total = (1 - ties) / 4
    return Spread(between=agreement * total, within=(1 - agreement) * total)


def measured_spread(votes: PairVotes) -> Spread | None:
    """Return the spread in a study's votes, by one-way analysis of variance; None on few prompts.

    Without a prompt that has two raters, "between" and "within" cannot be told apart: it then counts as split
    in the typical way.
    """
    per_prompt = np.bincount(votes.prompt)
    scores = votes.prompt_scores
    if len(scores) < FEWEST_FOR_SPREAD:
        return None
    total = float(np.var(scores, ddof=1))
    again = len(votes.prompt) - len(scores)
    if not again:
        return Spread(TYPICAL_AGREEMENT * total, (1 - TYPICAL_AGREEMENT) * total)
    within = float(((votes.scores - scores[votes.prompt]) ** 2).sum()) / again
    between = max(0.0, total - within * float(np.mean(1 / per_prompt)))
    return Spread(between, within)
