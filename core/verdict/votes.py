"""Votes: blind choices that count, turned towards the sorted names of each pair of arms."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from core.verdict.arrays import BoolArray, FloatArray, IntArray
from core.verdict.entry import entry_order, leading_run
from core.verdict.errors import BadTable
from core.verdict.rows import BOTH_BAD, FIRST, SECOND, SKIP, TIE, Rows

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
        here = np.flatnonzero(self.pair == self._pair_number(a, b))
        _, prompt = np.unique(self.entry[here], return_inverse=True)
        outcome = self.outcome[here]
        seen_from_a = outcome if a <= b else np.array([SECOND, FIRST, TIE, BOTH_BAD])[outcome]
        return PairVotes(a, b, prompt, self.rater[here], seen_from_a, self.raters)

    def scores_by_prompt(self, a: str, b: str) -> "pd.Series[float]":
        """Return the mean score of `a` against `b` on each prompt, by the prompt's id, in order of entry."""
        seen = self.between(a, b)
        here = self.pair == self._pair_number(a, b)
        names = pd.Series(np.array(self.prompts, dtype=object)[self.prompt[here]])
        first_row = pd.Series(seen.prompt).drop_duplicates().sort_values().index
        return pd.Series(seen.prompt_scores, index=pd.Index(names[first_row], dtype=object))

    def _pair_number(self, a: str, b: str) -> int:
        first, second = sorted((a, b))
        names = [(self.arms[i], self.arms[j]) for i, j in self.pairs]
        return names.index((first, second)) if (first, second) in names else -1


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
    if raters is not None and raters < 1:
        raise BadTable("a prompt is complete with one rater or more; ask for at least 1.")
    rows = Rows.read(frame)
    order = entry_order(frame, rows.prompt, rows.pair, rows.prompts, planned)
    rows, first_rows = rows.take(order.rows), order.entry
    repeats = pd.Series(rows.look).duplicated().to_numpy()
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


def _notes_on_rows(rows: Rows, repeats: BoolArray) -> list[str]:
    notes = []
    if again := int(repeats.sum()):
        notes.append(
            f"Repeats of a prompt by one rater, of which only the first counts: {again} further rows."
        )
    if skips := int(((rows.outcome == SKIP) & ~repeats).sum()):
        notes.append(f"Skipped votes, which complete a prompt but leave every number: {skips}.")
    return notes
