"""People assisted by a judge model: people label some prompts, the judge all; its bias is taken out.

Prediction-powered inference, tuned: Angelopoulos, Duchi & Zrnic 2023, "PPI++", arXiv:2311.01453, for a mean.
"""

from dataclasses import dataclass

import numpy as np

from core.verdict.arrays import FloatArray, Interval
from core.verdict.intervals import wilson_of_mean
from core.verdict.votes import Votes

FEWEST_LABELLED = 40
"""Below this many prompts labelled by people the correction of the judge is too uncertain."""


@dataclass(frozen=True)
class Assisted:
    """A mean preference by people, made more precise by a judge; never the judge's own opinion.

    Attributes:
        n_people: prompts labelled by people (and by the judge).
        n_judge: further prompts labelled by the judge alone.
        mean: the estimate of the people's mean score.
        ci95: its interval.
        judge_weight: how far the judge is relied on, 0 (not at all) to 1.
        people_mean: by the people's labels alone.
        people_ci95: the interval of these.
        worth: how many more prompts labelled by people the judge is worth.
    """

    n_people: int
    n_judge: int
    mean: float
    ci95: Interval
    judge_weight: float
    people_mean: float
    people_ci95: Interval
    worth: int

    @property
    def sentence(self) -> str:
        """What the judge adds, also when that is nothing."""
        if not self.worth:
            return (
                f"The judge adds nothing here: its opinion on {self.n_judge} further prompts is worth no "
                "prompt rated by people."
            )
        return (
            f"The judge's opinion on {self.n_judge} further prompts is worth {self.worth} more rated by "
            f"people, beside the {self.n_people} that were."
        )


def assisted(people: FloatArray, judge: FloatArray, judge_alone: FloatArray) -> Assisted:
    """Combine people's labels on a random part of the prompts with a judge's on all.

    θ = mean(h) + λ(mean of f on the other prompts − mean of f on the labelled),
    λ = cov(h, f) / ((1 + n/N)·var f) within 0…1, variance = var(h − λf)/n + λ²·var(f)/N. Two imaginary
    prompts, on which judge and people say the opposite, count in var(h − λf): with few real disagreements
    among 40 labels the plain interval misses one study in ten. It is Wilson's with that variance and t(n −
    1). Where the judge does not make it narrower, people's labels stand alone.

    Args:
        people: people's mean score h on each labelled prompt, 0…1.
        judge: the judge's score f on the same prompts (both orders, disagreement ½).
        judge_alone: the judge's score on the prompts that people did not label.

    Raises:
        ValueError: fewer than 40 labelled prompts, none beside them, or scores outside 0…1.
    """
    n, further = len(people), len(judge_alone)
    if n < FEWEST_LABELLED or not further:
        raise ValueError(
            f"People labelled {n} prompts and the judge {further} others: a judge helps from "
            f"{FEWEST_LABELLED} prompts labelled by people on, and on prompts they did not label."
        )
    if len(judge) != n:
        raise ValueError("The judge must have scored every prompt that people labelled.")
    everything = np.concatenate([people, judge, judge_alone])
    if not (np.isfinite(everything).all() and everything.min() >= 0 and everything.max() <= 1):
        raise ValueError("Scores lie between 0 and 1.")
    spread = float(np.var(np.concatenate([judge, judge_alone]), ddof=1))
    weight = _weight(people, judge, spread, n / further)
    alone = float(np.var(people, ddof=1)) / n
    left = np.append(people - weight * judge, [1, -weight])
    variance = float(np.var(left, ddof=1)) / n + weight**2 * spread / further
    if not weight or variance >= alone:
        weight, variance = 0.0, alone
    mean = float(people.mean() + weight * (judge_alone.mean() - judge.mean()))
    mean = min(1.0, max(0.0, mean))
    return Assisted(
        n_people=n,
        n_judge=further,
        mean=mean,
        ci95=wilson_of_mean(mean, variance, n, n - 1),
        judge_weight=weight,
        people_mean=float(people.mean()),
        people_ci95=wilson_of_mean(float(people.mean()), alone, n, n - 1),
        worth=int(n * (alone / variance - 1)) if weight else 0,
    )


def assisted_preference(people: Votes, judge: Votes, a: str, b: str) -> Assisted:
    """Combine people's votes on `a` against `b` with a judge's, by prompt id.

    Raises:
        ValueError: as `assisted`; prompts that people voted on and the judge did not are left out.
    """
    labelled, judged = people.scores_by_prompt(a, b), judge.scores_by_prompt(a, b)
    both = labelled.index.intersection(judged.index)
    alone = judged.index.difference(labelled.index)
    return assisted(np.asarray(labelled[both]), np.asarray(judged[both]), np.asarray(judged[alone]))


def _weight(people: FloatArray, judge: FloatArray, spread: float, ratio: float) -> float:
    """Return λ: how far the judge is relied on; 0 where it has no opinion or the opposite one."""
    if spread <= 0:
        return 0.0
    return min(1.0, max(0.0, float(np.cov(people, judge)[0, 1]) / ((1 + ratio) * spread)))
