"""Accuracy: intervals and tests have the published values, and those of statsmodels."""

import pytest
from statsmodels.stats.contingency_tables import mcnemar
from statsmodels.stats.proportion import proportion_confint

from core.verdict.accuracy import mcnemar_exact, mcnemar_midp, tango
from core.verdict.intervals import wilson


def test_mcnemars_exact_p_of_the_textbook_table() -> None:
    # [[101, 70], [59, 33]]: 70 and 59 changed
    assert mcnemar_exact(70, 59) == pytest.approx(0.378688, abs=5e-7)


def test_wilsons_interval_of_80_in_100() -> None:
    assert wilson(0.8, 100) == pytest.approx((0.711, 0.867), abs=5e-4)


@pytest.mark.parametrize(
    ("fixed", "broken", "n", "interval"),
    [(40, 20, 160, (0.0308645, 0.2180642)), (15, 5, 100, (0.0134468, 0.1923965))],
)
def test_tangos_interval(fixed: int, broken: int, n: int, interval: tuple[float, float]) -> None:
    assert tango(fixed, broken, n) == pytest.approx(interval, abs=5e-8)


@pytest.mark.parametrize(("hits", "n"), [(0, 7), (1, 1), (3, 10), (80, 100), (599, 600)])
def test_wilsons_interval_is_that_of_statsmodels(hits: int, n: int) -> None:
    assert wilson(hits / n, n) == pytest.approx(proportion_confint(hits, n, method="wilson"), abs=1e-12)


@pytest.mark.parametrize(("fixed", "broken"), [(0, 0), (1, 0), (15, 5), (5, 15), (7, 7), (70, 59)])
def test_mcnemars_exact_p_is_that_of_statsmodels(fixed: int, broken: int) -> None:
    theirs = mcnemar([[0, fixed], [broken, 0]], exact=True).pvalue if fixed + broken else 1.0

    assert mcnemar_exact(fixed, broken) == pytest.approx(theirs, abs=1e-12)


def test_midp_is_below_the_exact_p_and_1_when_nothing_leans() -> None:
    assert mcnemar_midp(15, 5) == pytest.approx(0.026604, abs=1e-6)
    assert mcnemar_midp(15, 5) < mcnemar_exact(15, 5)
    assert mcnemar_midp(7, 7) == mcnemar_midp(0, 0) == 1
