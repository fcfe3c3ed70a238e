"""How many prompts a question needs."""

import numpy as np
import pytest

from core.verdict.plan import detectable_share, forecast, more_prompts_needed, paired_power, prompts_needed


def test_the_closer_the_race_the_more_prompts() -> None:
    assert prompts_needed(0.6) == 194
    assert prompts_needed(0.7) == 47
    assert prompts_needed(0.4) == prompts_needed(0.6)
    assert prompts_needed(0.5) is None


def test_ties_cost_prompts() -> None:
    assert prompts_needed(0.7, 0.5) == 94
    assert prompts_needed(0.7, 1.0) is None


def test_what_is_missing_is_what_is_needed_less_what_is_there() -> None:
    assert more_prompts_needed(np.array([1.0] * 7 + [0.0] * 3)) == 47 - 10
    assert more_prompts_needed(np.array([1.0] * 70 + [0.0] * 30)) == 0
    assert more_prompts_needed(np.array([0.5, 0.5])) is None
    assert more_prompts_needed(np.array([])) is None


def test_what_a_number_of_prompts_can_show() -> None:
    share = detectable_share(100) or 0

    assert prompts_needed(share) in {100, 101}
    assert (detectable_share(100, 0.3) or 0) > share
    assert detectable_share(2) is None


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
