"""A judge model, asked in both orders and compared with people."""

import pandas as pd
import pytest

from core.verdict.errors import BadTable
from core.verdict.judge import both_orders, judge_agreement
from core.verdict.votes import read_votes
from tests.core.verdict.ballots import ballots


def test_what_both_orders_say_counts_and_what_they_dispute_is_a_tie() -> None:
    found = both_orders(
        _judge(
            [
                ("p1", "base", "tuned", "right"),
                ("p1", "tuned", "base", "left"),  # tuned both times
                ("p2", "base", "tuned", "left"),
                ("p2", "tuned", "base", "left"),  # the left side both times
                ("p3", "tuned", "base", "right"),
                ("p3", "base", "tuned", "right"),  # the right side both times
                ("p4", "base", "tuned", "tie"),
                ("p4", "tuned", "base", "left"),
                ("p5", "base", "tuned", "both_bad"),
                ("p5", "tuned", "base", "both_bad"),
                ("p6", "base", "tuned", "left"),  # one order only
            ]
        )
    )

    votes = read_votes(found.votes).between("tuned", "base")
    assert dict(zip(found.votes["prompt_id"], found.votes["outcome"], strict=True)) == {
        "p1": "right",
        "p2": "tie",
        "p3": "tie",
        "p4": "tie",
        "p5": "both_bad",
    }
    assert votes.scores.tolist() == [1, 0.5, 0.5, 0.5, 0.5]
    assert (found.asked, found.once) == (5, 1)
    assert found.disagreed == 0.6
    assert found.first_side == 0.5


def test_a_judge_that_never_turns_has_no_pull_to_a_side() -> None:
    found = both_orders(_judge([("p1", "a", "b", "left"), ("p1", "b", "a", "right")]))

    assert found.first_side is None
    assert found.disagreed == 0


def test_a_judge_asked_once_or_two_judges_are_refused() -> None:
    with pytest.raises(BadTable, match="no prompt has been judged in both orders"):
        both_orders(_judge([("p1", "a", "b", "left"), ("p1", "a", "b", "left"), ("p2", "b", "a", "left")]))
    with pytest.raises(BadTable, match="2 raters; a judge is one"):
        both_orders(ballots([("p", "x", "a", "b", "left"), ("p", "y", "b", "a", "left")]))


def test_agreement_counts_pairs_of_a_judges_and_a_persons_vote_on_the_same_pair() -> None:
    people = ballots(
        [
            ("p1", "anna", "a", "b", "left"),
            ("p1", "ben", "b", "a", "left"),
            ("p1", "eva", "a", "b", "both_bad"),
            ("p2", "anna", "a", "b", "tie"),
            ("p3", "anna", "a", "c", "left"),
        ]
    )
    judge = _judge([("p1", "a", "b", "left"), ("p2", "b", "a", "both_bad"), ("p9", "a", "b", "left")])

    found = judge_agreement(read_votes(judge), read_votes(people))

    assert found.judge == (2, 4)
    assert found.judge_without_ties == (1, 2)
    assert found.people == (0, 3)
    assert found.people_without_ties == (0, 1)


def _judge(rows: list[tuple[str, str, str, str]]) -> pd.DataFrame:
    return ballots((prompt, "judge", left, right, outcome) for prompt, left, right, outcome in rows)
