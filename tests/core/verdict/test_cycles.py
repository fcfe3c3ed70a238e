"""Arms that beat each other in a circle."""

from collections.abc import Iterable

import pandas as pd

from core.verdict.cycles import cycles
from core.verdict.summary import summarise
from core.verdict.votes import read_votes
from tests.core.verdict.ballots import ballots, drawn

Share = tuple[str, str, int, int]


def test_a_circle_is_found_and_told() -> None:
    found = cycles(summarise(read_votes(_met([("a", "b", 7, 3), ("b", "c", 6, 4), ("c", "a", 8, 2)]))).pairs)

    assert [circle.arms for circle in found.found] == [("a", "b", "c")]
    assert found.found[0].weakest == 0.6
    assert not found.found[0].sure
    assert found.sentence == (
        "One circle among 1 triple of arms: a beats b, b beats c and c beats a, but not surely "
        "(the weakest link is 60 %), as chance does at times."
    )


def test_the_circle_that_goes_the_other_way_is_told_the_other_way() -> None:
    found = cycles(summarise(read_votes(_met([("b", "a", 7, 3), ("c", "b", 6, 4), ("a", "c", 8, 2)]))).pairs)

    assert [circle.arms for circle in found.found] == [("a", "c", "b")]


def test_a_circle_with_enough_evidence_for_every_pair_is_sure() -> None:
    found = cycles(
        summarise(read_votes(_met([("a", "b", 60, 9), ("b", "c", 60, 9), ("c", "a", 60, 9)]))).pairs
    )

    assert found.found[0].sure
    assert "no single order of the arms is right" in found.sentence


def test_arms_in_one_order_make_no_circle() -> None:
    found = cycles(summarise(read_votes(drawn(300, 3, {"a": -1.5, "b": -0.5, "c": 0.5, "d": 1.5}))).pairs)

    assert found.found == ()
    assert found.triples == 4
    assert found.sentence == "No circle among 4 triples of arms: the arms can stand in one order."


def test_a_level_pair_or_one_that_never_met_makes_no_circle() -> None:
    level = cycles(summarise(read_votes(_met([("a", "b", 5, 5), ("b", "c", 6, 4), ("c", "a", 8, 2)]))).pairs)
    apart = cycles(summarise(read_votes(_met([("a", "b", 7, 3), ("b", "c", 6, 4)]))).pairs)

    assert level.found == ()
    assert apart.triples == 0
    assert apart.sentence.startswith("No three arms all met")


def _met(shares: Iterable[Share]) -> pd.DataFrame:
    return ballots(
        (f"{a}{b}{n}", "r1", a, b, "left" if n < won else "right")
        for a, b, won, lost in shares
        for n in range(won + lost)
    )
