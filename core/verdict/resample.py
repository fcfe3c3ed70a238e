"""Resampling whole prompts: the votes on one prompt belong together, so they are drawn together."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array

from core.verdict.arrays import FloatArray, IntArray

RESAMPLES = 2000
ENOUGH_PROMPTS = 30
"""Below this many prompts a percentile bootstrap promises more than it knows."""

_NUMBERS_AT_ONCE = 32_768
"""As many numbers as a processor keeps close at hand."""

_FULL = 0.1
_BINOMIAL_COST = 20
"""Drawing one binomial number takes about as long as drawing this many prompts."""


@dataclass(frozen=True)
class AlikePrompts:
    """Prompts by what they hold: `copies[u]` prompts hold exactly `cells[u, c]` votes of each kind c.

    Alike prompts are interchangeable in a resample, which makes a million votes as quick as a few hundred.
    """

    cells: csr_array
    copies: IntArray

    @property
    def n_prompts(self) -> int:
        return int(self.copies.sum())


def alike_prompts(prompt: IntArray, cell: IntArray, n_cells: int) -> AlikePrompts:
    """Group prompts that hold the same votes, given each vote's prompt and its kind."""
    order = np.lexsort((cell, prompt))
    votes = cell[order].astype(np.int32)
    starts = np.flatnonzero(np.diff(prompt[order], prepend=-1))
    ends = np.append(starts, len(votes))[1:]
    raw, size = votes.tobytes(), votes.itemsize
    kinds: dict[bytes, int] = {}
    kind = [
        kinds.setdefault(raw[size * start : size * end], len(kinds))
        for start, end in zip(starts.tolist(), ends.tolist(), strict=True)
    ]
    held = np.frombuffer(b"".join(kinds), dtype=np.int32)
    row = np.repeat(np.arange(len(kinds)), [len(key) // size for key in kinds])
    cells = csr_array((np.ones(len(held)), (row, held)), shape=(len(kinds), n_cells))
    cells.sum_duplicates()
    return AlikePrompts(cells, np.bincount(np.array(kind, dtype=np.int64), minlength=len(kinds)))


def bootstrap_totals(
    features: csr_array, copies: IntArray, *, resamples: int = RESAMPLES, seed: int = 0
) -> FloatArray:
    """Return the sum of every feature over each resample of the prompts (resamples × features).

    `features[u]` belongs to each of `copies[u]` alike prompts. The same seed gives the same numbers.
    """
    rng = np.random.default_rng(seed)
    rows, columns = features.shape
    held = features.toarray() if features.nnz > _FULL * rows * columns else features
    return np.concatenate([draws @ held for draws in _draws(copies, resamples, rng)])


def _draws(copies: IntArray, resamples: int, rng: np.random.Generator) -> Iterator[FloatArray]:
    """Yield how often each kind of prompt is drawn, some resamples at a time."""
    kinds, prompts = len(copies), int(copies.sum())
    few_kinds = kinds * _BINOMIAL_COST < prompts
    at_once = max(1, _NUMBERS_AT_ONCE // (kinds if few_kinds else prompts))
    owner = np.repeat(np.arange(kinds), copies)
    for start in range(0, resamples, at_once):
        rows = min(at_once, resamples - start)
        if few_kinds:
            yield rng.multinomial(prompts, copies / prompts, size=rows).astype(np.float64)
        else:
            places = rng.integers(prompts, size=(rows, prompts), dtype=np.uint32)
            drawn = owner.take(places, mode="clip")  # no place is outside, so none is looked at twice
            drawn += np.arange(0, rows * kinds, kinds)[:, None]
            counts = np.bincount(drawn.ravel(), minlength=rows * kinds)
            yield counts.reshape(rows, kinds).astype(np.float64)
