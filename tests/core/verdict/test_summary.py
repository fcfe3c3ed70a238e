"""The whole verdict of a table of votes."""

import json

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.verdict.summary import as_document, summarise
from core.verdict.votes import read_votes
from tests.core.verdict.ballots import ballots, drawn, duel, swapped

KEYS = ["n_votes", "n_prompts", "n_raters", "arms", "pairs", "strengths", "agreement", "position", "warnings"]
SHARES = ["win", "loss", "tie", "both_bad", "mean", "ci95"]
EVIDENCE = ["p_exact", "e_value", "e_max", "anytime_p", "anytime_ci95"]
OUTCOME = st.sampled_from(["left", "right", "tie", "both_bad", "skip"])
ROW = st.tuples(
    st.sampled_from(["p1", "p2", "p3", "é", "問い"]),
    st.sampled_from(["r1", "r2", "r3"]),
    st.permutations(["base", "tuned", "Ωmega"]),
    OUTCOME,
)
TABLE = st.lists(ROW, min_size=1, max_size=40).map(
    lambda rows: ballots((prompt, rater, arms[0], arms[1], outcome) for prompt, rater, arms, outcome in rows)
)


def test_the_document_has_the_promised_keys() -> None:
    document = as_document(summarise(read_votes(drawn(40, 2, {"b": 0, "a": 1, "c": 2}))))

    assert list(document) == KEYS
    assert document["arms"] == ["a", "b", "c"]
    pairs = document["pairs"]
    assert isinstance(pairs, list)
    assert [(pair["a"], pair["b"]) for pair in pairs] == [("a", "b"), ("a", "c"), ("b", "c")]
    assert list(pairs[0]) == ["a", "b", "n_prompts", *SHARES, *EVIDENCE]
    assert document["strengths"] == {
        "model": "davidson",
        **{key: _any_of(document["strengths"], key) for key in ("log_worth", "ci95", "nu", "rank_set")},
        "regularised": True,
        "converged": True,
    }


@given(TABLE)
@settings(deadline=None, max_examples=60)
def test_swapping_left_and_right_changes_position_alone_and_mirrors_it(votes: pd.DataFrame) -> None:
    one, other = (as_document(summarise(read_votes(table))) for table in (votes, swapped(votes)))
    here, there = one.pop("position"), other.pop("position")

    assert one == other
    assert isinstance(here, dict)
    assert isinstance(there, dict)
    assert there["left_share"] == (
        None if here["left_share"] is None else pytest.approx(1 - here["left_share"])
    )
    assert there["logit"] == (None if here["logit"] is None else pytest.approx(-here["logit"]))
    assert there["se"] == (None if here["se"] is None else pytest.approx(here["se"]))
    assert there["p"] == (None if here["p"] is None else pytest.approx(here["p"]))


@given(TABLE)
@settings(deadline=None, max_examples=60)
def test_any_table_of_votes_has_a_verdict_without_a_number_that_is_none(votes: pd.DataFrame) -> None:
    document = as_document(summarise(read_votes(votes)))

    assert json.dumps(document, allow_nan=False)


def test_one_prompt_by_one_rater_gives_nulls_and_warnings() -> None:
    document = as_document(summarise(read_votes(duel(["left"]))))

    assert (document["n_votes"], document["n_prompts"], document["n_raters"]) == (1, 1, 1)
    assert document["agreement"] == {"alpha_nominal": None, "alpha_interval": None, "ac1": None, "ci95": None}
    assert document["position"] == {"left_share": 1, "logit": None, "se": None, "p": None}
    assert document["warnings"]


def test_nothing_but_skips_gives_nulls() -> None:
    document = as_document(summarise(read_votes(duel(["skip", "skip"]))))

    assert (document["n_votes"], document["n_prompts"], document["n_raters"]) == (0, 0, 0)
    assert document["position"] == {"left_share": None, "logit": None, "se": None, "p": None}
    pairs = document["pairs"]
    assert isinstance(pairs, list)
    assert pairs[0]["mean"] is pairs[0]["win"] is pairs[0]["ci95"] is None


def test_many_pairs_are_warned_about_and_few_raters_too() -> None:
    found = summarise(read_votes(drawn(20, 3, {"a": 0, "b": 0, "c": 0})))

    assert any("needs evidence of 60, not 20" in warning for warning in found.warnings)
    assert any("Raters: 3." in warning for warning in found.warnings)


def test_sides_that_were_never_mixed_are_warned_about() -> None:
    assert any(
        "Sides are unbalanced" in warning for warning in summarise(read_votes(duel(["left"] * 20))).warnings
    )


def _any_of(table: object, key: str) -> object:
    assert isinstance(table, dict)
    return table[key]
