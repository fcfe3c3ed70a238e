"""Which duel next: with many arms, most votes go to the pairs that decide who is best.

Prompts are never chosen this way: choosing them by results voids every number.
"""

from dataclasses import dataclass

import numpy as np

from core.verdict.arrays import FloatArray

ADAPTIVE_SHARE = 0.8
"""The share of duels drawn by top-two Thompson sampling; the rest are uniform, so that every pair keeps a
chance.
"""

_DRAWS = 4000
_FEWEST_ARMS = 2


@dataclass(frozen=True)
class Duel:
    """The pair of arms to compare next, and the probability with which it was drawn: log it with the vote."""

    pair: tuple[int, int]
    probability: float


def pair_chances(resampled: FloatArray, *, seed: int = 0) -> FloatArray:
    """Return the probability of drawing each pair (arms × arms, above the diagonal; it sums to 1).

    Top-two Thompson sampling (Russo 2020, Oper. Res. 68:1625): the best arm of one draw of strengths
    meets the best other arm of the next draws; with probability .2 the pair is uniform instead.

    Args:
        resampled: strengths drawn from what is still possible (draws × arms), like bootstrap resamples.
        seed: of the draws by which the probabilities are computed.

    Raises:
        ValueError: there are fewer than two arms, or no draws.
    """
    draws, arms = resampled.shape
    if arms < _FEWEST_ARMS or not draws:
        raise ValueError("A duel needs two arms, and their strengths at least one draw.")
    rng = np.random.default_rng(seed)
    best = np.bincount(resampled[rng.integers(draws, size=_DRAWS)].argmax(axis=1), minlength=arms) / _DRAWS
    chances = np.full((arms, arms), (1 - ADAPTIVE_SHARE) / (arms * (arms - 1) / 2))
    for first in range(arms):
        for second in range(arms):
            if first != second and best[first] > 0:
                low, high = min(first, second), max(first, second)
                chances[low, high] += (
                    ADAPTIVE_SHARE * best[first] * _challenges(best, resampled, first, second)
                )
    return np.triu(chances, 1)


def draw_duel(chances: FloatArray, rng: np.random.Generator) -> Duel:
    """Draw a pair with the given chances."""
    flat = chances.ravel()
    place = int(rng.choice(len(flat), p=flat / flat.sum()))
    first, second = divmod(place, chances.shape[1])
    return Duel((first, second), float(flat[place]))


def _challenges(best: FloatArray, resampled: FloatArray, first: int, second: int) -> float:
    """Return the probability that `second` challenges `first`: is the best of a draw that `first` is not."""
    left = 1 - best[first]
    if left > 0:
        return float(best[second] / left)
    rest = resampled.copy()
    rest[:, first] = -np.inf
    return float((rest.argmax(axis=1) == second).mean())
