"""Nearest texts: for each text of one list which of another list are nearest, and how near, by rare words."""

from collections.abc import Callable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from core.text.words import tells, words

AT_ONCE = 1_000
"""Texts of one product: it keeps the memory at some tens of megabytes."""

Progress = Callable[[int, int], None]


def nearness(
    texts: Sequence[str], to: Sequence[str], progress: Progress | None = None
) -> NDArray[np.float64]:
    """The cosine, 0 to 1, of each text to the nearest of the others; 0 where there is none.

    Words weigh tf · idf with idf = ln((1 + N) / (1 + n)) + 1 over both lists (Salton and Buckley 1988, "Term
    weighting approaches in automatic text retrieval"); words that tell nothing are left out.
    """
    if not texts or not to:
        return np.zeros(len(texts))
    rows = _weighted([*texts, *to])
    asked, known = rows[: len(texts)], rows[len(texts) :].T.tocsr()
    found = np.zeros(len(texts))
    for start in range(0, len(texts), AT_ONCE):
        if progress is not None:
            progress(start, len(texts))
        product = asked[start : start + AT_ONCE] @ known
        found[start : start + AT_ONCE] = product.max(axis=1).toarray().ravel()
    return np.clip(found, 0.0, 1.0)


def nearest(texts: Sequence[str], to: Sequence[str]) -> Iterator[list[int]]:
    """For each text the places of the others, nearest first; those that share no telling word are left out.

    Near is what it is in `nearness`; of two that are equally near the first comes first.
    """
    rows = _weighted([*texts, *to])
    asked, known = rows[: len(texts)], rows[len(texts) :].T.tocsr()
    for place in range(len(texts)):
        product = asked[place] @ known
        order = np.lexsort((product.indices, -product.data))
        yield product.indices[order].tolist()


def _weighted(texts: Sequence[str]) -> sparse.csr_matrix:
    """One row of unit length for each text, a column for each word."""
    columns: dict[str, int] = {}
    starts, places = [0], list[int]()
    for text in texts:
        places += [columns.setdefault(word, len(columns)) for word in words(text) if tells(word)]
        starts.append(len(places))
    shape = (len(texts), max(1, len(columns)))
    counts = sparse.csr_matrix((np.ones(len(places)), places, starts), shape=shape)
    counts.sum_duplicates()
    holders = np.bincount(counts.indices, minlength=shape[1])
    counts = counts @ sparse.diags_array(np.log((1 + len(texts)) / (1 + holders)) + 1)
    lengths = np.sqrt(np.asarray(counts.multiply(counts).sum(axis=1)).ravel())
    return sparse.csr_matrix(sparse.diags_array(1 / np.maximum(lengths, 1e-12)) @ counts)
