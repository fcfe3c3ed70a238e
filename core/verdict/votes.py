"""Votes: a table of blind choices, checked once, and turned towards the sorted names of each pair of arms."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from core.verdict.arrays import BoolArray, FloatArray, IntArray
from core.verdict.entry import entry_order, leading_run
from core.verdict.errors import BadTable
from core.verdict.table import place, require

COLUMNS = ("prompt_id", "rater_id", "arm_left", "arm_right", "outcome")
OUTCOMES = ("left", "right", "tie", "both_bad", "skip")
FIRST, SECOND, TIE, BOTH_BAD, SKIP = range(5)
"""Outcomes relative to the pair's names in order of code point, never to sides."""

SCORES = np.array([1.0, 0.0, 0.5, 0.5])
"""What a vote is worth to the first arm of its pair."""


@dataclass(frozen=True)
class PairVotes:
    """The counted votes between two arms, seen from `a`; prompts are numbered in the order they enter."""

    a: str
    b: str
    prompt: IntArray
    rater: IntArray
    outcome: IntArray
    raters: tuple[str, ...]

    @property
    def scores(self) -> FloatArray:
        """What each vote is worth to `a`: win 1, tie and both-bad ½, loss 0."""
        return SCORES[self.outcome]

    @property
    def prompt_scores(self) -> FloatArray:
        """The mean score of `a` on each prompt over its raters, in the order in which prompts enter."""
        votes = np.bincount(self.prompt)
        return np.bincount(self.prompt, self.scores) / votes

    def only(self, kept: BoolArray) -> "PairVotes":
        """Return the votes marked in `kept`; prompts without any left no longer count."""
        _, prompt = np.unique(self.prompt[kept], return_inverse=True)
        return PairVotes(self.a, self.b, prompt, self.rater[kept], self.outcome[kept], self.raters)


@dataclass(frozen=True)
class Votes:
    """Counted votes, a row each: no skips, and of one rater's repeats of a prompt only the first.

    `pair` indexes `pairs`, whose members index `arms`; `outcome` is relative to the pair's first arm;
    `second_left` marks votes where the pair's second arm stood left; `entry` orders a pair's prompts.
    """

    arms: tuple[str, ...]
    prompts: tuple[str, ...]
    raters: tuple[str, ...]
    pairs: tuple[tuple[int, int], ...]
    pair: IntArray
    prompt: IntArray
    rater: IntArray
    outcome: IntArray
    second_left: BoolArray
    entry: IntArray
    warnings: tuple[str, ...]

    def between(self, a: str, b: str) -> PairVotes:
        """Return the votes between two arms, seen from `a`; none where they never met."""
        first, second = sorted((a, b))
        names = [(self.arms[i], self.arms[j]) for i, j in self.pairs]
        number = names.index((first, second)) if (first, second) in names else -1
        here = np.flatnonzero(self.pair == number)
        _, prompt = np.unique(self.entry[here], return_inverse=True)
        outcome = self.outcome[here]
        seen_from_a = outcome if a == first else np.array([SECOND, FIRST, TIE, BOTH_BAD])[outcome]
        return PairVotes(a, b, prompt, self.rater[here], seen_from_a, self.raters)


def read_votes(
    frame: pd.DataFrame, *, raters: int | None = None, planned: Sequence[str] | None = None
) -> Votes:
    """Check a table of votes and count it.

    Args:
        frame: columns prompt_id, rater_id, arm_left, arm_right, outcome (left, right, tie, both_bad, skip);
            optional voted_at (otherwise rows are in order) and prompt_order (an integer drawn beforehand).
        raters: count only the leading run of each pair's prompts that this many raters have finished.
        planned: the prompt ids in the order drawn beforehand, those without votes too; a prompt then counts
            only after all before it are complete (by `raters`, at least one).

    Raises:
        BadTable: a column is missing, or a row has a blank, an unknown outcome or an impossible pair.
    """
    require(frame, COLUMNS)
    if frame.empty:
        raise BadTable("there are no votes, only a header.")
    if raters is not None and raters < 1:
        raise BadTable("a prompt is complete with one rater or more; ask for at least 1.")
    rows = _Rows.read(frame)
    order = entry_order(frame, rows.prompt, rows.pair, rows.prompts, planned)
    rows, first_rows = rows.take(order.rows), order.entry
    repeats = _repeats(rows)
    notes = [*order.notes, *_notes_on_rows(rows, repeats)]
    kept, restriction = leading_run(
        rows.pair, first_rows, ~repeats, raters=raters, planned=planned is not None
    )
    counted = ~repeats & (rows.outcome != SKIP) & kept
    notes.extend(restriction)
    return Votes(
        arms=rows.arms,
        prompts=rows.prompts,
        raters=rows.raters,
        pairs=rows.pairs,
        pair=rows.pair[counted],
        prompt=rows.prompt[counted],
        rater=rows.rater[counted],
        outcome=rows.outcome[counted],
        second_left=rows.second_left[counted],
        entry=first_rows[counted],
        warnings=tuple(notes),
    )


@dataclass(frozen=True)
class _Rows:
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
    def read(cls, frame: pd.DataFrame) -> "_Rows":
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

    def take(self, order: IntArray) -> "_Rows":
        return _Rows(
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


def _repeats(rows: _Rows) -> BoolArray:
    key = (rows.prompt * len(rows.pairs) + rows.pair) * len(rows.raters) + rows.rater
    return pd.Series(key).duplicated().to_numpy()


def _notes_on_rows(rows: _Rows, repeats: BoolArray) -> list[str]:
    notes = []
    if again := int(repeats.sum()):
        notes.append(
            f"Repeats of a prompt by one rater, of which only the first counts: {again} further rows."
        )
    if skips := int(((rows.outcome == SKIP) & ~repeats).sum()):
        notes.append(f"Skipped votes, which complete a prompt but leave every number: {skips}.")
    return notes
