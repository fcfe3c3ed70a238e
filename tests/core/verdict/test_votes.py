"""What counts as a vote, in which order prompts enter, and what is refused."""

import numpy as np
import pandas as pd
import pytest

from core.verdict.errors import BadTable
from core.verdict.votes import read_votes
from tests.core.verdict.ballots import ballots, duel


def test_a_prompts_score_is_the_mean_of_its_raters() -> None:
    votes = read_votes(
        ballots(
            [
                ("p1", "r1", "base", "tuned", "left"),
                ("p1", "r2", "tuned", "base", "left"),
                ("p1", "r3", "base", "tuned", "tie"),
                ("p2", "r1", "base", "tuned", "both_bad"),
                ("p3", "r1", "tuned", "base", "right"),
            ]
        )
    )

    assert votes.between("base", "tuned").prompt_scores.tolist() == [0.5, 0.5, 1.0]
    assert votes.between("tuned", "base").prompt_scores.tolist() == [0.5, 0.5, 0.0]


def test_of_a_raters_repeats_only_the_first_counts() -> None:
    votes = read_votes(
        ballots(
            [
                ("p1", "r1", "base", "tuned", "left"),
                ("p1", "r1", "tuned", "base", "left"),
                ("p1", "r2", "base", "tuned", "left"),
            ]
        )
    )

    assert votes.between("base", "tuned").prompt_scores.tolist() == [1.0]
    assert len(votes.outcome) == 2
    assert any("Repeats" in note for note in votes.warnings)


def test_the_same_prompt_with_other_arms_is_no_repeat() -> None:
    votes = read_votes(ballots([("p1", "r1", "a", "b", "left"), ("p1", "r1", "b", "c", "left")]))

    assert len(votes.outcome) == 2


def test_first_means_first_in_time() -> None:
    frame = ballots([("p1", "r1", "a", "b", "left"), ("p1", "r1", "a", "b", "right")])
    frame["voted_at"] = ["2026-01-02T10:00:00Z", "2026-01-02T09:00:00+00:00"]

    assert read_votes(frame).between("a", "b").prompt_scores.tolist() == [0.0]


def test_times_may_be_seconds_and_equal_times_keep_the_order_of_rows() -> None:
    frame = duel(["left", "right", "tie"]).assign(voted_at=["30", "7", "7"])

    assert read_votes(frame).between("base", "tuned").prompt_scores.tolist() == [0.0, 0.5, 1.0]


@pytest.mark.parametrize("zoned", [False, True])
@pytest.mark.parametrize("as_objects", [False, True])
def test_times_may_come_from_a_database(zoned: bool, as_objects: bool) -> None:
    times = pd.to_datetime(pd.Series(["2026-01-03", None, "2026-01-01"]), utc=zoned)
    times = times.astype(object) if as_objects else times
    frame = duel(["left", "right", "tie"]).assign(
        voted_at=times, prompt_order=pd.array([None] * 3, dtype="Int64")
    )

    assert read_votes(frame).between("base", "tuned").prompt_scores.tolist() == [0.5, 1.0, 0.0]


def test_a_skip_leaves_every_number_but_its_prompt_keeps_its_place() -> None:
    rows = [
        ("p1", "r1", "a", "b", "skip"),
        ("p2", "r1", "a", "b", "right"),
        ("p1", "r2", "a", "b", "left"),
        ("p3", "r2", "a", "b", "skip"),
    ]

    votes = read_votes(ballots(rows))

    assert votes.between("a", "b").prompt_scores.tolist() == [1.0, 0.0]


def test_prompts_enter_in_the_order_drawn_beforehand() -> None:
    frame = duel(["left", "right", "tie"]).assign(prompt_order=["30", "10", "20"], voted_at=["1", "2", "3"])

    assert read_votes(frame).between("base", "tuned").prompt_scores.tolist() == [0.0, 0.5, 1.0]
    assert not any("prompt_order" in note for note in read_votes(frame).warnings)


def test_without_a_drawn_order_the_verdict_says_so() -> None:
    assert any("no prompt_order" in note for note in read_votes(duel(["left", "right"])).warnings)


