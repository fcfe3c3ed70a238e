"""Coverage of strengths with their ranks, and of the fan of a learning curve."""

from collections.abc import Callable, Iterator

import numpy as np
from scipy.stats import norm

from benchmarks.statistics_worlds import Coverage, Row, covered, drawn_pairs
from core.verdict.arrays import FloatArray, Interval
from core.verdict.curve import ENOUGH_SEEDS, ENOUGH_TEST_PROMPTS, LearningCurve, Run, learning_curve
from core.verdict.davidson import fit_davidson
from core.verdict.resample import ENOUGH_PROMPTS, alike_prompts
from core.verdict.strength import Strengths, strengths

BOUND = 0.93
STUDIES = 1000
RESAMPLES = 500
SIZES = (10, 30, 100, 300, 1000)
ASKED = (100.0, 1000.0, 2000.0)
CURVES: dict[str, Callable[[FloatArray], FloatArray]] = {
    "rises fast": lambda n: 0.9 - 0.9 * n**-0.5,
    "rises slowly": lambda n: 0.95 - 0.8 * n**-0.15,
    "soon flat": lambda n: 0.8 - 0.5 * n**-1.0,
    "level": lambda n: np.full(np.shape(n), 0.7),
    "stops at once, no power law": lambda n: 0.9 - 0.6 * np.exp(-n / 150),
}


def rows() -> Iterator[Row]:
    """Strengths first, then curves."""
    rng = np.random.default_rng(303)
    for worth, prompts, raters in (
        ((0.0, 0.0), ENOUGH_PROMPTS, 1),
        ((-0.5, 0.5), ENOUGH_PROMPTS, 1),
        ((-1.0, 1.0), ENOUGH_PROMPTS, 3),
        ((-0.5, 0.0, 0.5), ENOUGH_PROMPTS, 3),
        ((-1.0, -0.5, 0.0, 0.0, 0.5, 1.0), ENOUGH_PROMPTS, 3),
        ((-1.0, -0.5, 0.0, 0.0, 0.5, 1.0), 100, 3),
    ):
        yield from _strengths(rng, np.array(worth), prompts, raters)
    for prompts, shaky in ((ENOUGH_TEST_PROMPTS, 0.3), (100, 0.1), (100, 0.3), (400, 0.3)):
        for name, curve in CURVES.items():
            yield from _curve(rng, name, curve, prompts, shaky)


def _strengths(rng: np.random.Generator, worth: FloatArray, prompts: int, raters: int) -> Iterator[Row]:
    arms = len(worth)
    pairs = np.array([(i, j) for i in range(arms) for j in range(i + 1, arms)])
    pair, outcome = drawn_pairs(rng, worth, 400_000, raters)
    whole = np.bincount((3 * pair + outcome).ravel(), minlength=3 * len(pairs)).astype(float)
    truth = fit_davidson(pairs, whole.reshape(1, -1, 3), arms, pseudo=0).log_worth[0]
    better = worth[:, None] - worth > 0
    place = np.repeat(np.arange(prompts), raters)
    found: list[Strengths] = []
    for _ in range(STUDIES):
        pair, outcome = drawn_pairs(rng, worth, prompts, raters)
        drawn = alike_prompts(place, (3 * pair + outcome).ravel(), 3 * len(pairs))
        found.append(strengths(arms, pairs, drawn, resamples=RESAMPLES))
    world = f"{arms} arms, {raters} raters, log-worths up to {worth.max():+.1f}"
    shown = [covered((_shown(one, arm) for one in found), float(truth[arm])) for arm in range(arms)]
    held = min(shown, key=lambda one: one.counts)
    yield _row("strength, worst arm, as shown", world, prompts, held)
    plain = [covered((one.ci95[arm] for one in found if one.ci95), float(truth[arm])) for arm in range(arms)]
    worst = min(one.right for one in plain)
    yield Row("trap", "strength `ci95`, a percentile bootstrap", world, str(prompts), str(STUDIES), worst)
    ranks = [_ranked_right(one.rank_set, better) for one in found if one.rank_set]
    held = Coverage(float(np.mean(ranks)), len(ranks) / STUDIES)
    yield _row("all rank sets at once", world, prompts, held)


def _shown(found: Strengths, arm: int) -> Interval | None:
    return None if found.shown95 is None else found.shown95[arm]


def _ranked_right(ranks: tuple[tuple[int, int], ...], better: np.ndarray) -> bool:
    """Whether every arm's true places, equal arms sharing theirs, touch its rank set."""
    best, worst = 1 + better.sum(axis=0), len(better) - better.sum(axis=1)
    return all(low <= b and w <= high for (low, high), b, w in zip(ranks, best, worst, strict=True))


def _curve(
    rng: np.random.Generator, name: str, curve: Callable[[FloatArray], FloatArray], prompts: int, shaky: float
) -> Iterator[Row]:
    found = [learning_curve(_runs(rng, curve, prompts, shaky), resamples=300) for _ in range(STUDIES)]
    world = f"{name}, {ENOUGH_SEEDS} seeds, runs differ by {'little' if shaky < 0.2 else 'much'}"
    kind = "trap" if "no power law" in name else "coverage"
    ends = [covered((_at(one, size) for one in found), float(curve(np.array([size]))[0])) for size in ASKED]
    worst = min(ends, key=lambda one: one.counts)
    yield _row("fan, at its worst size", world, prompts, worst, kind)
    gain = float(np.diff(curve(np.array([1000.0, 2000.0])))[0])
    held = covered((one.fan.doubling95 if one.fan else None for one in found), gain)
    yield _row("gain of doubling the examples", world, prompts, held, kind)


def _row(what: str, world: str, prompts: int, held: Coverage, kind: str = "coverage") -> Row:
    bound = BOUND if kind == "coverage" else None
    return Row(kind, what, world, str(prompts), str(STUDIES), held.right, bound, held.shown)


def _at(found: LearningCurve, size: float) -> Interval | None:
    if found.fan is None:
        return None
    low, high = (float(np.interp(size, found.fan.sizes, end)) for end in found.fan.ci95)
    return low, high


def _runs(
    rng: np.random.Generator, curve: Callable[[FloatArray], FloatArray], prompts: int, shaky: float
) -> list[Run]:
    hard = rng.normal(0, 0.8, prompts)
    scale = np.sqrt(1 + 0.8**2 + shaky**2)
    return [
        Run(size, seed, (level + hard + rng.normal(0, shaky) + rng.normal(0, 1, prompts) > 0).astype(float))
        for size, level in zip(SIZES, scale * norm.ppf(curve(np.array(SIZES, dtype=float))), strict=True)
        for seed in range(ENOUGH_SEEDS)
    ]
