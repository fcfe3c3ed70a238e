"""Strength: all arms on one scale, with intervals and ranks from resampled prompts."""

from dataclasses import dataclass

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from core.verdict.arrays import FloatArray, IntArray, Interval
from core.verdict.davidson import PSEUDO, fit_davidson
from core.verdict.resample import ENOUGH_PROMPTS, RESAMPLES, AlikePrompts, bootstrap_totals
from core.verdict.sequential import EVEN


@dataclass(frozen=True)
class Strengths:
    """Davidson log-worths, centred to mean 0, in the order of the arms.

    All are None when comparisons do not connect the arms; intervals and rank sets also below 30 prompts.
    `rank_set` holds each arm's best and worst rank that the votes leave open, jointly at 95 %.
    """

    log_worth: tuple[float, ...] | None
    ci95: tuple[Interval, ...] | None
    nu: float | None
    rank_set: tuple[tuple[int, int], ...] | None
    regularised: bool
    converged: bool


def strengths(
    arms: int,
    pairs: IntArray,
    prompts: AlikePrompts,
    *,
    pseudo: float = PSEUDO,
    resamples: int = RESAMPLES,
    seed: int = 0,
) -> Strengths:
    """Return the strengths of all arms.

    Args:
        arms: how many arms there are.
        pairs: the two arms of every pair (pairs × 2).
        prompts: the votes by prompt; cells 3k to 3k + 2 count pair k's first wins, second wins and ties.
        pseudo: half-wins against the imaginary arm; 0 switches the regularisation off.
        resamples: bootstrap resamples of prompts.
        seed: the resamples' seed.
    """
    counts = np.asarray(prompts.copies @ prompts.cells).reshape(1, len(pairs), 3)
    if not connected(arms, pairs[counts[0].sum(axis=1) > 0]):
        return Strengths(None, None, None, None, regularised=pseudo > 0, converged=False)
    point = fit_davidson(pairs, counts, arms, pseudo=pseudo)
    worth = point.log_worth[0]
    ci95, ranks = None, None
    if prompts.n_prompts >= ENOUGH_PROMPTS and point.converged[0]:
        totals = bootstrap_totals(prompts.cells, prompts.copies, resamples=resamples, seed=seed)
        redone = fit_davidson(pairs, totals.reshape(-1, len(pairs), 3), arms, pseudo=pseudo)
        low, high = np.quantile(redone.log_worth, [0.025, 0.975], axis=0)
        ci95 = tuple((float(lo), float(hi)) for lo, hi in zip(low, high, strict=True))
        ranks = rank_sets(worth, redone.log_worth)
    return Strengths(
        log_worth=tuple(float(value) for value in worth),
        ci95=ci95,
        nu=float(point.nu[0]),
        rank_set=ranks,
        regularised=pseudo > 0,
        converged=bool(point.converged[0]),
    )


def connected(arms: int, pairs: IntArray) -> bool:
    """Return whether comparisons lead from every arm to every other."""
    graph = coo_array((np.ones(len(pairs)), (pairs[:, 0], pairs[:, 1])), shape=(arms, arms))
    return int(connected_components(graph, directed=False)[0]) == 1


def rank_sets(worth: FloatArray, resampled: FloatArray) -> tuple[tuple[int, int], ...]:
    """Return the ranks each arm may hold: it is surely better where its lead exceeds q standard errors.

    q is the 95 % quantile, over resamples, of the largest standardised deviation of a difference, so that all
    statements hold together (Mogstad et al. 2024, "Inference for ranks", Rev. Econ. Stud. 91:476).
    """
    i, j = np.triu_indices(len(worth), 1)
    lead = worth[i] - worth[j]
    deviation = resampled[:, i] - resampled[:, j] - lead
    error = (deviation + lead).std(axis=0, ddof=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        standardised = np.where(error > 0, np.abs(deviation) / error, 0)
    q = np.quantile(standardised.max(axis=1, initial=0), 0.95)
    better = np.zeros((len(worth), len(worth)), dtype=bool)
    better[i, j], better[j, i] = lead > q * error, -lead > q * error
    above, below = better.sum(axis=0), better.sum(axis=1)
    return tuple((1 + int(a), len(worth) - int(b)) for a, b in zip(above, below, strict=True))


def expected_score(log_worth: FloatArray, nu: float, baseline: int) -> FloatArray:
    """Return each arm's expected score (win 1, tie ½) against the baseline arm under the model."""
    half = (log_worth - log_worth[baseline]) / 2
    win, loss = np.exp(half), np.exp(-half)
    return np.asarray((win + nu / 2) / (win + loss + nu))


def cyclic_triads(preferred: FloatArray) -> int:
    """Return how many triples of arms beat each other in a circle.

    Args:
        preferred: mean score of the row's arm against the column's (arms × arms), NaN where they never met.
    """
    beats = np.nan_to_num(preferred, nan=EVEN) > EVEN
    return int(np.trace(beats.astype(np.int64) @ beats @ beats)) // 3
