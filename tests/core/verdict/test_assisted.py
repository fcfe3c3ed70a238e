"""People assisted by a judge model."""

import numpy as np
import pytest

from core.verdict.assisted import assisted, assisted_preference
from core.verdict.votes import Votes, read_votes
from tests.core.verdict.ballots import ballots


def test_the_estimate_is_the_papers_formula() -> None:
    rng = np.random.default_rng(1)
    people = rng.choice([0.0, 0.5, 1.0], 60)
    judge = np.where(rng.random(60) < 0.7, people, rng.choice([0.0, 1.0], 60))
    alone = rng.choice([0.0, 1.0], 200, p=[0.4, 0.6])
    pooled = np.concatenate([judge, alone]).var(ddof=1)
    weight = np.cov(people, judge)[0, 1] / ((1 + 60 / 200) * pooled)

    found = assisted(people, judge, alone)

    assert found.judge_weight == pytest.approx(weight)
    assert found.mean == pytest.approx(people.mean() + weight * (alone.mean() - judge.mean()))
    before = people.var(ddof=1) / 60
    opposite = [1.0, -weight]  # two imaginary prompts on which they disagree
    after = np.append(people - weight * judge, opposite).var(ddof=1) / 60 + weight**2 * pooled / 200
    assert found.worth == int(60 * (before / after - 1))


def test_a_judge_that_agrees_with_people_is_worth_prompts_and_narrows_the_interval() -> None:
    people = np.tile([1.0, 1, 0, 0.5], 15)

    found = assisted(people, people, np.tile(people, 10))

    assert found.worth > 60
    assert _width(found.ci95) < _width(found.people_ci95)
    assert f"worth {found.worth} more rated by people, beside the 60" in found.sentence


def test_a_judge_that_makes_nothing_narrower_leaves_peoples_labels_alone() -> None:
    people = np.array([1.0] * 58 + [0.0] * 2)

    found = assisted(people, np.tile([1.0, 1, 1, 0], 15), np.tile([1.0, 1, 1, 0], 40))

    assert found.judge_weight == 0
    assert found.mean == found.people_mean
    assert found.worth == 0


def test_a_judge_that_is_wrong_for_everybody_is_corrected() -> None:
    rng = np.random.default_rng(2)
    people = (rng.random(400) < 0.6).astype(float)
    generous = np.maximum(people, (rng.random(400) < 0.8).astype(float))

    found = assisted(people[:100], generous[:100], generous[100:])

    assert generous.mean() > 0.85
    assert found.ci95[0] < 0.6 < found.ci95[1]
    assert found.mean < 0.75


@pytest.mark.parametrize("opinion", [np.full(50, 0.5), np.tile([1.0, 0.0], 25)])
def test_a_judge_without_an_opinion_or_with_the_opposite_adds_nothing_and_says_so(
    opinion: np.ndarray,
) -> None:
    people = np.tile([0.0, 1.0], 25)

    found = assisted(people, opinion, np.full(100, 0.5))

    assert found.judge_weight == 0
    assert found.mean == found.people_mean
    assert found.ci95 == pytest.approx(found.people_ci95)
    assert found.worth == 0
    assert "adds nothing" in found.sentence


def test_a_sweep_keeps_its_interval_inside_the_scale() -> None:
    found = assisted(np.ones(40), np.ones(40), np.ones(10))

    assert found.mean == 1
    assert 0.85 < found.ci95[0] < found.ci95[1] == 1


def test_votes_of_both_are_matched_by_prompt() -> None:
    people = _votes("anna", {f"p{n}": "left" if n % 3 else "right" for n in range(45)})
    judge = _votes("judge", {f"p{n}": "left" if n % 4 else "right" for n in reversed(range(3, 120))})

    found = assisted_preference(people, judge, "tuned", "base")

    assert (found.n_people, found.n_judge) == (42, 75)
    assert found.people_mean == pytest.approx(sum(1 for n in range(3, 45) if n % 3) / 42)


def test_too_few_labels_no_further_prompts_and_scores_that_are_none_are_refused() -> None:
    half = np.full(40, 0.5)

    with pytest.raises(ValueError, match="from 40 prompts labelled by people on"):
        assisted(half[:39], half[:39], half)
    with pytest.raises(ValueError, match="prompts they did not label"):
        assisted(half, half, half[:0])
    with pytest.raises(ValueError, match="every prompt that people labelled"):
        assisted(half, half[:39], half)
    with pytest.raises(ValueError, match="between 0 and 1"):
        assisted(half, np.full(40, np.nan), half)


def _votes(rater: str, outcomes: dict[str, str]) -> Votes:
    return read_votes(ballots((prompt, rater, "tuned", "base", out) for prompt, out in outcomes.items()))


def _width(interval: tuple[float, float]) -> float:
    return interval[1] - interval[0]
