"""Davidson's model of paired comparisons with ties, fitted by Newton's method, many resamples at once.

Davidson 1970, "On extending the Bradley–Terry model to accommodate ties", JASA 65:317, §2:
P(i wins) = a_i/D, P(tie) = ν√(a_i a_j)/D, D = a_i + a_j + ν√(a_i a_j). Without ties ν = 0: Bradley–Terry.
"""

from dataclasses import dataclass

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from core.verdict.arrays import BoolArray, FloatArray, IntArray

PSEUDO = 0.5
"""Wins and losses of every arm against one imaginary extra arm, so that a sweep has a finite strength."""

_STEPS = 100
_HALVINGS = 30
_SMALL_STEP = 1e-9
_LARGEST_STEP = 5.0
_NUMBERS_AT_ONCE = 4_000_000


@dataclass(frozen=True)
class Fits:
    """Log-worths (fits × arms, each fit centred to mean 0), ν per fit, and whether each fit converged."""

    log_worth: FloatArray
    nu: FloatArray
    converged: BoolArray


def fit_davidson(pairs: IntArray, counts: FloatArray, arms: int, *, pseudo: float = PSEUDO) -> Fits:
    """Fit the model by maximum likelihood.

    Args:
        pairs: the two arms of every pair that met (pairs × 2), each pair once.
        counts: wins of the first, wins of the second, ties (fits × pairs × 3).
        arms: how many arms there are.
        pseudo: half-wins against the imaginary arm, 0 for the plain maximum. That does not exist where arms
            are not strongly connected (one never won, or never lost): such a fit is marked as not converged.
    """
    if pseudo > 0:
        pairs, counts = _with_imaginary_arm(pairs, counts, arms, pseudo)
    players = arms + (pseudo > 0)
    at_once = max(1, _NUMBERS_AT_ONCE // (players * players + 3 * len(pairs)))
    parts = [
        _newton(pairs, counts[start : start + at_once], players) for start in range(0, len(counts), at_once)
    ]
    worth = np.concatenate([part.log_worth for part in parts])[:, :arms]
    converged = np.concatenate([part.converged for part in parts])
    if pseudo == 0:
        converged &= np.array([_strongly_connected(pairs, one, arms) for one in counts], dtype=bool)
    return Fits(
        log_worth=worth - worth.mean(axis=1, keepdims=True),
        nu=np.concatenate([part.nu for part in parts]),
        converged=converged,
    )


def _with_imaginary_arm(
    pairs: IntArray, counts: FloatArray, arms: int, pseudo: float
) -> tuple[IntArray, FloatArray]:
    against = np.column_stack([np.arange(arms), np.full(arms, arms)])
    halves = np.broadcast_to([pseudo, pseudo, 0.0], (len(counts), arms, 3))
    return np.concatenate([pairs, against]), np.concatenate([counts, halves], axis=1)


def _newton(pairs: IntArray, counts: FloatArray, players: int) -> Fits:
    """Climb the log-likelihood, concave in the log-worths and ln ν; the last player is held at 0."""
    signs = _signs(pairs, players)
    tied = counts[:, :, 2].sum(axis=1) > 0
    params = np.zeros((len(counts), players))  # players − 1 log-worths, then ln ν
    with np.errstate(divide="ignore"):
        start = np.log(2 * counts[:, :, 2].sum(axis=1) / counts[:, :, :2].sum(axis=(1, 2)))
    params[:, -1] = np.where(tied, np.clip(start, -10, 20), -np.inf)
    level = _log_likelihood(params, counts, signs)
    converged = np.zeros(len(counts), dtype=bool)
    for _ in range(_STEPS):
        climbing = np.flatnonzero(~converged)
        if not len(climbing):
            break
        step = _newton_step(params[climbing], counts[climbing], signs, pairs)
        size = np.abs(step).max(axis=1)
        step *= np.minimum(1, _LARGEST_STEP / np.maximum(size, _SMALL_STEP))[:, None]
        params[climbing], level[climbing] = _uphill(
            params[climbing], level[climbing], step, counts[climbing], signs
        )
        converged[climbing] = size < _SMALL_STEP
    worth = np.concatenate([params[:, :-1], np.zeros((len(params), 1))], axis=1)
    return Fits(worth, np.exp(params[:, -1]), converged)


def _signs(pairs: IntArray, players: int) -> FloatArray:
    """Return the matrix that turns log-worths (without the last player) into differences."""
    signs = np.zeros((len(pairs), players))
    rows = np.arange(len(pairs))
    signs[rows, pairs[:, 0]], signs[rows, pairs[:, 1]] = 1, -1
    return signs[:, :-1]


def _log_likelihood(params: FloatArray, counts: FloatArray, signs: FloatArray) -> FloatArray:
    half, log_nu = params[:, :-1] @ signs.T / 2, params[:, -1:]
    log_d = np.logaddexp(np.logaddexp(half, -half), log_nu)
    ties = counts[:, :, 2] * np.where(np.isfinite(log_nu), log_nu, 0)
    gains = (counts[:, :, 0] - counts[:, :, 1]) * half + ties - counts.sum(axis=2) * log_d
    return np.asarray(gains.sum(axis=1))


def _newton_step(params: FloatArray, counts: FloatArray, signs: FloatArray, pairs: IntArray) -> FloatArray:
    half, log_nu = params[:, :-1] @ signs.T / 2, params[:, -1:]
    log_d = np.logaddexp(np.logaddexp(half, -half), log_nu)
    first, second, tie = np.exp(half - log_d), np.exp(-half - log_d), np.exp(log_nu - log_d)
    met, lead = counts.sum(axis=2), first - second
    slope = (counts[:, :, 0] - counts[:, :, 1] - met * lead) / 2
    slope_nu = (counts[:, :, 2] - met * tie).sum(axis=1)
    bend = met * (first + second - lead**2) / 4
    bend_nu = (met * tie * (1 - tie)).sum(axis=1)
    cross = -(met * lead * tie / 2) @ signs
    fits, free = params.shape
    hessian = np.zeros((fits, free, free))
    inner = (pairs < free - 1).all(axis=1)
    i, j = pairs[inner].T
    hessian[:, i, j] = hessian[:, j, i] = -bend[:, inner]
    diagonal = np.arange(free - 1)
    hessian[:, diagonal, diagonal] = bend @ np.abs(signs)
    hessian[:, -1, :-1] = hessian[:, :-1, -1] = cross
    hessian[:, -1, -1] = np.where(bend_nu > 0, bend_nu, 1)
    hessian += np.eye(free) * 1e-14
    gradient = np.concatenate([slope @ signs, slope_nu[:, None]], axis=1)
    return np.linalg.solve(hessian, gradient[:, :, None])[:, :, 0]


def _uphill(
    params: FloatArray, level: FloatArray, step: FloatArray, counts: FloatArray, signs: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Return the parameters after the step, halved wherever it would lead down."""
    scale = np.ones(len(params))
    slack = 1e-12 * np.abs(level)
    for _ in range(_HALVINGS):
        there = params + scale[:, None] * step
        reached = _log_likelihood(there, counts, signs)
        down = reached < level - slack
        if not down.any():
            break
        scale[down] /= 2
    return there, reached


def _strongly_connected(pairs: IntArray, counts: FloatArray, arms: int) -> bool:
    """Return whether every arm beats or ties, through others, every other (Ford 1957)."""
    beats = np.concatenate(
        [pairs[counts[:, 0] + counts[:, 2] > 0], pairs[counts[:, 1] + counts[:, 2] > 0][:, ::-1]]
    )
    graph = coo_array((np.ones(len(beats)), (beats[:, 0], beats[:, 1])), shape=(arms, arms))
    return int(connected_components(graph, directed=True, connection="strong")[0]) == 1
