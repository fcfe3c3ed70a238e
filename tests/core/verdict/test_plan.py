"""How many prompts a question needs, and what a study can show before it starts."""

import numpy as np
import pytest
from scipy.stats import ttest_1samp

from core.verdict.plan import (
    detectable_margin,
    forecast,
    paired_power,
    plan_sentence,
    prompts_for_margin,
    prompts_needed,
)
from core.verdict.spread import Spread, typical_spread


def test_the_closer_the_race_the_more_prompts() -> None:
    assert prompts_needed(0.6) == 194
    assert prompts_needed(0.7) == 47
    assert prompts_needed(0.4) == prompts_needed(0.6)
    assert prompts_needed(0.5) is None


def test_ties_cost_prompts() -> None:
    assert prompts_needed(0.7, 0.5) == 94
    assert prompts_needed(0.7, 1.0) is None


# 100 test prompts: ten points net (15 fixed, 5 broken)
@pytest.mark.parametrize(("midp", "power"), [(False, 0.54), (True, 0.62)])
def test_ten_points_on_a_hundred_prompts_are_seen_about_every_second_time(midp: bool, power: float) -> None:
    assert paired_power(100, 0.15, 0.05, midp=midp) == pytest.approx(power, abs=0.01)


def test_five_points_on_a_hundred_prompts_are_mostly_missed() -> None:
    assert 0.1 < paired_power(100, 0.10, 0.05) < 0.25


def test_a_clear_lead_stops_sooner_than_a_narrow_one() -> None:
    clear = forecast(np.array([1.0, 1, 1, 0, 1, 1, 0.5, 1, 1, 0]))
    narrow = forecast(np.array([1.0, 0, 1, 0, 1, 0, 0.5, 1, 0, 0.5] * 10))

    assert clear.stops > narrow.stops
    assert clear.prompts is not None
    assert clear.prompts[0] <= clear.prompts[1] <= clear.prompts[2] <= 1000


def test_a_study_with_enough_evidence_needs_no_more() -> None:
    assert forecast(np.ones(30)).prompts == (0, 0, 0)


def test_more_prompts_and_more_raters_show_smaller_differences() -> None:
    assert (detectable_margin(100, 3) or 1) < (detectable_margin(30, 3) or 1)
    assert (detectable_margin(100, 3) or 1) < (detectable_margin(100, 1) or 1)


@pytest.mark.parametrize(("prompts", "raters"), [(60, 1), (100, 3), (30, 5)])
def test_four_of_five_simulated_studies_find_the_margin_that_is_promised(prompts: int, raters: int) -> None:
    rng = np.random.default_rng(6)
    margin = detectable_margin(prompts, raters) or 0
    spread = typical_spread()
    found = 0
    for _ in range(2000):
        scores = 0.5 + margin + rng.normal(0, np.sqrt(spread.between + spread.within / raters), prompts)
        found += bool(ttest_1samp(scores, 0.5).pvalue < 0.05)

    assert found / 2000 == pytest.approx(0.8, abs=0.04)


@pytest.mark.parametrize("margin", [0.03, 0.1, 0.25, 0.5])
def test_the_prompts_for_a_margin_show_it_and_one_fewer_does_not(margin: float) -> None:
    prompts = prompts_for_margin(margin, raters=2)

    assert (detectable_margin(prompts, 2) or 1) <= margin
    assert prompts == 5 or (detectable_margin(prompts - 1, 2) or 1) > margin


def test_the_plan_is_told_in_one_sentence() -> None:
    assert plan_sentence(100, 3) == (
        "With 3 raters and 100 prompts you find in four of five cases that one side is preferred if it truly "
        "scores 59 % or more; smaller differences are often missed."
    )
    assert "not even a clear winner" in plan_sentence(5, 1, Spread(0.2, 0.05))


def test_what_cannot_be_planned_is_refused() -> None:
    with pytest.raises(ValueError, match="at least 5 prompts and one rater"):
        detectable_margin(4, 3)
    with pytest.raises(ValueError, match="at least 5 prompts and one rater"):
        prompts_for_margin(0.1, 0)
    with pytest.raises(ValueError, match=r"between 0 and 0\.5"):
        prompts_for_margin(0, 3)
    with pytest.raises(ValueError, match="more than 1,000,000 prompts"):
        prompts_for_margin(1e-6, 3)
