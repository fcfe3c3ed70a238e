"""Accuracy: answers with one right text, per arm and as a paired comparison on the same prompts."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

import numpy as np
from scipy.optimize import brentq
from scipy.stats import binom

from core.verdict.arrays import BoolArray, Interval
from core.verdict.intervals import Z95, clopper_pearson, wilson

FEWEST_FOR_WILSON = 120
"""Below this many answers Wilson's interval misses 8 % of the time at some shares; the exact one does not."""

FEWEST_FOR_TANGO = 12
"""Below this many prompts Tango's interval misses up to 20 % of the time."""

_EDGE = 1e-12


@dataclass(frozen=True)
class ArmAccuracy:
    """One arm: how many answers are right, of how many, and the macro-F1 over the expected labels.

    `shown95` is the interval for people to read: Wilson's from 120 answers on, below that the exact one.
    """

    n: int
    correct: int
    accuracy: float
    wilson95: Interval
    shown95: Interval
    macro_f1: float


@dataclass(frozen=True)
class Paired:
    """Arm `b` compared with arm `a` on the same prompts.

    `fixed`: b right where a was wrong; `broken`: the other way round; `net` = (fixed − broken) / n. `shown95`
    is `tango95` for people to read: None where there are so few prompts that it may cover too little.
    """

    n: int
    fixed: int
    broken: int
    net: float
    tango95: Interval
    shown95: Interval | None
    mcnemar_exact_p: float
    midp: float


def accuracy(expected: Sequence[str], answers: Sequence[str]) -> ArmAccuracy:
    """Score one arm's answers: right is the same text after trimming; a blank answer is wrong.

    Raises:
        ValueError: there are no prompts, or not one answer to each.
    """
    right = correct(expected, answers)
    n, hits = len(right), int(right.sum())
    return ArmAccuracy(
        n=n,
        correct=hits,
        accuracy=hits / n,
        wilson95=wilson(hits / n, n),
        shown95=share_interval(hits, n),
        macro_f1=macro_f1(expected, answers),
    )


def paired(expected: Sequence[str], a: Sequence[str], b: Sequence[str]) -> Paired:
    """Compare two arms' answers to the same prompts.

    Raises:
        ValueError: there are no prompts, or not one answer to each.
    """
    right_a, right_b = correct(expected, a), correct(expected, b)
    n, fixed, broken = len(right_a), int((right_b & ~right_a).sum()), int((right_a & ~right_b).sum())
    return Paired(
        n=n,
        fixed=fixed,
        broken=broken,
        net=(fixed - broken) / n,
        tango95=tango(fixed, broken, n),
        shown95=paired_interval(fixed, broken, n),
        mcnemar_exact_p=mcnemar_exact(fixed, broken),
        midp=mcnemar_midp(fixed, broken),
    )


def share_interval(hits: int, n: int) -> Interval:
    """Return the 95 % interval of an accuracy: Wilson's from 120 answers on, below that the exact one."""
    return wilson(hits / n, n) if n >= FEWEST_FOR_WILSON else clopper_pearson(hits, n)


def paired_interval(fixed: int, broken: int, n: int) -> Interval | None:
    """Return Tango's interval of the net change where it is known to cover, from 12 prompts on."""
    return tango(fixed, broken, n) if n >= FEWEST_FOR_TANGO else None


def correct(expected: Sequence[str], answers: Sequence[str]) -> BoolArray:
    """Return which answers are right."""
    if len(expected) != len(answers):
        raise ValueError(f"There are {len(expected)} expected texts and {len(answers)} answers.")
    if not len(expected):
        raise ValueError("There are no prompts, so there is no accuracy.")
    pairs = zip(expected, answers, strict=True)
    return np.array([bool(answer.strip()) and answer.strip() == wanted.strip() for wanted, answer in pairs])


def macro_f1(expected: Sequence[str], answers: Sequence[str]) -> float:
    """Return the plain mean of F1 = 2·TP / (2·TP + FP + FN) over the labels that are expected."""
    right = correct(expected, answers)
    wanted = [text.strip() for text in expected]
    given = [text.strip() for text in answers]
    scores = []
    labels, label = np.unique(np.array(wanted, dtype=object), return_inverse=True)
    said: dict[str, int] = {}
    for text in given:
        said[text] = said.get(text, 0) + 1
    for hits, asked, name in zip(np.bincount(label, right), np.bincount(label), labels, strict=True):
        scores.append(2 * hits / (asked + (said.get(name, 0) if name else 0)))
    return float(np.mean(scores))


def tango(fixed: int, broken: int, n: int, z: float = Z95) -> Interval:
    """Return Tango's score interval of (fixed − broken) / n (Tango 1998, Statistics in Medicine 17:891)."""

    def excess(delta: float) -> float:
        linear = (2 * n - fixed + broken) * delta - fixed - broken
        constant = -broken * delta * (1 - delta)
        rare = (sqrt(max(0.0, linear**2 - 8 * n * constant)) - linear) / (4 * n)
        variance = n * (2 * rare + delta * (1 - delta))
        return (fixed - broken - n * delta) / sqrt(max(variance, _EDGE**2))

    middle = (fixed - broken) / n
    low = -1.0 if middle <= -1 else float(brentq(lambda d: excess(d) - z, -1 + _EDGE, middle, xtol=1e-13))
    high = 1.0 if middle >= 1 else float(brentq(lambda d: excess(d) + z, middle, 1 - _EDGE, xtol=1e-13))
    return low, high


def mcnemar_exact(fixed: int, broken: int) -> float:
    """Return McNemar's exact two-sided p: the prompts that changed, as tosses of a fair coin; 1 if none."""
    return min(1.0, 2 * float(binom.cdf(min(fixed, broken), fixed + broken, 0.5)))


def mcnemar_midp(fixed: int, broken: int) -> float:
    """Return McNemar's mid-p, 2·P(X ≤ k) − P(X = k) (Fagerland et al. 2013, BMC Med. Res. Meth. 13:91)."""
    if fixed == broken:
        return 1.0
    k, changed = min(fixed, broken), fixed + broken
    return float(2 * binom.cdf(k, changed, 0.5) - binom.pmf(k, changed, 0.5))
