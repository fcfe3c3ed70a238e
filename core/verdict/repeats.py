"""Repeats: a rater's second look at a prompt, beside the first."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from core.verdict.arrays import BoolArray, IntArray
from core.verdict.entry import entry_order
from core.verdict.rows import SKIP, Rows


@dataclass(frozen=True)
class Repeats:
    """Second looks of a rater at a prompt and pair, a row each; outcomes are relative to the pair.

    `second_left` marks those whose first look had the pair's second arm left, `swapped` those where the arms
    had changed sides since; `met` counts every (rater, prompt, pair), seen again or not.
    """

    prompts: tuple[str, ...]
    raters: tuple[str, ...]
    arms: tuple[str, ...]
    pairs: tuple[tuple[int, int], ...]
    prompt: IntArray
    rater: IntArray
    pair: IntArray
    first: IntArray
    again: IntArray
    second_left: BoolArray
    swapped: BoolArray
    met: int


def read_repeats(frame: pd.DataFrame) -> Repeats:
    """Return every rater's second look at the same prompt and pair beside the first; skips count as none.

    These are the rows that `read_votes` leaves out. Third and later looks are left out here too.

    Raises:
        BadTable: as `read_votes`.
    """
    rows = Rows.read(frame)
    order = entry_order(frame, rows.prompt, rows.pair, rows.prompts, None)
    rows = rows.take(order.rows)
    rows = rows.take(np.flatnonzero(rows.outcome != SKIP))
    key = rows.look
    looks = pd.Series(key).groupby(key).cumcount().to_numpy()
    first = dict(zip(key[looks == 0].tolist(), np.flatnonzero(looks == 0).tolist(), strict=True))
    again = np.flatnonzero(looks == 1)
    before = np.array([first[one] for one in key[again].tolist()], dtype=np.int64)
    return Repeats(
        prompts=rows.prompts,
        raters=rows.raters,
        arms=rows.arms,
        pairs=rows.pairs,
        prompt=rows.prompt[again],
        rater=rows.rater[again],
        pair=rows.pair[again],
        first=rows.outcome[before],
        again=rows.outcome[again],
        second_left=rows.second_left[before],
        met=len(first),
        swapped=rows.second_left[before] != rows.second_left[again],
    )
