"""Coverage by simulation: how often an interval that is shown holds the truth, at its smallest n."""

from collections.abc import Iterator

import numpy as np
from scipy.stats import norm, t

from benchmarks.statistics_worlds import (
    Coverage,
    Crowd,
    Row,
    as_votes,
    counted,
    covered,
    lean_for,
)
from core.verdict.agreement import ENOUGH_FOR_AGREEMENT, VALUES, ac1, ac1_interval95, alpha, alpha_interval95
from core.verdict.arrays import FloatArray, Interval
from core.verdict.assisted import FEWEST_LABELLED, assisted
from core.verdict.crossed import ENOUGH_RATERS, ENOUGH_SEEDS, over_seeds, two_way_interval
from core.verdict.intervals import shown_interval, wilson
from core.verdict.length import ENOUGH_FOR_CONTROL, length_split
from core.verdict.resample import ENOUGH_PROMPTS
from core.verdict.scale import scale_difference
from core.verdict.sequential import anytime_interval

BOUND = 0.93
STUDIES = 4000
FEWER = 1000
AT_EQUAL_LENGTH = 0.6
TASTES = 0.5
MANY = 200_000


def rows() -> Iterator[Row]:
    """Everything that is not worked out exactly, but strengths and learning curves."""
    rng = np.random.default_rng(202)
    yield from _preferences(rng)
    yield from _any_time(rng)
    yield from _agreements(rng)
    yield from _raters(rng)
    yield from _seeds(rng)
    yield from _judges(rng)
    yield from _lengths(rng)
    yield from _scales(rng)


def _preferences(rng: np.random.Generator) -> Iterator[Row]:
    sizes = ((10, 0.5), (12, 0.5), (12, 0.8), (30, 0.5), (30, 0.8), (30, 0.95), (100, 0.6), (100, 0.95))
    for prompts, mean in sizes:
        crowd = Crowd(raters=3, ties=0.3, common=0.5, lean=lean_for(mean, 0.3))
        found = [shown_interval(scores) for scores in crowd.scores(rng, prompts, STUDIES)]
        world = f"3 raters who agree in part, 30 % ties, true mean {100 * mean:.0f} %"
        yield _row("mean preference, as shown", world, prompts, covered(found, crowd.truth))
    crowd = Crowd(raters=3, ties=0.3, common=0.5, lean=lean_for(0.6, 0.3))
    votes = crowd.outcomes(rng, 100, STUDIES)
    pooled = [wilson(float(study.mean()), study.size) for study in votes]
    world = "3 raters who agree in part, true mean 60 %"
    yield Row(
        "trap", "Wilson on pooled votes", world, "100", str(STUDIES), covered(pooled, crowd.truth).right
    )


def _any_time(rng: np.random.Generator) -> Iterator[Row]:
    for mean in (0.5, 0.7, 0.95):
        crowd = Crowd(ties=0.3, lean=lean_for(mean, 0.3))
        found = [anytime_interval(scores) or (1.0, 0.0) for scores in crowd.scores(rng, 200, FEWER)]
        world = f"1 rater, 30 % ties, true mean {100 * mean:.0f} %, all looks at once"
        yield _row("interval at any time", world, 200, covered(found, crowd.truth), FEWER)


def _agreements(rng: np.random.Generator) -> Iterator[Row]:
    each_once, owner = np.ones(ENOUGH_FOR_AGREEMENT, dtype=np.int64), np.arange(ENOUGH_FOR_AGREEMENT)
    for raters, common in ((2, 0.2), (3, 0.5), (5, 0.5), (10, 0.1), (20, 0.1), (3, 0.98)):
        crowd = Crowd(raters=raters, ties=0.3, common=common)
        whole = counted(crowd.outcomes(rng, MANY)[0])
        truth = alpha(whole) or 0.0
        tables = [counted(study) for study in crowd.outcomes(rng, ENOUGH_FOR_AGREEMENT, STUDIES)]
        held = covered((alpha_interval95(units, owner, each_once) for units in tables), truth)
        world = f"{raters} raters, true α {truth:.2f}"
        yield _row("agreement α, nominal", world, ENOUGH_FOR_AGREEMENT, held)
        spaced = alpha(whole, VALUES[:3]) or 0.0
        held = covered((alpha_interval95(units, owner, each_once, VALUES[:3]) for units in tables), spaced)
        yield _row(
            "agreement α, interval", f"{raters} raters, true α {spaced:.2f}", ENOUGH_FOR_AGREEMENT, held
        )
        gwet = ac1(whole) or 0.0
        held = covered((ac1_interval95(units, owner, each_once) for units in tables), gwet)
        yield _row("agreement AC1", f"{raters} raters, true AC1 {gwet:.2f}", ENOUGH_FOR_AGREEMENT, held)
        boot = [_percentiles(rng, units) for units in tables[:FEWER]]
        held = covered(boot, truth)
        yield Row(
            "trap", "α by percentile bootstrap", world, str(ENOUGH_FOR_AGREEMENT), str(FEWER), held.right
        )


