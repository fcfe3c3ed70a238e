"""Made-up studies whose truth is known: what the simulations of the statistics draw from."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
from scipy.stats import norm

from core.verdict.arrays import FloatArray, IntArray, Interval
from core.verdict.votes import PairVotes

USUALLY = 0.5
"""In worlds where an interval is shown more seldom, what counts is how often it is shown and wrong."""


@dataclass(frozen=True)
class Coverage:
    """The share of intervals shown that hold the truth, and the share of studies that show one."""

    right: float
    shown: float

    @property
    def counts(self) -> float:
        """What the bound is held against: right where shown, or where seldom shown, not shown and wrong."""
        return self.right if self.shown >= USUALLY else 1 - (1 - self.right) * self.shown


@dataclass(frozen=True)
class Row:
    """One line of the table: what was measured, in which world, on how much, and how it came out (shares).

    Attributes:
        kind: error, coverage, power, or trap (no bound to keep).
        what: the method.
        world: what its studies are drawn from.
        n: prompts, or answers.
        studies: how many studies, or "exact".
        measured: the rate of errors, the share of intervals shown that are right, or the power.
        bound: what a rate of errors must not exceed, and a coverage or power not fall below.
        shown: the share of studies in which the interval is given at all.
    """

    kind: str
    what: str
    world: str
    n: str
    studies: str
    measured: float
    bound: float | None = None
    shown: float = 1.0

    @property
    def held(self) -> bool:
        """Whether the bound holds, up to two standard errors where the figure is simulated."""
        if self.bound is None:
            return True
        slack = 0.0
        if self.studies.isdigit():
            slack = 2 * float(np.sqrt(self.bound * (1 - self.bound) / int(self.studies)))
        over = Coverage(self.measured, self.shown).counts - self.bound
        return over <= slack if self.kind == "error" else -over <= slack


@dataclass(frozen=True)
class Crowd:
    """Raters and prompts: a vote is a latent normal taste, cut into loss, tie and win.

    Attributes:
        raters: votes on every prompt.
        lean: how far tastes lean to the first arm; 0 is the null.
        ties: share of ties in an even race.
        common: share of the latent variance that a prompt's raters have in common.
        personal: share that a rater has in common over prompts.
    """

    raters: int = 1
    lean: float = 0.0
    ties: float = 0.0
    common: float = 0.0
    personal: float = 0.0

    @property
    def cut(self) -> float:
        """Tastes nearer to 0 than this are ties."""
        return float(norm.ppf((1 + self.ties) / 2))

    @property
    def truth(self) -> float:
        """The mean score over all prompts and raters."""
        win, not_loss = norm.sf(self.cut - self.lean), norm.cdf(self.cut + self.lean)
        return float(win + not_loss) / 2

    def outcomes(self, rng: np.random.Generator, prompts: int, studies: int = 1) -> FloatArray:
        """Scores of votes (studies × prompts × raters)."""
        of_prompt = rng.normal(0, np.sqrt(self.common), (studies, prompts, 1))
        of_rater = rng.normal(0, np.sqrt(self.personal), (studies, 1, self.raters))
        own = np.sqrt(1 - self.common - self.personal)
        taste = self.lean + of_prompt + of_rater + rng.normal(0, own, (studies, prompts, self.raters))
        return np.where(taste > self.cut, 1.0, np.where(taste < -self.cut, 0.0, 0.5))

    def scores(self, rng: np.random.Generator, prompts: int, studies: int = 1) -> FloatArray:
        """Mean scores of prompts (studies × prompts)."""
        return np.asarray(self.outcomes(rng, prompts, studies).mean(axis=2))


def lean_for(mean: float, ties: float = 0.0) -> float:
    """The lean of a crowd whose mean score is this."""
    leans = np.linspace(0, 6, 6001)
    truths = [Crowd(lean=float(lean), ties=ties).truth for lean in leans]
    return float(np.interp(mean, truths, leans))


def as_votes(outcomes: FloatArray) -> PairVotes:
    """One study's outcomes (prompts × raters) as the votes of a pair."""
    prompts, raters = outcomes.shape
    return PairVotes(
        a="a",
        b="b",
        prompt=np.repeat(np.arange(prompts), raters),
        rater=np.tile(np.arange(raters), prompts),
        outcome=np.select([outcomes.ravel() == 1, outcomes.ravel() == 0], [0, 1], 2),
        raters=tuple(str(rater) for rater in range(raters)),
    )


def counted(outcomes: FloatArray) -> FloatArray:
    """How many raters of each prompt said first, second, tie (prompts × 3)."""
    return np.stack([(outcomes == value).sum(axis=1) for value in (1, 0, 0.5)], axis=1).astype(float)


def covered(intervals: Iterable[Interval | None], truth: float) -> Coverage:
    """How often the interval holds the truth where it is shown, and how often it is."""
    found = list(intervals)
    shown = [interval for interval in found if interval is not None]
    right = [low - 1e-12 <= truth <= high + 1e-12 for low, high in shown]
    return Coverage(float(np.mean(right)) if shown else 1.0, len(shown) / len(found))


def share(work: Callable[[int], bool], studies: int) -> float:
    """How often something happens in so many studies."""
    return float(np.mean([work(study) for study in range(studies)]))


def drawn_pairs(
    rng: np.random.Generator, worth: FloatArray, prompts: int, raters: int
) -> tuple[IntArray, IntArray]:
    """Each rater judges one random pair a prompt: the pairs (prompts × raters) and outcomes 0, 1, 2."""
    arms = len(worth)
    pairs = np.array([(i, j) for i in range(arms) for j in range(i + 1, arms)])
    pair = rng.integers(len(pairs), size=(prompts, raters))
    own = worth + rng.normal(0, 1, (prompts, arms))
    first = np.take_along_axis(own, pairs[pair, 0], axis=1)
    half = (first - np.take_along_axis(own, pairs[pair, 1], axis=1)) / 2
    total = np.exp(half) + np.exp(-half) + 0.8
    draw = rng.random((prompts, raters)) * total
    return pair, np.where(draw < np.exp(half), 0, np.where(draw < np.exp(half) + np.exp(-half), 1, 2))
