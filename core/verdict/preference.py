"""Preference: how much one arm is liked over another, with the prompt as the unit of evidence.

What is estimated is the mean preference of these raters over prompts like these.
"""

from dataclasses import dataclass

import numpy as np

from core.verdict.arrays import Interval
from core.verdict.intervals import mean_interval, shown_interval
from core.verdict.rows import BOTH_BAD, FIRST, SECOND, TIE
from core.verdict.sequential import ENOUGH, EVEN, evidence
from core.verdict.signs import sign_test
from core.verdict.votes import PairVotes


@dataclass(frozen=True)
class PairVerdict:
    """Arm `a` against arm `b`: shares of votes, the mean over prompts, and how sure it is.

    `mean` is the mean over prompts of the per-prompt mean score of `a` (win 1, tie and both-bad ½); None is
    "undefined": no votes, or for `ci95` fewer than two prompts. `shown95` is `ci95` for people to read: None
    where so few prompts lean to a side that it would cover too little.
    """

    a: str
    b: str
    n_prompts: int
    n_votes: int
    win: float | None
    loss: float | None
    tie: float | None
    both_bad: float | None
    mean: float | None
    ci95: Interval | None
    shown95: Interval | None
    p_exact: float
    e_value: float
    e_max: float
    anytime_p: float
    anytime_ci95: Interval | None

    def leads_with(self, evidence_needed: float = ENOUGH) -> bool:
        """Return whether the evidence once reached this, and for the arm that is ahead."""
        if self.mean is None or self.e_max < evidence_needed or self.anytime_ci95 is None:
            return False
        low, high = self.anytime_ci95
        return low > EVEN if self.mean > EVEN else high < EVEN


@dataclass(frozen=True)
class Estimate:
    """A mean preference over prompts, of how many prompts and votes, and its 95 % interval.

    `mean` is None without votes, `ci95` also where so few prompts lean to a side that it would cover too
    little.
    """

    n_prompts: int
    n_votes: int
    mean: float | None
    ci95: Interval | None


@dataclass(frozen=True)
class Sensitivity:
    """The same preference counted two other ways; a verdict that turns with them is none."""

    without_ties: Estimate
    without_both_bad: Estimate


def pair_verdict(votes: PairVotes) -> PairVerdict:
    """Return the whole verdict on one pair of arms, seen from its `a`."""
    scores = votes.prompt_scores
    found, counted = evidence(scores), estimate(votes)
    return PairVerdict(
        a=votes.a,
        b=votes.b,
        n_prompts=counted.n_prompts,
        n_votes=counted.n_votes,
        win=_share(votes, FIRST),
        loss=_share(votes, SECOND),
        tie=_share(votes, TIE),
        both_bad=_share(votes, BOTH_BAD),
        mean=counted.mean,
        ci95=mean_interval(scores),
        shown95=counted.ci95,
        p_exact=sign_test(scores).p,
        e_value=found.e_value,
        e_max=found.e_max,
        anytime_p=found.anytime_p,
        anytime_ci95=found.anytime_ci95,
    )


def estimate(votes: PairVotes) -> Estimate:
    """Return the mean preference for `a` with the interval people may be shown."""
    scores = votes.prompt_scores
    mean = float(np.mean(scores)) if len(scores) else None
    return Estimate(len(scores), len(votes.outcome), mean, shown_interval(scores))


def sensitivity(votes: PairVotes) -> Sensitivity:
    """Return the preference with ties (both-bad too) dropped, and with both-bad alone left out."""
    return Sensitivity(
        without_ties=estimate(votes.only(votes.outcome < TIE)),
        without_both_bad=estimate(votes.only(votes.outcome != BOTH_BAD)),
    )


def per_rater(votes: PairVotes) -> dict[str, Estimate]:
    """Return each rater's own preference, by the rater's id: the rows of a forest plot."""
    return {votes.raters[one]: estimate(votes.only(votes.rater == one)) for one in np.unique(votes.rater)}


def leave_one_rater_out(votes: PairVotes) -> dict[str, Estimate]:
    """Return the preference without each rater in turn, by the rater's id: what hangs on a single person."""
    return {votes.raters[one]: estimate(votes.only(votes.rater != one)) for one in np.unique(votes.rater)}


def _share(votes: PairVotes, outcome: int) -> float | None:
    return float(np.mean(votes.outcome == outcome)) if len(votes.outcome) else None
