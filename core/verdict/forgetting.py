"""Forgetting: does a tuned model still do what the base could, outside the task it was tuned for?"""

from collections.abc import Sequence
from dataclasses import dataclass

from core.verdict.accuracy import paired
from core.verdict.arrays import FloatArray, Interval
from core.verdict.margins import not_worse
from core.verdict.sequential import EVEN, anytime_interval

FEWEST_CONTROLS = 30
"""With fewer control prompts a loss of ten points is seldom seen, so nothing is called kept."""


@dataclass(frozen=True)
class Forgetting:
    """What became of general prompts after tuning.

    Attributes:
        n: control prompts.
        change: tuned minus base; by answers the net share of prompts (−1…1), by votes the mean preference for
            the tuned model minus ½ (−½…½).
        ci95: its interval (Tango's for answers; valid at any stopping time for votes); None is undefined.
        margin: the loss that was agreed to be bearable, in the same unit.
        kept: whether a loss larger than the margin is ruled out.
        lost: whether some loss is certain, however small.
    """

    n: int
    change: float
    ci95: Interval | None
    margin: float
    kept: bool
    lost: bool

    @property
    def sentence(self) -> str:
        """What happened, for a person."""
        moved = f"{100 * self.change:+.1f} points on {self.n} general prompts"
        span = f" (95 % {100 * self.ci95[0]:+.1f} to {100 * self.ci95[1]:+.1f})" if self.ci95 else ""
        allowed = f"{100 * self.margin:.0f} points"
        if self.n < FEWEST_CONTROLS:
            return f"Too few general prompts to speak of forgetting: {self.n} of {FEWEST_CONTROLS} needed."
        if self.kept and self.lost:
            return f"The tuned model lost a little, within the {allowed} allowed: {moved}{span}."
        if self.kept:
            return f"The tuned model kept its ground: {moved}{span}; a loss above {allowed} is ruled out."
        if self.lost:
            return f"The tuned model forgot: {moved}{span}."
        return f"Not known yet whether the tuned model forgot: {moved}{span}; {allowed} are not ruled out."


def forgetting_by_answers(
    expected: Sequence[str], base: Sequence[str], tuned: Sequence[str], margin: float
) -> Forgetting:
    """Compare both models' answers to general prompts that have one right text.

    Args:
        expected: the right text of every control prompt.
        base: the base model's answers.
        tuned: the tuned model's answers.
        margin: the bearable net loss, as a share of prompts (.05: five points).

    Raises:
        ValueError: there are no prompts, not one answer to each, or the margin is not between 0 and 1.
    """
    if not 0 < margin < 1:
        raise ValueError("The bearable loss lies between 0 and 1: 0.05 is five points.")
    found = paired(expected, base, tuned)
    low, high = found.tango95
    enough = found.n >= FEWEST_CONTROLS
    return Forgetting(
        found.n, found.net, found.tango95, margin, enough and low > -margin, enough and high < 0
    )


def forgetting_by_votes(scores: FloatArray, margin: float) -> Forgetting:
    """Judge blind votes on general prompts; valid whenever one looks.

    Args:
        scores: mean score of the tuned model on each control prompt (win 1, tie and both bad ½), in the order
            drawn beforehand.
        margin: how far below ½ its mean score may lie.

    Raises:
        ValueError: there are no prompts, or the margin is not between 0 and ½.
    """
    if not len(scores):
        raise ValueError("There are no votes on general prompts.")
    proof, interval = not_worse(scores, margin), anytime_interval(scores)
    change = float(scores.mean()) - EVEN
    around = None if interval is None else (interval[0] - EVEN, interval[1] - EVEN)
    enough = len(scores) >= FEWEST_CONTROLS
    lost = enough and around is not None and around[1] < 0
    return Forgetting(len(scores), change, around, margin, enough and proof.shown, lost)
