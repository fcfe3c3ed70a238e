"""Raters like these, training seeds like these: intervals over two sources of chance."""

from collections.abc import Callable

import numpy as np
import pytest
from scipy.stats import t

from core.verdict.crossed import over_seeds, seeds_interval, two_way_interval
from core.verdict.intervals import mean_interval
from core.verdict.votes import PairVotes, read_votes
from tests.core.verdict.ballots import ballots


def test_raters_who_differ_widen_the_interval() -> None:
    divided = _votes(lambda _, rater: "left" if rater % 2 else "right", raters=10)
    alike = _votes(lambda prompt, _: "left" if prompt % 2 else "right", raters=10)

    assert _width(two_way_interval(divided)) > 1.9 * _width(mean_interval(divided.prompt_scores))
    assert _width(two_way_interval(alike)) == pytest.approx(
        _width(mean_interval(alike.prompt_scores)), abs=0.01
    )


def test_it_is_wilsons_with_the_variance_of_both_each_with_its_own_t() -> None:
    votes = _votes(lambda prompt, rater: ("left", "right", "tie")[(prompt * rater) % 3], raters=9)
    scores = votes.scores.reshape(40, 9)
    by_prompt, by_rater = scores.mean(axis=1).var(ddof=1) / 40, scores.mean(axis=0).var(ddof=1) / 9
    variance = by_prompt + by_rater
    z2 = (by_prompt * t.ppf(0.975, 39) ** 2 + by_rater * t.ppf(0.975, 8) ** 2) / variance
    mean = scores.mean()
    n = mean * (1 - mean) / variance
    centre = (mean + z2 / (2 * n)) / (1 + z2 / n)

    low, high = two_way_interval(votes) or (0, 0)

    assert (low + high) / 2 == pytest.approx(centre)


def test_below_8_raters_or_30_prompts_or_with_one_rater_for_most_votes_there_is_none() -> None:
    def vote(prompt: int, rater: int) -> str:
        return "left" if (prompt + rater) % 3 else "right"

    lonely = ballots(
        (f"p{p}", f"r{r}", "a", "b", vote(p, r)) for p in range(40) for r in range(9) if r in {0, p}
    )

    assert two_way_interval(_votes(vote, raters=8)) is not None
    assert two_way_interval(_votes(vote, raters=7)) is None
    assert two_way_interval(_votes(vote, raters=8, prompts=29)) is None
    assert two_way_interval(read_votes(lonely).between("a", "b")) is None


def test_where_nothing_varies_there_is_no_interval_over_raters() -> None:
    assert two_way_interval(_votes(lambda *_: "left", raters=8)) is None
    assert two_way_interval(read_votes(ballots([("p", "r", "a", "b", "skip")])).between("a", "b")) is None


def test_seeds_that_differ_widen_the_interval_of_the_change() -> None:
    rng = np.random.default_rng(0)
    base = (rng.random(100) < 0.5).astype(float)
    steady = np.tile((rng.random(100) < 0.8).astype(float), (3, 1))
    shaky = np.array([(rng.random(100) < share).astype(float) for share in (0.9, 0.8, 0.4)])

    calm, wild = over_seeds(base, steady), over_seeds(base, shaky)

    assert calm.net == pytest.approx(steady.mean() - base.mean())
    assert calm.ci95[0] > 0 > wild.ci95[0]
    assert len(wild.by_seed) == wild.n_seeds == 3


def test_seeds_that_change_nothing_have_an_interval_around_nothing() -> None:
    base = np.tile([1.0, 0.0], 20)

    found = over_seeds(base, np.tile(base, (3, 1)))

    assert found.net == 0
    assert found.ci95[0] < 0 < found.ci95[1]
    assert found.ci95[0] == pytest.approx(-found.ci95[1])


def test_every_answer_right_keeps_the_upper_end_at_one() -> None:
    low, high = seeds_interval(np.ones((3, 50)))

    assert high == 1
    assert 0.8 < low < 1


def test_too_few_seeds_or_prompts_are_refused() -> None:
    with pytest.raises(ValueError, match="from 3 seeds and 30 prompts on"):
        over_seeds(np.ones(50), np.ones((2, 50)))
    with pytest.raises(ValueError, match="3 training seeds on 29 prompts"):
        over_seeds(np.ones(29), np.ones((3, 29)))
    with pytest.raises(ValueError, match="the same prompts for every seed"):
        over_seeds(np.ones(40), np.ones((3, 41)))


def _votes(vote: Callable[[int, int], str], raters: int, prompts: int = 40) -> PairVotes:
    rows = [(f"p{p}", f"r{r}", "a", "b", vote(p, r)) for p in range(prompts) for r in range(raters)]
    return read_votes(ballots(rows)).between("a", "b")


def _width(interval: tuple[float, float] | None) -> float:
    assert interval is not None
    return interval[1] - interval[0]
