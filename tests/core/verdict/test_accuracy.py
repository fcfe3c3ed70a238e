"""Answers with one right text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.verdict.accuracy import accuracy, macro_f1, paired, tango

COUNTS = st.tuples(st.integers(0, 40), st.integers(0, 40), st.integers(0, 60)).filter(lambda c: sum(c) > 0)


def test_right_is_the_same_text_after_trimming_and_blank_is_wrong() -> None:
    found = accuracy(["loan", "card", "loan", "card"], [" loan\n", "Card", "", "card"])

    assert (found.n, found.correct, found.accuracy) == (4, 2, 0.5)


def test_macro_f1_is_over_the_expected_labels_alone() -> None:
    expected = ["a", "a", "a", "b"]
    answers = ["a", "a", "b", "other"]

    # a: 2·2/(2·2 + 0 + 1) = .8; b: no hit
    assert macro_f1(expected, answers) == pytest.approx(0.4)


def test_a_label_said_too_often_costs_its_f1() -> None:
    assert macro_f1(["a", "b", "b"], ["a", "a", "b"]) == pytest.approx((2 / 3 + 2 / 3) / 2)


def test_fixed_and_broken_are_seen_from_the_second_arm() -> None:
    found = paired(["x"] * 5, ["x", "x", "", "no", "no"], ["x", "no", "x", "x", "no"])

    assert (found.n, found.fixed, found.broken) == (5, 2, 1)
    assert found.net == pytest.approx(0.2)
    assert found.mcnemar_exact_p == 1
    assert found.midp == pytest.approx(2 * 0.5 - 0.375)


def test_two_arms_alike_differ_by_nothing() -> None:
    found = paired(["x", "y"], ["x", "n"], ["x", "n"])

    assert (found.net, found.mcnemar_exact_p, found.midp) == (0, 1, 1)
    assert found.tango95[0] < 0 < found.tango95[1]


@given(COUNTS)
def test_tangos_interval_holds_its_estimate_and_mirrors(counts: tuple[int, int, int]) -> None:
    fixed, broken, same = counts
    n = fixed + broken + same

    low, high = tango(fixed, broken, n)

    assert -1 <= low <= (fixed - broken) / n <= high <= 1
    assert tango(broken, fixed, n) == pytest.approx((-high, -low), abs=1e-9)


def test_no_prompts_and_unequal_lengths_are_refused() -> None:
    with pytest.raises(ValueError, match="no prompts"):
        accuracy([], [])
    with pytest.raises(ValueError, match="2 expected texts and 1 answers"):
        accuracy(["a", "b"], ["a"])
