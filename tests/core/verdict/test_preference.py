"""One pair of arms: what is preferred, and how sure that is."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import norm, t
from statsmodels.stats.proportion import proportion_confint

from core.verdict.intervals import mean_interval
from core.verdict.preference import leave_one_rater_out, pair_verdict, per_rater, sensitivity
from core.verdict.votes import PairVotes, read_votes
from tests.core.verdict.ballots import ballots, drawn, duel


def test_shares_are_of_votes_and_the_mean_is_of_prompts() -> None:
    rows = [("p1", f"r{rater}", "left") for rater in range(3)] + [("p2", "r1", "right")]
    found = pair_verdict(_between(ballots((p, r, "base", "tuned", out) for p, r, out in rows)))

    assert (found.win, found.loss, found.tie, found.both_bad) == (0.75, 0.25, 0, 0)
    assert found.mean == 0.5
    assert (found.n_prompts, found.n_votes) == (2, 4)


def test_both_bad_is_shown_apart_and_scores_like_a_tie() -> None:
    found = pair_verdict(_between(duel(["left", "both_bad", "tie", "right"])))

    assert found.both_bad == found.tie == 0.25
    assert found.mean == 0.5


def test_ties_dropped_and_both_bad_left_out_show_another_story() -> None:
    votes = _between(duel(["left"] * 6 + ["right"] * 2 + ["tie"] * 2 + ["both_bad"] * 10))

    other = sensitivity(votes)

    assert pair_verdict(votes).mean == pytest.approx(0.6)
    assert other.without_ties.mean == 0.75
    assert other.without_ties.n_prompts == 8
    assert other.without_both_bad.mean == pytest.approx(0.7)


def test_the_interval_of_decisive_prompts_is_wilsons_with_t() -> None:
    scores = np.array([1.0] * 45 + [0.0] * 15)
    one_prompt_less = 59  # n = P·m(1 − m)/s² with the sample variance
    alpha = 2 * norm.sf(t.ppf(0.975, 59))

    wilson = proportion_confint(0.75 * one_prompt_less, one_prompt_less, alpha=alpha, method="wilson")

    assert mean_interval(scores) == pytest.approx(wilson, abs=1e-9)


def test_the_interval_of_a_sweep_counts_every_prompt() -> None:
    low, high = mean_interval(np.ones(30)) or (0.0, 0.0)
    z = t.ppf(0.975, 29)

    assert low == pytest.approx(30 / (30 + z * z))
    assert high == 1


def test_one_prompt_has_no_interval() -> None:
    found = pair_verdict(_between(duel(["left"])))

    assert found.mean == 1
    assert found.ci95 is None
    assert found.p_exact == 1


def test_all_ties_say_that_nothing_leans() -> None:
    found = pair_verdict(_between(duel(["tie"] * 40)))

    assert (found.mean, found.p_exact, found.e_value, found.e_max) == (0.5, 1, 1, 1)
    assert found.ci95 is not None
    assert found.ci95[0] < 0.5 < found.ci95[1]
    assert found.anytime_ci95 is not None
    assert found.anytime_ci95[0] < 0.5 < found.anytime_ci95[1]


def test_few_prompts_that_lean_leave_an_interval_that_people_are_not_shown() -> None:
    nine, ten = (pair_verdict(_between(duel(["tie"] * 40 + ["left"] * lean))) for lean in (9, 10))

    assert nine.ci95 is not None
    assert nine.shown95 is None
    assert ten.shown95 == ten.ci95
    assert per_rater(_between(duel(["tie"] * 40 + ["left"] * 9)))["r1"].ci95 is None


def test_near_a_sweep_the_far_end_that_people_see_is_the_exact_one() -> None:
    found = pair_verdict(_between(duel(["left"] * 38 + ["right", "tie"])))
    exact = proportion_confint(38.5, 40, method="beta")

    assert found.ci95 is not None
    assert found.shown95 == pytest.approx((found.ci95[0], exact[1]))
    assert exact[1] > found.ci95[1]


def test_a_lead_needs_the_evidence_and_the_side_it_was_for() -> None:
    clear = pair_verdict(_between(duel(["left"] * 30)))
    turned = pair_verdict(_between(duel(["left"] * 12 + ["right"] * 25)))

    assert clear.leads_with()
    assert not clear.leads_with(1e9)
    assert turned.e_max >= 20
    assert not turned.leads_with()


def test_many_votes_on_one_prompt_are_one_piece_of_evidence() -> None:
    crowd = ballots(("p1", f"r{number}", "a", "b", "left") for number in range(200))

    found = pair_verdict(read_votes(crowd).between("a", "b"))

    assert found.win == 1
    assert found.e_max < 2
    assert found.p_exact == 1


def test_the_other_arms_view_mirrors_every_number() -> None:
    votes = read_votes(drawn(50, 3, {"base": 0, "tuned": 1}))
    one, other = pair_verdict(votes.between("base", "tuned")), pair_verdict(votes.between("tuned", "base"))

    assert one.ci95 is not None
    assert other.ci95 == pytest.approx((1 - one.ci95[1], 1 - one.ci95[0]))
    assert one.anytime_ci95 is not None
    assert other.anytime_ci95 == pytest.approx((1 - one.anytime_ci95[1], 1 - one.anytime_ci95[0]), abs=1e-9)
    assert (other.win, other.loss) == (one.loss, one.win)
    assert other.e_max == pytest.approx(one.e_max)


def test_each_rater_alone_and_all_but_each() -> None:
    rows = [(f"p{p}", rater, out) for p in range(4) for rater, out in (("anna", "left"), ("ben", "right"))]
    votes = _between(ballots((p, r, "base", "tuned", out) for p, r, out in rows))

    assert per_rater(votes)["anna"].mean == 1
    assert per_rater(votes)["anna"].n_votes == 4
    assert leave_one_rater_out(votes)["anna"].mean == 0


def _between(frame: pd.DataFrame) -> PairVotes:
    return read_votes(frame).between("base", "tuned")