def _percentiles(rng: np.random.Generator, units: FloatArray, resamples: int = 400) -> tuple[float, float]:
    votes = units.sum(axis=1)
    disagreement = (votes**2 - (units**2).sum(axis=1)) / (votes - 1)
    drawn = rng.multinomial(len(units), np.full(len(units), 1 / len(units)), size=resamples)
    totals, observed = drawn @ units, drawn @ disagreement
    size = totals.sum(axis=1)
    expected = (size**2 - (totals**2).sum(axis=1)) / (size - 1)
    low, high = np.quantile(1 - observed / expected, [0.025, 0.975])
    return float(low), float(high)


def _raters(rng: np.random.Generator) -> Iterator[Row]:
    worlds = ((0.5, 0.3, 0.05), (0.6, 0.3, 0.3), (0.8, 0.3, 0.3), (0.6, 0.1, 0.5), (0.85, 0.1, 0.4))
    for mean, common, personal in worlds:
        crowd = Crowd(
            raters=ENOUGH_RATERS, ties=0.2, common=common, personal=personal, lean=lean_for(mean, 0.2)
        )
        votes = crowd.outcomes(rng, ENOUGH_PROMPTS, FEWER)
        held = covered((two_way_interval(as_votes(study)) for study in votes), crowd.truth)
        world = f"8 raters, {100 * personal:.0f} % of taste their own, true mean {100 * mean:.0f} %"
        yield _row("over raters and prompts alike", world, ENOUGH_PROMPTS, held, FEWER)
    few = Crowd(raters=3, ties=0.2, common=0.3, personal=0.3, lean=lean_for(0.6, 0.2))
    found = [shown_interval(scores) for scores in few.scores(rng, 100, FEWER)]
    world = "3 raters, 30 % of taste their own, asked about all raters"
    held = covered(found, few.truth)
    yield Row("trap", "mean preference of these raters", world, "100", str(FEWER), held.right)


def _seeds(rng: np.random.Generator) -> Iterator[Row]:
    worlds = ((30, 0.3, 0.1), (100, 0.3, 0.3), (100, 1.0, 0.5), (100, 2.0, 0.2), (100, 0.0, 1.0))
    for prompts, gain, shaky in worlds:
        tables = [_trained(rng, prompts, gain, shaky) for _ in range(FEWER)]
        found = [over_seeds(base, tuned) for base, tuned in tables]
        truth = float(norm.cdf(gain / np.sqrt(1.5 + shaky**2)) - 0.5)
        spread = 100 * float(np.std([seed for one in found for seed in one.by_seed]))
        held = covered((one.ci95 for one in found), truth)
        world = f"{ENOUGH_SEEDS} seeds, true change {100 * truth:+.0f} points, runs differ by ±{spread:.0f}"
        yield _row("change over training seeds", world, prompts, held, FEWER)
        boot = [_both_resampled(rng, tuned - base) for base, tuned in tables]
        held = covered(boot, truth)
        yield Row(
            "trap", "percentile bootstrap of seeds and prompts", world, str(prompts), str(FEWER), held.right
        )


def _both_resampled(rng: np.random.Generator, change: FloatArray, resamples: int = 400) -> Interval:
    seeds, prompts = change.shape
    of_seeds = rng.multinomial(seeds, np.full(seeds, 1 / seeds), size=resamples) / seeds
    of_prompts = rng.multinomial(prompts, np.full(prompts, 1 / prompts), size=resamples) / prompts
    low, high = np.quantile(((of_seeds @ change) * of_prompts).sum(axis=1), [0.025, 0.975])
    return float(low), float(high)


def _trained(
    rng: np.random.Generator, prompts: int, gain: float, shaky: float
) -> tuple[FloatArray, FloatArray]:
    hard = rng.normal(0, np.sqrt(0.5), prompts)
    base = (hard + rng.normal(0, 1, prompts) > 0).astype(float)
    seeds = rng.normal(gain, shaky, (ENOUGH_SEEDS, 1)) + hard + rng.normal(0, 1, (ENOUGH_SEEDS, prompts))
    return base, (seeds > 0).astype(float)


