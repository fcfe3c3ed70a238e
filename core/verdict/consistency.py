"""Self-consistency: does a rater who sees a pair again, with sides swapped, choose the same?"""

from dataclasses import dataclass

import numpy as np

from core.verdict.arrays import BoolArray, Interval
from core.verdict.intervals import shown_interval
from core.verdict.repeats import Repeats
from core.verdict.rows import SECOND


@dataclass(frozen=True)
class Consistency:
    """How often a second look gave the same outcome.

    Attributes:
        n: second looks counted (a skip on either look counts in nothing).
        n_prompts: the prompts they are on.
        same: share of second looks with the same outcome as the first.
        ci95: of `same`, prompts being the unit; None on few prompts.
        reversed: share that turned from one arm to the other.
        followed_side: share that turned by choosing the same side twice, though sides were swapped; these
            raters chose a side and not an answer. None where no second look was swapped.
        by_rater: second looks and the share that is the same, by the rater's id.
    """

    n: int
    n_prompts: int
    same: float | None
    ci95: Interval | None
    reversed: float | None
    followed_side: float | None
    by_rater: dict[str, tuple[int, float]]


def consistency(repeats: Repeats) -> Consistency:
    """Compare every rater's first and second look at the same prompt and pair."""
    if not len(repeats.rater):
        return Consistency(0, 0, None, None, None, None, {})
    same = repeats.first == repeats.again
    turned = (repeats.first != repeats.again) & (repeats.first <= SECOND) & (repeats.again <= SECOND)
    looks, alike = np.bincount(repeats.rater), np.bincount(repeats.rater, same)
    _, prompt = np.unique(repeats.prompt, return_inverse=True)
    per_prompt = np.bincount(prompt, same) / np.bincount(prompt)
    return Consistency(
        n=len(same),
        n_prompts=len(per_prompt),
        same=_share(same),
        ci95=shown_interval(per_prompt),
        reversed=_share(turned),
        followed_side=_share(turned[repeats.swapped]),
        by_rater={
            repeats.raters[one]: (int(looks[one]), float(alike[one] / looks[one]))
            for one in np.flatnonzero(looks).tolist()
        },
    )


def _share(marked: BoolArray) -> float | None:
    return float(marked.mean()) if len(marked) else None
