"""Where the next votes go."""

import numpy as np
import pytest

from core.verdict.next_votes import next_votes
from core.verdict.spread import measured_spread
from core.verdict.votes import PairVotes, read_votes
from tests.core.verdict.ballots import ballots


def test_spread_is_split_into_prompts_and_raters() -> None:
    rng = np.random.default_rng(3)
    taste = rng.choice([0.15, 0.5, 0.85], 4000)
    votes = _votes((rng.random((4000, 3)) < taste[:, None]).astype(int))

    found = measured_spread(votes)

    assert found is not None
    assert found.between == pytest.approx(taste.var(), abs=0.01)
    assert found.within == pytest.approx((taste * (1 - taste)).mean(), abs=0.01)


def test_one_rater_alone_is_split_in_the_typical_way_and_few_prompts_not_at_all() -> None:
    alone = measured_spread(_votes(np.tile([[0], [1]], (20, 1))))

    assert alone is not None
    assert alone.between / (alone.between + alone.within) == pytest.approx(0.4)
    assert measured_spread(_votes(np.tile([[0], [1]], (4, 1)))) is None


def test_raters_who_agree_make_new_prompts_the_best_use_of_votes() -> None:
    found = next_votes(_votes(np.repeat(np.tile([[0], [1]], (20, 1)), 3, axis=1)), budget=21)

    assert found is not None
    assert found.uses[0].what == "21 new prompts with one rater each"
    assert found.uses[0].half_width < found.now
    assert found.uses[-1].what == "another rater on prompts that have the fewest"
    assert found.uses[-1].half_width == pytest.approx(found.now)
    assert "best spent on 21 new prompts" in found.sentence


def test_all_uses_spend_the_budget() -> None:
    found = next_votes(_votes(np.tile([[0, 1, 1], [1, 1, 0]], (20, 1))), budget=20)

    assert found is not None
    assert {use.n_votes for use in found.uses} == {140, 138}
    assert {use.n_prompts for use in found.uses} == {60, 46, 40}


def test_a_study_without_overlap_is_told_to_have_some() -> None:
    found = next_votes(_votes(np.tile([[0], [1]], (20, 1))))

    assert found is not None
    assert "or agreement cannot be measured" in found.sentence


def test_too_few_prompts_leave_it_open_and_no_votes_are_refused() -> None:
    assert next_votes(_votes(np.array([[1]]))) is None
    with pytest.raises(ValueError, match="at least one vote"):
        next_votes(_votes(np.array([[1]])), budget=0)


def _votes(wins: np.ndarray) -> PairVotes:
    rows = [
        (f"p{prompt}", f"r{rater}", "a", "b", "left" if won else "right")
        for prompt, row in enumerate(wins.tolist())
        for rater, won in enumerate(row)
    ]
    return read_votes(ballots(rows)).between("a", "b")