def _judges(rng: np.random.Generator) -> Iterator[Row]:
    for mean, right_share in ((0.5, 0.85), (0.66, 0.85), (0.66, 0.5), (0.9, 0.95), (0.95, 0.7)):
        pairs = [_judged(rng, mean, right_share) for _ in range(STUDIES)]
        found = [assisted(h, f[:FEWEST_LABELLED], f[FEWEST_LABELLED:]).ci95 for h, f in pairs]
        world = f"people {100 * mean:.0f} %, judge right {100 * right_share:.0f} % and generous"
        yield _row("people assisted by a judge", world, FEWEST_LABELLED, covered(found, mean))
        plain = [_plain(h, f[:FEWEST_LABELLED], f[FEWEST_LABELLED:]) for h, f in pairs]
        held = covered(plain, mean)
        yield Row("trap", "PPI++ as published", world, str(FEWEST_LABELLED), str(STUDIES), held.right)
        alone = [shown_interval(f[FEWEST_LABELLED:]) for _, f in pairs[:FEWER]]
        held = covered(alone, mean)
        yield Row("trap", "the judge taken for people", world, "400", str(FEWER), held.right)


def _plain(people: FloatArray, judge: FloatArray, alone: FloatArray) -> Interval:
    """The interval of the paper: t, and no imaginary prompts."""
    n, further = len(people), len(alone)
    spread = float(np.var(np.concatenate([judge, alone]), ddof=1))
    weight = min(1.0, max(0.0, float(np.cov(people, judge)[0, 1]) / ((1 + n / further) * spread)))
    variance = float(np.var(people - weight * judge, ddof=1)) / n + weight**2 * spread / further
    mean = float(people.mean() + weight * (alone.mean() - judge.mean()))
    half = float(t.ppf(0.975, n - 1)) * float(np.sqrt(variance))
    return mean - half, mean + half


def _judged(rng: np.random.Generator, mean: float, right: float) -> tuple[FloatArray, FloatArray]:
    people = (rng.random(FEWEST_LABELLED + 400) < mean).astype(float)
    judge = np.where(rng.random(len(people)) < right, people, 1.0)
    return people[:FEWEST_LABELLED], judge


def _lengths(rng: np.random.Generator) -> Iterator[Row]:
    for effect, tilt in ((0.0, 0.0), (0.3, 0.0), (0.3, 0.4)):
        held = covered((_length(rng, effect, tilt) for _ in range(STUDIES)), AT_EQUAL_LENGTH)
        size = "longer" if tilt else "as long"
        world = f"length moves scores by ±{100 * effect:.0f} points, answers {size}"
        yield _row("preference at equal length", world, ENOUGH_FOR_CONTROL, held)


def _length(rng: np.random.Generator, effect: float, tilt: float) -> Interval | None:
    length_a, length_b = np.exp(rng.normal([[tilt], [0.0]], 0.5, (2, ENOUGH_FOR_CONTROL)))
    difference = (length_a - length_b) / np.maximum(length_a, length_b)
    lean = AT_EQUAL_LENGTH + effect * difference
    tie, won = rng.random((2, ENOUGH_FOR_CONTROL))
    scores = np.where(tie < 0.3, 0.5, won < (lean - 0.15) / 0.7)
    return length_split(scores, 1000 * length_a, 1000 * length_b).equal_length95


def _scales(rng: np.random.Generator) -> Iterator[Row]:
    worlds = {
        "better and worse by up to two points": ([-2, -1, 0, 1, 2], [0.1, 0.2, 0.3, 0.25, 0.15]),
        "a point better, or in 1 of 20 three worse": ([1, 0, -3], [0.6, 0.35, 0.05]),
        "nearly always four points better": ([4, 3, 2], [0.8, 0.15, 0.05]),
        "a point better in 3 of 10": ([0, 1], [0.7, 0.3]),
    }
    for world, (apart, chances) in worlds.items():
        truth = float(np.dot(apart, chances))
        for prompts, raters in ((20, 1), (20, 3), (50, 1), (100, 3)):
            drawn = rng.choice(apart, size=(STUDIES, prompts, raters), p=chances)
            found = [_difference(study) for study in drawn]
            named = f"{world}, {raters} rater{'s' if raters > 1 else ''}"
            yield _row("difference on a scale", named, prompts, covered(found, truth))


def _difference(apart: FloatArray) -> Interval | None:
    prompts, raters = apart.shape
    first = np.where(apart.ravel() > 0, 5.0, 1.0)
    return scale_difference(np.repeat(np.arange(prompts), raters), first, first - apart.ravel()).ci95


def _row(what: str, world: str, n: int, found: Coverage, studies: int = STUDIES) -> Row:
    return Row("coverage", what, world, str(n), str(studies), found.right, BOUND, found.shown)
