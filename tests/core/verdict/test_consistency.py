"""Does a rater choose the same a second time?"""

from collections.abc import Iterable, Sequence

import pandas as pd
import pytest

from core.verdict.consistency import Consistency, consistency
from core.verdict.repeats import read_repeats
from core.verdict.votes import read_votes
from tests.core.verdict.ballots import ballots, duel


def test_the_second_look_is_compared_with_the_first_whatever_the_sides() -> None:
    found = _seen(
        [
            ("p1", "anna", "base", "tuned", "right"),
            ("p1", "anna", "tuned", "base", "left"),  # the same answer
            ("p2", "anna", "base", "tuned", "left"),
            ("p2", "anna", "tuned", "base", "left"),  # the same side, the other answer
            ("p3", "ben", "base", "tuned", "tie"),
            ("p3", "ben", "tuned", "base", "both_bad"),
        ]
    )

    assert (found.n, found.n_prompts) == (3, 3)
    assert found.same == pytest.approx(1 / 3)
    assert found.reversed == pytest.approx(1 / 3)
    assert found.followed_side == pytest.approx(1 / 3)
    assert found.by_rater == {"anna": (2, 0.5), "ben": (1, 0.0)}


def test_a_change_of_mind_without_swapped_sides_does_not_follow_a_side() -> None:
    found = _seen([("p1", "anna", "a", "b", "left"), ("p1", "anna", "a", "b", "right")])

    assert found.reversed == 1
    assert found.followed_side is None


def test_a_skip_is_no_look_and_a_third_look_is_left_out() -> None:
    looks = ["skip", "left", "left", "right"]
    found = _seen([("p1", "anna", "a", "b", outcome) for outcome in looks])

    assert (found.n, found.same) == (1, 1)


def test_without_repeats_nothing_is_said() -> None:
    found = consistency(read_repeats(duel(["left", "right"])))

    assert (found.n, found.same, found.ci95, found.reversed) == (0, None, None, None)


def test_the_interval_counts_prompts_and_not_raters() -> None:
    rows = [
        (f"p{n}", f"r{rater}", *sides, "tie" if n % 4 else ("left" if sides[0] == "a" else "tie"))
        for n in range(40)
        for rater in range(5)
        for sides in (("a", "b"), ("b", "a"))
    ]
    found = _seen(rows)

    assert found.n == 200
    assert found.n_prompts == 40
    assert found.same == 0.75
    assert found.ci95 is not None
    assert found.ci95[1] - found.ci95[0] > 0.2


def test_looks_are_in_order_of_time() -> None:
    votes = ballots([("p1", "anna", "a", "b", "left"), ("p1", "anna", "a", "b", "tie")])
    timed = votes.assign(voted_at=["2026-01-02T00:00:00Z", "2026-01-01T00:00:00Z"])

    repeats = read_repeats(timed)

    assert (repeats.first.tolist(), repeats.again.tolist()) == ([2], [0])


def test_repeats_never_count_as_votes() -> None:
    votes = pd.concat([duel(["left"] * 5), duel(["right"] * 5)])

    assert len(read_votes(votes).outcome) == 5
    assert consistency(read_repeats(votes)).n == 5


def _seen(rows: Iterable[Sequence[str]]) -> Consistency:
    return consistency(read_repeats(ballots(rows)))
