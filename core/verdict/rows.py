"""Rows: every line of a table of votes, checked once, as numbers relative to the sorted names of its pair."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from core.verdict.arrays import BoolArray, IntArray
from core.verdict.errors import BadTable
from core.verdict.table import place, require

COLUMNS = ("prompt_id", "rater_id", "arm_left", "arm_right", "outcome")
OUTCOMES = ("left", "right", "tie", "both_bad", "skip")
FIRST, SECOND, TIE, BOTH_BAD, SKIP = range(5)
"""Outcomes relative to the pair's names in order of code point, never to sides."""


@dataclass(frozen=True)
class Rows:
    """Every row of the table, checked, as codes."""

    arms: tuple[str, ...]
    prompts: tuple[str, ...]
    raters: tuple[str, ...]
    pairs: tuple[tuple[int, int], ...]
    pair: IntArray
    prompt: IntArray
    rater: IntArray
    outcome: IntArray
    second_left: BoolArray

    @classmethod
    def read(cls, frame: pd.DataFrame) -> "Rows":
        """Check a table of votes.

        Raises:
            BadTable: a column is missing, or a row has a blank, an unknown outcome or an impossible pair.
        """
        require(frame, COLUMNS)
        if frame.empty:
            raise BadTable("there are no votes, only a header.")
        prompt, prompts = _coded(frame, "prompt_id")
        rater, raters = _coded(frame, "rater_id")
        left_code, left_names = _coded(frame, "arm_left")
        right_code, right_names = _coded(frame, "arm_right")
        arms = tuple(sorted({*left_names, *right_names}))
        left = np.array([arms.index(name) for name in left_names])[left_code]
        right = np.array([arms.index(name) for name in right_names])[right_code]
        _refuse_same(frame, left == right)
        first, second = np.minimum(left, right), np.maximum(left, right)
        keys, pair = np.unique(first * len(arms) + second, return_inverse=True)
        second_left = left > right
        return cls(
            arms=arms,
            prompts=prompts,
            raters=raters,
            pairs=tuple((int(key) // len(arms), int(key) % len(arms)) for key in keys),
            pair=pair,
            prompt=prompt,
            rater=rater,
            outcome=_outcomes(frame, second_left),
            second_left=second_left,
        )

    @property
    def look(self) -> IntArray:
        """A number for each rater's prompt and pair: the same number again is a second look."""
        return (self.prompt * len(self.pairs) + self.pair) * len(self.raters) + self.rater

    def take(self, order: IntArray) -> "Rows":
        """Return these rows in this order."""
        return Rows(
            arms=self.arms,
            prompts=self.prompts,
            raters=self.raters,
            pairs=self.pairs,
            pair=self.pair[order],
            prompt=self.prompt[order],
            rater=self.rater[order],
            outcome=self.outcome[order],
            second_left=self.second_left[order],
        )


def _coded(frame: pd.DataFrame, field: str) -> tuple[IntArray, tuple[str, ...]]:
    codes, values = pd.factorize(frame[field])
    names = pd.Series([str(value) for value in values], dtype=object)
    blank = np.append(
        np.array([not name.strip() for name in names], dtype=bool), True
    )  # -1 is a missing value
    if blank[codes].any():
        raise BadTable(f"{place(frame, int(blank[codes].argmax()))}, {field}: it is blank.")
    same, different = pd.factorize(names)
    return same[codes].astype(np.int64), tuple(different)


def _refuse_same(frame: pd.DataFrame, same: BoolArray) -> None:
    if same.any():
        row = int(same.argmax())
        name = frame["arm_right"].iloc[row]
        raise BadTable(f"{place(frame, row)}, arm_right: {name!r} is compared with itself.")


def _outcomes(frame: pd.DataFrame, second_left: BoolArray) -> IntArray:
    codes, names = _coded(frame, "outcome")
    words = [name.strip() for name in names]
    unknown = np.array([word not in OUTCOMES for word in words])
    if unknown[codes].any():
        row = int(unknown[codes].argmax())
        raise BadTable(
            f"{place(frame, row)}, outcome: {words[codes[row]]!r} is none of {', '.join(OUTCOMES)}.",
        )
    side = np.array([OUTCOMES.index(word) for word in words])[codes]
    return np.where(second_left & (side <= SECOND), 1 - side, side)
