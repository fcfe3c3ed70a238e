"""Do raters see the same thing?"""

import evalica
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import t

from core.verdict.agreement import (
    VALUES,
    Agreement,
    ac1,
    ac1_interval95,
    alpha,
    alpha_interval95,
)
from core.verdict.summary import summarise
from core.verdict.votes import read_votes
from tests.core.verdict.ballots import ballots, drawn

CODINGS = st.lists(
    st.lists(st.sampled_from([None, 0, 1, 2, 3]), min_size=4, max_size=4), min_size=3, max_size=12
).filter(
    lambda units: (
        len({c for unit in units for c in unit if sum(x is not None for x in unit) > 1} - {None}) > 1
    )
)


@given(CODINGS)
@settings(deadline=None)
def test_alpha_is_that_of_evalica(codings: list[list[int | None]]) -> None:
    units = np.array([[unit.count(category) for category in range(4)] for unit in codings], dtype=float)
    table = pd.DataFrame(codings, dtype=float).T

    assert alpha(units) == pytest.approx(evalica.alpha(table).alpha, abs=1e-9)
    assert alpha(units, np.arange(4.0)) == pytest.approx(evalica.alpha(table, "interval").alpha, abs=1e-9)


def test_ac1_of_two_raters_by_hand() -> None:
    # Observed 90/100; shares (.915, .085), so chance = 2 · .915 · .085 for two categories
    units = np.array([[2.0, 0]] * 88 + [[0, 2.0]] * 5 + [[1.0, 1]] * 7)
    share = (88 * 2 + 7) / 200
    chance = 2 * share * (1 - share)

    assert ac1(units) == pytest.approx((0.93 - chance) / (1 - chance))


def test_ac1_takes_chance_from_all_units_and_only_categories_that_occur() -> None:
    twice, once = [[2.0, 0, 0, 0], [1.0, 1, 0, 0]], [[0.0, 1, 0, 0]] * 2
    share = (1 + 0.5) / 4
    chance = 2 * share * (1 - share)

    assert ac1(np.array(twice + once)) == pytest.approx((0.5 - chance) / (1 - chance))


def test_one_rater_or_one_answer_leaves_agreement_undefined() -> None:
    alone = summarise(read_votes(ballots((f"p{n}", "r1", "a", "b", "left") for n in range(9))))
    unanimous = summarise(read_votes(ballots((f"p{n}", r, "a", "b", "tie") for n in range(9) for r in "xy")))

    for found in (alone, unanimous):
        assert found.agreement == Agreement(*[None] * 7)
        assert any("Agreement is undefined" in warning for warning in found.warnings)


def test_agreement_is_about_sorted_names_and_not_sides() -> None:
    rows = [
        (f"p{n}", rater, *sides, "left" if (n % 2) == (sides[0] == "a") else "right")
        for n in range(20)
        for rater, sides in (("r1", ("a", "b")), ("r2", ("b", "a")))
    ]

    found = summarise(read_votes(ballots(rows))).agreement

    assert found.alpha_nominal == pytest.approx(1)
    assert found.ci95 == pytest.approx((1, 1))
    assert found.nominal95 is None


def test_ties_lie_between_the_winners_on_the_interval_scale() -> None:
    near = np.array([[1.0, 0, 1, 0], [0, 1.0, 1, 0]] * 10)
    far = np.array([[1.0, 1, 0, 0], [1.0, 1, 0, 0]] * 10)

    assert (alpha(near, VALUES) or 0) > (alpha(far, VALUES) or 0)


def test_the_interval_of_alpha_leaves_out_one_prompt_at_a_time() -> None:
    rng = np.random.default_rng(5)
    units = rng.multinomial(4, [0.5, 0.3, 0.2], size=55).astype(float)
    left = np.array([alpha(np.delete(units, one, axis=0)) for one in range(55)], dtype=float)
    half = t.ppf(0.975, 53) * np.sqrt(54 / 53 * ((left - left.mean()) ** 2).sum())
    middle = alpha(units) or 0

    each_once, owner = np.ones(55, dtype=np.int64), np.arange(55)

    assert alpha_interval95(units, owner, each_once) == pytest.approx((middle - half, middle + half))


def test_the_interval_of_ac1_leaves_out_one_prompt_at_a_time_too() -> None:
    rng = np.random.default_rng(6)
    units = np.array([rng.multinomial(rng.integers(1, 4), [0.6, 0.3, 0.1]) for _ in range(90)], dtype=float)
    left = np.array([ac1(np.delete(units, one, axis=0)) for one in range(90)], dtype=float)
    half = t.ppf(0.975, 88) * np.sqrt(89 / 88 * ((left - left.mean()) ** 2).sum())
    middle = ac1(units) or 0

    each_once, owner = np.ones(90, dtype=np.int64), np.arange(90)

    assert ac1_interval95(units, owner, each_once) == pytest.approx((middle - half, middle + half))


def test_the_interval_handed_on_resamples_prompts() -> None:
    found = summarise(read_votes(drawn(60, 4, {"a": 0, "b": 2}))).agreement

    assert found.alpha_nominal is not None
    assert found.ci95 is not None
    assert found.nominal95 is not None
    assert found.ci95[0] < found.alpha_nominal < found.ci95[1]
    assert found.ci95 == pytest.approx(found.nominal95, abs=0.05)


def test_alike_prompts_count_as_often_as_they_occur() -> None:
    votes = drawn(60, 4, {"a": 0, "b": 2})
    renamed = votes.assign(prompt_id=votes["prompt_id"] + "!")

    once, twice = (summarise(read_votes(table)).agreement for table in (votes, pd.concat([votes, renamed])))

    assert twice.alpha_nominal == pytest.approx(once.alpha_nominal, abs=0.01)
    for many, few in ((twice.nominal95, once.nominal95), (twice.ac1_95, once.ac1_95)):
        assert many is not None
        assert few is not None
        assert (many[1] - many[0]) * 2**0.5 == pytest.approx(few[1] - few[0], rel=0.03)


def test_few_prompts_or_few_disagreements_leave_alpha_without_an_interval() -> None:
    few = summarise(read_votes(drawn(49, 2, {"a": 0, "b": 0})))
    unanimous = ballots(
        (f"p{n}", rater, "a", "b", "left" if n % 2 or (n < 8 and rater == "r1") else "right")
        for n in range(60)
        for rater in ("r1", "r2")
    )

    for found in (few, summarise(read_votes(unanimous))):
        assert found.agreement.alpha_nominal is not None
        assert (found.agreement.nominal95, found.agreement.ac1_95) == (None, None)
        assert any("Agreement has no interval" in warning for warning in found.warnings)
