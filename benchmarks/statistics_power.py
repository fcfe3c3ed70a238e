"""Power: how often a real difference is found, and when, beside a test whose number of prompts was fixed."""

from collections.abc import Iterator

import numpy as np

from benchmarks.statistics_worlds import Crowd, Row, lean_for
from core.verdict.accuracy import mcnemar_exact
from core.verdict.blinding import guesses
from core.verdict.intervals import mean_interval
from core.verdict.plan import detectable_margin, paired_power, prompts_for_margin, prompts_needed
from core.verdict.sequential import ENOUGH, EVEN, evidence_path
from core.verdict.signs import sign_test
from core.verdict.spread import Spread

STUDIES = 2000
TIES = 0.3
LONGEST = 1500
SURE = 0.05


def rows() -> Iterator[Row]:
    """Evidence beside the fixed test, the planner's promises, answers, guesses."""
    rng = np.random.default_rng(404)
    for win in (0.6, 0.65, 0.7, 0.8):
        yield from _stops(rng, win)
    for margin, raters in ((0.05, 3), (0.1, 1), (0.1, 3)):
        yield _planned(rng, margin, raters)
    yield from _answers(rng)
    for right in (0.5, 0.75, 0.9):
        given = (rng.random((STUDIES, 16)) < right).astype(float)
        found = np.mean([guesses(np.arange(16), one).p <= SURE for one in given])
        world = f"raters know the arm on {100 * (2 * right - 1):.0f} % of prompts"
        yield Row("power", "guess test on 16 prompts", world, "16", str(STUDIES), float(found))


def _stops(rng: np.random.Generator, win: float) -> Iterator[Row]:
    """Where the evidence stops a study, and how often by the size that a fixed test needs."""
    shares = [(1 - TIES) * win, (1 - TIES) * (1 - win), TIES]
    scores = rng.choice([1.0, 0.0, 0.5], (STUDIES, LONGEST), p=shares)
    paths = np.array([evidence_path(one) for one in scores])
    enough = paths >= ENOUGH
    stop = np.where(enough.any(axis=1), enough.argmax(axis=1), LONGEST + 1)
    fixed = prompts_needed(win, TIES) or LONGEST
    world = f"{100 * win:.0f} % of decisive prompts, 30 % ties"
    tested = np.mean([sign_test(one[:fixed]).p <= SURE for one in scores])
    yield Row("power", "sign test at a size fixed beforehand", world, str(fixed), str(STUDIES), float(tested))
    by_then = float((stop <= fixed).mean())
    yield Row("power", "evidence of 20 by that size", world, str(fixed), str(STUDIES), by_then)
    double = float((stop <= 2 * fixed).mean())
    yield Row("power", "evidence of 20 by twice that size", world, str(2 * fixed), str(STUDIES), double)
    middle = int(np.median(stop))
    yield Row("power", f"half of the studies stop by prompt {middle}", world, str(middle), str(STUDIES), EVEN)


def _planned(rng: np.random.Generator, margin: float, raters: int) -> Row:
    """Whether four of five studies of the size planned find the margin, with votes as raters give them."""
    crowd = Crowd(raters=raters, ties=TIES, common=0.5, lean=lean_for(EVEN + margin, TIES))
    votes = Crowd(raters=2, ties=TIES, common=0.5, lean=crowd.lean).outcomes(rng, 200_000)[0]
    within = float(votes.var(axis=1, ddof=1).mean())
    spread = Spread(float(votes.mean(axis=1).var()) - within / 2, within)
    prompts = prompts_for_margin(margin, raters, spread)
    found = []
    for scores in crowd.scores(rng, prompts, STUDIES):
        interval = mean_interval(scores)
        found.append(interval is not None and interval[0] > EVEN)
    promised = detectable_margin(prompts, raters, spread) or 1.0
    told = f"{100 * (EVEN + promised):.1f} % promised"
    world = f"planned for {100 * (EVEN + margin):.0f} %, {raters} raters; {told}"
    power = float(np.mean(found))
    return Row("power", "the interval leaves out ½", world, str(prompts), str(STUDIES), power, 0.78)


def _answers(rng: np.random.Generator) -> Iterator[Row]:
    for fixed, broken in ((0.15, 0.05), (0.10, 0.05)):
        counts = rng.multinomial(100, [fixed, broken, 1 - fixed - broken], STUDIES)
        found = float(np.mean([mcnemar_exact(int(b), int(c)) <= SURE for b, c, _ in counts]))
        world = f"{100 * fixed:.0f} fixed and {100 * broken:.0f} broken of 100"
        promised = paired_power(100, fixed, broken)
        yield Row(
            "power", f"McNemar, exact ({100 * promised:.0f} % promised)", world, "100", str(STUDIES), found
        )
