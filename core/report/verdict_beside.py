"""What stands beside the main number of a verdict: single raters, agreement, sides, lengths; in sentences."""

from collections.abc import Iterator

import numpy as np

from core.rating.results import arm_names
from core.rating.studies import Study
from core.report.verdict_sentences import p_words
from core.store.database import Reader
from core.text.figures import counted, percent_words
from core.verdict.agreement import ENOUGH_FOR_AGREEMENT, agreement
from core.verdict.arrays import Interval
from core.verdict.crossed import two_way_interval
from core.verdict.length import length_split
from core.verdict.position import Position, position
from core.verdict.preference import leave_one_rater_out
from core.verdict.resample import alike_prompts
from core.verdict.rows import SECOND
from core.verdict.votes import PairVotes, Votes

LENGTHS = "select item_id, length(text_a), length(text_b) from study_prompts where study_id = ?"


def lines_beside(
    reader: Reader,
    study: Study,
    votes: Votes,
    seen: PairVotes,
    identical: frozenset[str],
    words: str,
    names: dict[str, str],
) -> Iterator[str]:
    """Everything that qualifies the mean preference for the second arm.

    Args:
        reader: where the study lies.
        study: a closed study.
        votes: its counted votes.
        seen: the same, seen from the second arm.
        identical: the prompts that have two identical answers.
        words: the second arm as it stands in a sentence.
        names: the raters' names by id.
    """
    yield from _without_one_rater(seen, words, names)
    yield from _over_raters(seen)
    yield from _agreement(votes, identical)
    yield from _side(pull_of_left(votes))
    yield from _lengths(reader, study, votes, words)


def pull_of_left(votes: Votes) -> Position:
    """How much the left side was liked, whichever arm stood there."""
    chosen = np.where(votes.second_left & (votes.outcome <= SECOND), 1 - votes.outcome, votes.outcome)
    return position(chosen, votes.prompt)


def _without_one_rater(seen: PairVotes, words: str, names: dict[str, str]) -> Iterator[str]:
    left = {who: one.mean for who, one in leave_one_rater_out(seen).items() if one.mean is not None}
    if len(left) > 1:
        low, high = min(left, key=left.__getitem__), max(left, key=left.__getitem__)
        yield (
            f"Without one of the raters {words} would score between {100 * left[low]:.0f} % (without "
            f"{names.get(low, low)}) and {100 * left[high]:.0f} % (without {names.get(high, high)})."
        )


def _over_raters(seen: PairVotes) -> Iterator[str]:
    interval = two_way_interval(seen)
    if interval is not None:
        mean = float(seen.prompt_scores.mean())
        yield f"For other raters like these, on prompts like these: {percent_words(mean, interval)}."


def _agreement(votes: Votes, identical: frozenset[str]) -> Iterator[str]:
    """How far raters agree on the pairs they were shown."""
    shown = np.array([name not in identical for name in votes.prompts])[votes.prompt]
    if not shown.any():
        return
    found = agreement(alike_prompts(votes.prompt[shown], votes.outcome[shown], 4))
    if found.alpha_nominal is None or found.ac1 is None:
        yield "How far raters agree is unknown: it takes two on a prompt, and more than one answer."
        return
    few = f"; intervals need {ENOUGH_FOR_AGREEMENT} prompts" if found.nominal95 is None else ""
    yield (
        f"Raters agree beyond chance with α = {_number(found.alpha_nominal, found.nominal95)} "
        f"and AC1 = {_number(found.ac1, found.ac1_95)}{few}. "
        "1 is always, 0 is chance; for preferences .3 to .5 is normal."
    )


def _side(found: Position) -> Iterator[str]:
    if found.left_share is not None:
        sure = f" ({p_words(found.p)})" if found.p is not None else ""
        yield f"The left side scored {100 * found.left_share:.0f} %{sure}; 50 % is no pull."


def _lengths(reader: Reader, study: Study, votes: Votes, words: str) -> Iterator[str]:
    first, second = arm_names(reader, study)
    scores = votes.scores_by_prompt(second, first)
    lengths = {str(item): (int(a), int(b)) for item, a, b in reader.rows(LENGTHS, study.id)}
    if scores.empty:
        return
    length_a, length_b = np.array([lengths[item] for item in scores.index], dtype=np.float64).T
    split = length_split(np.asarray(scores, dtype=np.float64), length_b, length_a)
    parts = (("longer", split.longer), ("shorter", split.shorter), ("about as long", split.alike))
    told = [
        f"{100 * side.mean:.0f} % where its answer is {how} ({counted(side.n_prompts, 'prompt')})"
        for how, side in parts
        if side.mean is not None
    ]
    yield f"By length (a tenth or more apart) {words} scored {', '.join(told)}."
    if split.equal_length is not None:
        yield f"Expected at equal length: {percent_words(split.equal_length, split.equal_length95)}."


def _number(value: float, interval: Interval | None) -> str:
    numbers = [f"{round(number, 2) + 0.0:.2f}" for number in (value, *(interval or ()))]
    return f"{numbers[0]} (95 % interval {numbers[1]} to {numbers[2]})" if interval else numbers[0]
