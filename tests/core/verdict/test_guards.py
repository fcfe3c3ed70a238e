"""Studies that went wrong, or hardly began: every number is right, or it is refused with a sentence."""

import json

import numpy as np
import pandas as pd
import pytest

from core.verdict.blinding import guesses
from core.verdict.consistency import consistency
from core.verdict.crossed import two_way_interval
from core.verdict.cycles import cycles
from core.verdict.length import length_split
from core.verdict.margins import equivalence, not_worse
from core.verdict.next_votes import next_votes
from core.verdict.preference import leave_one_rater_out, per_rater, sensitivity
from core.verdict.repeats import read_repeats
from core.verdict.summary import as_document, summarise
from core.verdict.votes import read_votes
from tests.core.verdict.ballots import ballots, drawn, duel


def _strange() -> dict[str, pd.DataFrame]:
    crowd = [(f"p{n}", f"r{r}", "a", "b") for n in range(40) for r in range(9)]
    return {
        "a sweep": ballots((*row, "left") for row in crowd),
        "a sweep but for one": ballots((*row, "left" if row[0] != "p3" else "right") for row in crowd),
        "all ties": ballots((*row, "tie") for row in crowd),
        "both bad alone": ballots((*row, "both_bad") for row in crowd),
        "all skipped": ballots((*row, "skip") for row in crowd),
        "one prompt": ballots(("p", f"r{r}", "a", "b", "left" if r % 3 else "tie") for r in range(20)),
        "one vote": duel(["left"]),
        "one rater": duel(["left", "right", "tie", "both_bad"] * 20),
        "two prompts": duel(["left", "right"]),
        "arms that never met": ballots(
            (f"p{n}", "r", *pair, "left") for n in range(40) for pair in (("a", "b"), ("c", "d"))
        ),
        "one arm beats all": drawn(60, 2, {"a": 30.0, "b": 0.0, "c": 0.1}),
        "arms far apart": drawn(60, 2, {"a": 20.0, "b": 0.0, "c": -20.0}),
        "names of all kinds": ballots(
            (f"p{n} \u202e", "r\u0301", "𝔞", "null" if n % 2 else "NaN", "left" if n % 3 else "right")
            for n in range(40)
        ),
        "alternating": duel(["left", "right"] * 40),
        "a turn half-way": duel(["left"] * 300 + ["right"] * 300),
    }


STRANGE = _strange()


@pytest.mark.parametrize("name", STRANGE)
def test_no_number_is_nan_or_infinite_and_every_interval_holds_its_mean(name: str) -> None:
    votes = read_votes(STRANGE[name])
    found = summarise(votes)

    assert json.dumps(as_document(found), allow_nan=False)
    for pair in found.pairs:
        if pair.mean is not None and pair.ci95 is not None:
            assert 0 <= pair.ci95[0] <= pair.mean <= pair.ci95[1] <= 1
        assert 0 < pair.anytime_p <= 1
    for worth, interval in zip(found.strengths.log_worth or (), found.strengths.shown95 or (), strict=False):
        assert interval is None or interval[0] < worth < interval[1]


@pytest.mark.parametrize("name", STRANGE)
def test_everything_else_answers_too(name: str) -> None:
    votes = read_votes(STRANGE[name])
    for first, second in votes.pairs:
        seen = votes.between(votes.arms[second], votes.arms[first])
        scores = seen.prompt_scores
        told = [
            sensitivity(seen),
            per_rater(seen),
            leave_one_rater_out(seen),
            two_way_interval(seen),
            not_worse(scores, 0.1),
            equivalence(scores, 0.1),
            next_votes(seen),
            length_split(
                scores, 50.0 * (np.arange(len(scores)) % 7).astype(np.float64), np.full(len(scores), 120.0)
            ),
            guesses(seen.prompt, np.ones(len(seen.prompt))),
        ]
        assert not any(word in repr(told).replace("NaN'", "") for word in ("nan", "inf)", "inf,"))
    assert cycles(summarise(votes).pairs).sentence
    assert consistency(read_repeats(STRANGE[name])).n == 0


def test_a_sweep_is_a_win_with_no_strength_that_pretends_to_be_exact() -> None:
    found = summarise(read_votes(STRANGE["a sweep"]))

    assert found.pairs[0].mean == 1
    assert found.strengths.rank_set == ((1, 1), (2, 2))
    assert found.strengths.shown95 == (None, None)
    assert any("held finite by regularisation" in warning for warning in found.warnings)


@pytest.mark.parametrize("name", ["all ties", "both bad alone"])
def test_all_level_is_half_and_half_with_an_interval_for_any_time_alone(name: str) -> None:
    pair = summarise(read_votes(STRANGE[name])).pairs[0]

    assert (pair.mean, pair.p_exact, pair.e_max) == (0.5, 1, 1)
    assert pair.shown95 is None
    assert pair.anytime_ci95 is not None
    assert pair.anytime_ci95[0] < 0.5 < pair.anytime_ci95[1]


def test_arms_that_never_met_are_told_and_keep_their_pairs() -> None:
    found = summarise(read_votes(STRANGE["arms that never met"]))

    assert found.strengths.log_worth is None
    assert len(found.pairs) == 2
    assert any("not connected" in warning for warning in found.warnings)


def test_names_of_all_kinds_stay_what_they_are() -> None:
    found = summarise(read_votes(STRANGE["names of all kinds"]))

    assert found.arms == ("NaN", "null", "𝔞")
    assert found.n_prompts == 40
