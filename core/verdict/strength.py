"""Strength: all arms on one scale, with intervals and ranks from resampled prompts."""

from dataclasses import dataclass
from math import sqrt

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from scipy.stats import t

from core.verdict.arrays import BoolArray, FloatArray, IntArray, Interval
from core.verdict.davidson import PSEUDO, fit_davidson
from core.verdict.resample import ENOUGH_PROMPTS, RESAMPLES, AlikePrompts, bootstrap_totals

_NO_SPREAD = 1e-9

FEWEST_WON_AND_LOST = 5
"""An arm that won, or lost, on fewer prompts than this has an interval that covers too little."""


@dataclass(frozen=True)
class Strengths:
    """Davidson log-worths, centred to mean 0, in the order of the arms.

    All are None when comparisons do not connect the arms; intervals and rank sets also below 30 prompts.
    `ci95` is the percentile bootstrap of prompts. `shown95` is the interval for people to read, wider, and
    None for an arm that won, or lost, on fewer than 5 prompts, or where every resample gave the same.
    `rank_set` holds each arm's best and worst rank that the votes leave open, jointly at 95 %.
    """

    log_worth: tuple[float, ...] | None
    ci95: tuple[Interval, ...] | None
    shown95: tuple[Interval | None, ...] | None
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

    `ci95` holds the 2.5 % and 97.5 % percentiles of the resamples; on 30 prompts they cover 90 to 93 %, so
    `shown95` is the log-worth ± t(P − 1) bootstrap standard errors × √(P / (P − 1)) (Efron & Tibshirani 1993,
    "An Introduction to the Bootstrap", §12.5).

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
        return Strengths(None, None, None, None, None, regularised=pseudo > 0, converged=False)
    point = fit_davidson(pairs, counts, arms, pseudo=pseudo)
    worth = point.log_worth[0]
    ci95, shown95, ranks = None, None, None
    if prompts.n_prompts >= ENOUGH_PROMPTS and point.converged[0]:
        totals = bootstrap_totals(prompts.cells, prompts.copies, resamples=resamples, seed=seed)
        redone = fit_davidson(pairs, totals.reshape(-1, len(pairs), 3), arms, pseudo=pseudo)
        low, high = np.quantile(redone.log_worth, [0.025, 0.975], axis=0).tolist()
        ci95 = tuple(zip(low, high, strict=True))
        known = _fewest_won_or_lost(arms, pairs, prompts) >= FEWEST_WON_AND_LOST
        shown95 = _shown95(worth, redone.log_worth, prompts.n_prompts, known)
        ranks = rank_sets(worth, redone.log_worth)
    return Strengths(
        log_worth=tuple(float(value) for value in worth),
        ci95=ci95,
        shown95=shown95,
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


def _shown95(
    worth: FloatArray, resampled: FloatArray, prompts: int, known: BoolArray
) -> tuple[Interval | None, ...]:
    """Return t intervals with bootstrap standard errors for the arms that are known well enough."""
    error = resampled.std(axis=0, ddof=1)
    half = error * float(t.ppf(0.975, prompts - 1)) * sqrt(prompts / (prompts - 1))
    shown = known & (error > _NO_SPREAD)
    return tuple(
        (float(mid - wide), float(mid + wide)) if show else None
        for mid, wide, show in zip(worth, half, shown, strict=True)
    )


def _fewest_won_or_lost(arms: int, pairs: IntArray, prompts: AlikePrompts) -> IntArray:
    """Return for each arm the number of prompts on which it won, or lost, whichever is smaller."""
    cell = np.arange(len(pairs)) * 3
    won, lost = np.zeros((prompts.cells.shape[1], arms)), np.zeros((prompts.cells.shape[1], arms))
    won[cell, pairs[:, 0]] = won[cell + 1, pairs[:, 1]] = 1
    lost[cell, pairs[:, 1]] = lost[cell + 1, pairs[:, 0]] = 1
    return np.minimum(*(prompts.copies @ (prompts.cells @ side > 0) for side in (won, lost)))
