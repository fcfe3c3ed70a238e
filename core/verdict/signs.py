"""The sign test: of the prompts that lean to a side, do more lean to one than a fair coin would give?"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.stats import binom

from core.verdict.arrays import FloatArray, Interval
from core.verdict.intervals import clopper_pearson
from core.verdict.sequential import EVEN


@dataclass(frozen=True)
class SignTest:
    """Prompts above and below ½, those level at ½, and the exact two-sided p.

    `share` is the share of leaning prompts that lie above, with its exact 95 % interval; None where none
    lean.
    """

    above: int
    below: int
    level: int
    p: float
    share: float | None
    ci95: Interval | None


def sign_test(scores: FloatArray) -> SignTest:
    """Test per-prompt scores (0…1) against "as many above ½ as below".

    The two-sided binomial test at ½ (Conover 1999, "Practical Nonparametric Statistics", §3.4); p is 1 where
    no prompt leans. Valid only when the number of prompts was fixed beforehand: who looks again and again
    needs the evidence of `sequential`.
    """
    above, below = int((scores > EVEN).sum()), int((scores < EVEN).sum())
    lean = above + below
    if not lean:
        return SignTest(0, 0, len(scores), 1.0, None, None)
    return SignTest(
        above=above,
        below=below,
        level=len(scores) - lean,
        p=min(1.0, 2 * float(binom.cdf(min(above, below), lean, EVEN))),
        share=above / lean,
        ci95=clopper_pearson(above, lean),
    )


def holm(p: Sequence[float]) -> tuple[float, ...]:
    """Return p-values adjusted so that all tests together err in at most 5 % of studies when held to .05.

    Holm 1979, "A simple sequentially rejective multiple test procedure", Scand. J. Stat. 6:65.
    """
    values = np.asarray(p, dtype=np.float64)
    order = np.argsort(values, kind="stable")
    steps = np.maximum.accumulate(values[order] * np.arange(len(values), 0, -1))
    adjusted = np.empty(len(values))
    adjusted[order] = np.minimum(steps, 1)
    return tuple(float(value) for value in adjusted)