def test_with_raters_only_the_leading_run_of_finished_prompts_counts() -> None:
    rows = [("p1", "r1"), ("p1", "r2"), ("p2", "r1"), ("p3", "r1"), ("p3", "r2")]
    frame = ballots((prompt, rater, "a", "b", "left") for prompt, rater in rows)

    assert len(read_votes(frame).between("a", "b").prompt_scores) == 3
    assert len(read_votes(frame, raters=2).between("a", "b").prompt_scores) == 1
    assert any("unequal numbers of raters" in note for note in read_votes(frame).warnings)
    assert any("left out" in note and "2" in note for note in read_votes(frame, raters=2).warnings)


def test_a_skip_completes_a_prompt() -> None:
    frame = ballots([("p1", "r1", "a", "b", "left"), ("p1", "r2", "a", "b", "skip")])

    assert read_votes(frame, raters=2).between("a", "b").prompt_scores.tolist() == [1.0]
    assert not any("unequal" in note for note in read_votes(frame).warnings)


def test_in_a_planned_study_a_prompt_waits_for_all_before_it() -> None:
    frame = ballots((prompt, "r1", "a", "b", "left") for prompt in ("p4", "p2", "p1"))

    running = read_votes(frame, raters=1, planned=["p1", "p2", "p3", "p4"])

    assert len(running.between("a", "b").prompt_scores) == 2


def test_a_prompt_outside_the_plan_is_refused() -> None:
    with pytest.raises(BadTable, match="'p2' is not among the planned prompts"):
        read_votes(duel(["left", "left", "left"]), planned=["p0", "p1"])


def test_arms_that_never_met_have_no_votes() -> None:
    votes = read_votes(ballots([("p1", "r1", "a", "b", "left"), ("p1", "r1", "c", "d", "left")]))

    assert len(votes.between("a", "c").prompt_scores) == 0


def test_ids_may_be_numbers_and_any_script() -> None:
    frame = ballots([("1", "r1", "базовая", "調整済み", "left"), ("2", "é", "調整済み", "базовая", "left")])
    frame["prompt_id"] = [1, 2]

    votes = read_votes(frame)

    assert votes.arms == ("базовая", "調整済み")
    assert votes.prompts == ("1", "2")


@pytest.mark.parametrize(
    ("column", "value", "sentence"),
    [
        ("outcome", "maybe", "row 2, outcome: 'maybe' is none of left, right, tie, both_bad, skip"),
        ("outcome", "", "row 2, outcome: it is blank"),
        ("outcome", None, "row 2, outcome: it is blank"),
        ("prompt_id", " ", "row 2, prompt_id: it is blank"),
        ("rater_id", np.nan, "row 2, rater_id: it is blank"),
        ("arm_right", "base", "row 2, arm_right: 'base' is compared with itself"),
        ("voted_at", "yesterday", "row 2, voted_at: 'yesterday' is no time"),
        ("prompt_order", "1.5", "row 2, prompt_order: '1.5' is no whole number"),
        ("prompt_order", "", "row 2, prompt_order: '' is no whole number"),
    ],
)
def test_a_row_that_cannot_count_is_refused_by_its_place(column: str, value: object, sentence: str) -> None:
    frame = duel(["left", "right"]).assign(voted_at=["1", "2"], prompt_order=["1", "2"]).astype(object)
    frame[column] = pd.Series([frame[column].iloc[0], value], dtype=object)

    with pytest.raises(BadTable, match=sentence):
        read_votes(frame)


def test_two_orders_for_one_prompt_are_refused() -> None:
    frame = ballots([("p1", "r1", "a", "b", "left"), ("p1", "r2", "a", "b", "left")])

    with pytest.raises(BadTable, match="row 2, prompt_order: this prompt has another order"):
        read_votes(frame.assign(prompt_order=[1, 2]))


def test_a_missing_column_and_an_empty_table_are_refused() -> None:
    with pytest.raises(BadTable, match="outcome cannot be found"):
        read_votes(duel(["left"]).drop(columns="outcome"))
    with pytest.raises(BadTable, match="only a header"):
        read_votes(pd.DataFrame(columns=duel(["left"]).columns))
    with pytest.raises(BadTable, match="at least 1"):
        read_votes(duel(["left"]), raters=0)
