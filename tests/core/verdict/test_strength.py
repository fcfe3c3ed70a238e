"""All arms on one scale: who is first, how sure the ranks are, and when there is no scale."""

import numpy as np
import pytest

from core.verdict.davidson import fit_davidson
from core.verdict.strength import expected_score, rank_sets
from core.verdict.summary import Summary, summarise
from core.verdict.votes import read_votes
from tests.core.verdict.ballots import ballots, drawn, duel

ARMS = {"a": -0.6, "b": 0.0, "c": 0.6}


def test_a_sweep_ranks_the_winner_first_with_a_finite_strength() -> None:
    found = summarise(read_votes(duel(["right"] * 40))).strengths

    assert found.log_worth is not None
    assert found.rank_set is not None
    base, tuned = found.log_worth
    assert tuned > 1 > -1 > base
    assert found.rank_set == ((2, 2), (1, 1))
    assert found.shown95 == (None, None)
    assert found.regularised
    assert found.converged
    assert found.nu == 0


def test_without_regularisation_a_sweep_does_not_converge() -> None:
    fit = fit_davidson(np.array([[0, 1]]), np.array([[[10.0, 0, 0]]]), 2, pseudo=0)

    assert not fit.converged[0]
    assert np.isfinite(fit.log_worth).all()


def test_strengths_are_found_again_and_sum_to_zero() -> None:
    found = summarise(read_votes(drawn(400, 3, ARMS, nu=0.8))).strengths

    assert found.log_worth == pytest.approx(tuple(ARMS.values()), abs=0.15)
    assert sum(found.log_worth or (1,)) == pytest.approx(0, abs=1e-9)
    assert found.nu == pytest.approx(0.8, abs=0.12)
    assert found.ci95 is not None
    assert all(low < worth < high for (low, high), worth in zip(found.ci95, ARMS.values(), strict=True))
    assert found.rank_set == ((3, 3), (2, 2), (1, 1))


def test_arms_alike_share_their_ranks() -> None:
    found = summarise(read_votes(drawn(100, 2, dict.fromkeys("abc", 0.0), seed=3))).strengths

    assert found.rank_set == ((1, 3),) * 3


def test_all_ties_put_everyone_level() -> None:
    found = summarise(read_votes(duel(["tie"] * 40))).strengths

    assert found.log_worth == pytest.approx((0, 0), abs=1e-9)
    assert found.nu == pytest.approx(2 * 40 / 2)
    assert found.rank_set == ((1, 2), (1, 2))


def test_both_bad_counts_as_a_tie() -> None:
    outcomes = ["left"] * 20 + ["right"] * 15

    tie, bad = (summarise(read_votes(duel(outcomes + [word] * 10))).strengths for word in ("tie", "both_bad"))

    assert tie == bad


def test_arms_that_no_votes_connect_have_no_common_scale_but_their_pairs() -> None:
    rows = [(f"p{n}", "r1", *arms, "left") for n in range(40) for arms in (("a", "b"), ("c", "d"))]

    found = summarise(read_votes(ballots(rows)))

    assert found.strengths.log_worth is None
    assert (found.strengths.ci95, found.strengths.nu, found.strengths.rank_set) == (None, None, None)
    assert [pair.mean for pair in found.pairs] == [1, 1]
    assert any("not connected" in warning for warning in found.warnings)


def test_below_30_prompts_there_is_no_interval_and_no_rank() -> None:
    few, enough = _of(29), _of(30)

    assert few.strengths.log_worth is not None
    assert few.strengths.ci95 is None
    assert few.strengths.rank_set is None
    assert any("from 30 prompts on" in warning for warning in few.warnings)
    assert enough.strengths.ci95 is not None


def test_an_arm_that_hardly_ever_lost_is_named_because_its_interval_covers_too_little() -> None:
    found = summarise(read_votes(duel(["right"] * 36 + ["left"] * 4)))

    assert found.strengths.ci95 is not None
    assert found.strengths.shown95 == (None, None)
    assert any("won, or lost, on fewer than 5 prompts" in warning for warning in found.warnings)
    assert all(summarise(read_votes(duel(["right"] * 35 + ["left"] * 5))).strengths.shown95 or (None,))


def test_resampling_prompts_is_wider_than_resampling_votes_that_hang_together() -> None:
    alone = ballots((f"p{n}", "r0", "a", "b", "left" if n % 3 else "right") for n in range(120))
    together = ballots(
        (f"p{n}", f"r{r}", "a", "b", "left" if n % 3 else "right") for n in range(30) for r in range(4)
    )

    assert _width(summarise(read_votes(together))) > 1.7 * _width(summarise(read_votes(alone)))


def test_the_same_votes_give_the_same_numbers() -> None:
    assert _of(60) == _of(60)


def test_ranks_hold_jointly() -> None:
    worth = np.array([0.0, 1.0, 1.2])
    noise = np.random.default_rng(0).normal(0, 0.2, (2000, 3))

    assert rank_sets(worth, worth + noise) == ((3, 3), (1, 2), (1, 2))


def test_the_expected_score_against_the_baseline() -> None:
    worth = np.log(np.array([1.0, 4.0]))

    assert expected_score(worth, 0.0, 0) == pytest.approx([0.5, 0.8])
    assert expected_score(worth, 1.0, 0) == pytest.approx([0.5, (4 + 1) / 7])


def test_the_interval_handed_on_holds_the_percentiles_of_resampled_prompts() -> None:
    votes = read_votes(drawn(50, 2, ARMS))
    found = summarise(votes).strengths
    counts = np.zeros((50, 3, 3))
    np.add.at(counts, (votes.prompt, votes.pair, np.minimum(votes.outcome, 2)), 1)
    rng = np.random.default_rng(1)
    redone = counts[rng.integers(50, size=(2000, 50))].sum(axis=1)

    worths = fit_davidson(np.array(votes.pairs), redone, 3).log_worth

    assert np.array(found.ci95) == pytest.approx(np.quantile(worths, [0.025, 0.975], axis=0).T, abs=0.05)
    for plain, shown in zip(found.ci95 or (), found.shown95 or (), strict=True):
        assert shown is not None
        assert shown[1] - shown[0] > 0.95 * (plain[1] - plain[0])


def _of(prompts: int) -> Summary:
    return summarise(read_votes(drawn(prompts, 2, ARMS)))


def _width(found: Summary) -> float:
    assert found.strengths.ci95 is not None
    low, high = found.strengths.ci95[0]
    return high - low
