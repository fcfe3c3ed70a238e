"""How often nothing is called something: studies without a difference, looked at after every prompt."""

from collections.abc import Iterator

import numpy as np
from scipy.stats import binomtest

from benchmarks.statistics_worlds import Crowd, Row, drawn_pairs, share
from core.verdict.accuracy import mcnemar_exact, mcnemar_midp
from core.verdict.arrays import FloatArray
from core.verdict.margins import equivalence, not_worse
from core.verdict.position import position
from core.verdict.resample import alike_prompts
from core.verdict.sequential import ENOUGH, EVEN, evidence_path
from core.verdict.signs import sign_test
from core.verdict.strength import strengths

STUDIES = 4000
PROMPTS = 300
SURE = 0.05
TASTES = 0.5

WORLDS = {
    "1 rater, no ties": Crowd(),
    "1 rater, 30 % ties": Crowd(ties=0.3),
    "3 raters who agree in part, 30 % ties": Crowd(raters=3, ties=0.3, common=TASTES),
    "3 raters who nearly always agree": Crowd(raters=3, common=0.95),
    "5 raters, 80 % ties": Crowd(raters=5, ties=0.8, common=0.3),
}


def rows() -> Iterator[Row]:
    """All rates of false findings."""
    rng = np.random.default_rng(101)
    for world, crowd in WORLDS.items():
        studies = crowd.scores(rng, PROMPTS, STUDIES)
        peeked = float(np.mean([evidence_path(scores).max() >= ENOUGH for scores in studies]))
        yield _row("evidence of 20 at any of 300 looks", world, peeked)
    scores = WORLDS["3 raters who agree in part, 30 % ties"].scores(rng, PROMPTS, STUDIES)
    yield _row("sign test once, at the end", "3 raters who agree in part, 30 % ties", _signs(scores))
    yield _row("position p", "3 raters who agree in part", share(lambda _: _pulled(rng), STUDIES), n="60")
    yield from _margins(rng)
    yield from _changes(rng)
    yield _row(
        "rank set: one arm surely better", "4 equal arms", share(lambda _: _ranked(rng), 1000), 1000, "30"
    )
    yield from _traps(rng)


def _margins(rng: np.random.Generator) -> Iterator[Row]:
    margin = 0.1
    worse = (rng.random((STUDIES, PROMPTS)) < 0.5 - margin).astype(float)
    shown = float(np.mean([not_worse(scores, margin).shown for scores in worse]))
    yield _row("not worse by 10 points, at any look", "worse by exactly 10 points", shown)
    few = (rng.random((STUDIES // 4, 2 * PROMPTS)) < 0.5 - margin).astype(float)
    equal = float(np.mean([equivalence(scores, margin).shown for scores in few]))
    yield _row("equal within 10 points", "worse by exactly 10 points", equal, STUDIES // 4, "600")


def _changes(rng: np.random.Generator) -> Iterator[Row]:
    changed = rng.binomial(100, 0.2, STUDIES)
    fixed = rng.binomial(changed, 0.5)
    for name, test in (("McNemar, exact", mcnemar_exact), ("McNemar, mid-p", mcnemar_midp)):
        found = [test(int(b), int(m - b)) <= SURE for b, m in zip(fixed, changed, strict=True)]
        yield _row(name, "20 % of answers change", float(np.mean(found)), n="100")


def _traps(rng: np.random.Generator) -> Iterator[Row]:
    """What goes wrong elsewhere, for comparison; it has no bound to keep."""
    crowd, world = Crowd(raters=3, ties=0.3, common=TASTES), "3 raters who agree in part, 30 % ties"
    votes = crowd.outcomes(rng, PROMPTS, 1000)
    pooled = float(np.mean([evidence_path(study.ravel()).max() >= ENOUGH for study in votes]))
    yield Row("trap", "evidence on pooled votes, at any look", world, "300", "1000", pooled)
    peeked = float(np.mean([_first_sign(study) for study in votes[:, :, 0]]))
    yield Row("trap", "sign test after every prompt", "1 rater, 30 % ties", "300", "1000", peeked)
    both = float(np.mean([_first_sign(study.ravel()) for study in votes]))
    yield Row("trap", "sign test after every pooled vote", world, "300", "1000", both)


def _signs(studies: FloatArray) -> float:
    return float(np.mean([sign_test(scores).p <= SURE for scores in studies]))


def _first_sign(scores: FloatArray) -> bool:
    """Whether a sign test ever falls to .05, from the tenth decision on."""
    lead = np.cumsum(np.sign(scores[scores != EVEN] - EVEN)).astype(int)
    return any(abs(lead[n - 1]) >= _CRITICAL[n] for n in range(10, len(lead) + 1))


def _critical(most: int) -> FloatArray:
    """The smallest lead in n tosses that a sign test calls sure."""
    found = np.full(most + 1, np.inf)
    wins = 5
    for tosses in range(10, most + 1):
        while binomtest(min(wins, tosses), tosses).pvalue > SURE or 2 * wins < tosses:
            wins += 1
        found[tosses] = 2 * wins - tosses
    return found


_CRITICAL = _critical(3 * PROMPTS)


def _pulled(rng: np.random.Generator) -> bool:
    own = rng.normal(0, 0.7, (60, 1)) + rng.normal(0, 0.7, (60, 3))
    found = position((own > 0).astype(np.int64).ravel(), np.repeat(np.arange(60), 3))
    return found.p is not None and found.p <= SURE


def _ranked(rng: np.random.Generator) -> bool:
    pair, outcome = drawn_pairs(rng, np.zeros(4), 30, 3)
    pairs = np.array([(i, j) for i in range(4) for j in range(i + 1, 4)])
    prompts = alike_prompts(np.repeat(np.arange(30), 3), (3 * pair + outcome).ravel(), 18)
    found = strengths(4, pairs, prompts, resamples=500)
    return found.rank_set is not None and set(found.rank_set) != {(1, 4)}


def _row(what: str, world: str, measured: float, studies: int = STUDIES, n: str = str(PROMPTS)) -> Row:
    return Row("error", what, world, n, str(studies), measured, SURE)
