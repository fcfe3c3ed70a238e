"""Next votes: where they are best spent, on new prompts or on further raters."""

from dataclasses import dataclass

import numpy as np
from scipy.stats import t

from core.verdict.arrays import FloatArray
from core.verdict.spread import Spread, measured_spread
from core.verdict.votes import PairVotes

ENOUGH_OVERLAP = 0.2
"""The share of prompts with two raters or more below which agreement cannot be watched."""

_SURE = 0.975
_LARGEST_MARGIN = 0.5


@dataclass(frozen=True)
class Use:
    """One way to spend votes: what it is, how many prompts and votes follow, and the interval to expect.

    `half_width` is half of the 95 % interval of the mean preference, from 0 to ½.
    """

    what: str
    n_prompts: int
    n_votes: int
    half_width: float


@dataclass(frozen=True)
class NextVotes:
    """The ways to spend the next votes, the best first, and how precise the study is now."""

    now: float
    uses: tuple[Use, ...]
    overlap: float

    @property
    def sentence(self) -> str:
        """Where the next votes are best spent."""
        best = self.uses[0]
        others = "; ".join(f"{use.what} ±{100 * use.half_width:.1f}" for use in self.uses[1:])
        text = (
            f"The next votes are best spent on {best.what}: the interval goes from ±{100 * self.now:.1f} to "
            f"about ±{100 * best.half_width:.1f} points ({others})."
        )
        if self.overlap < ENOUGH_OVERLAP:
            text += (
                f" Only {100 * self.overlap:.0f} % of prompts have two raters; give a fifth of the votes to "
                "prompts that have one, or agreement cannot be measured."
            )
        return text


def next_votes(votes: PairVotes, budget: int = 20) -> NextVotes | None:
    """Return what the next votes bring if spent on new prompts or on further raters; None on few prompts.

    The spread of the votes so far is taken as it is. New prompts usually beat second raters.

    Raises:
        ValueError: the budget is not a number of votes.
    """
    if budget < 1:
        raise ValueError("Plan for at least one vote.")
    spread = measured_spread(votes)
    if spread is None:
        return None
    counts = np.bincount(votes.prompt).astype(np.float64)
    usual = max(1, round(float(counts.mean())))
    uses = [_use(f"{budget} new prompts with one rater each", np.append(counts, np.ones(budget)), spread)]
    if 1 < usual <= budget:
        added = np.append(counts, np.full(budget // usual, float(usual)))
        uses.append(_use(f"{budget // usual} new prompts with {usual} raters each", added, spread))
    uses.append(_use("another rater on prompts that have the fewest", _deepened(counts, budget), spread))
    return NextVotes(
        now=_half_width(counts, spread),
        uses=tuple(sorted(uses, key=lambda use: use.half_width)),
        overlap=float((counts > 1).mean()),
    )


def _use(what: str, counts: FloatArray, spread: Spread) -> Use:
    return Use(what, len(counts), int(counts.sum()), _half_width(counts, spread))


def _half_width(counts: FloatArray, spread: Spread) -> float:
    raters = 1 / float(np.mean(1 / counts))
    return min(_LARGEST_MARGIN, float(t.ppf(_SURE, len(counts) - 1)) * spread.error(len(counts), raters))


def _deepened(counts: FloatArray, budget: int) -> FloatArray:
    deeper = counts.copy()
    for _ in range(budget):
        deeper[int(deeper.argmin())] += 1
    return deeper
