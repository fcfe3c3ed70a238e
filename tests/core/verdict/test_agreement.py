"""Do raters see the same thing?"""

import evalica
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.verdict.agreement import VALUES, Agreement, ac1, alpha
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
        assert found.agreement == Agreement(None, None, None, None)
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


def test_ties_lie_between_the_winners_on_the_interval_scale() -> None:
    near = np.array([[1.0, 0, 1, 0], [0, 1.0, 1, 0]] * 10)
    far = np.array([[1.0, 1, 0, 0], [1.0, 1, 0, 0]] * 10)

    assert (alpha(near, VALUES) or 0) > (alpha(far, VALUES) or 0)


def test_the_interval_of_alpha_resamples_prompts() -> None:
    found = summarise(read_votes(drawn(60, 4, {"a": 0, "b": 2}))).agreement

    assert found.alpha_nominal is not None
    assert found.ci95 is not None
    assert found.ci95[0] < found.alpha_nominal < found.ci95[1]
