"""Beside the raters: how far a judge agrees with people, and how many prompts of theirs it is worth."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from core.answers.arms import arm_by_id
from core.judging.family import kinship
from core.judging.judges import Judge, judges_of
from core.judging.pairs import pairs_of
from core.judging.wording import MALFORMED
from core.providers.profiles import PROFILES
from core.rating.results import arm_names, counted_votes, votes_frame
from core.rating.studies import Study
from core.store.store import Store
from core.text.figures import counted, percent_words
from core.verdict.assisted import FEWEST_LABELLED, Assisted, assisted
from core.verdict.judge import BothOrders, both_orders, judge_agreement
from core.verdict.votes import read_votes


@dataclass(frozen=True)
class JudgeBeside:
    """A judge's answers as they may be shown: never as a win rate of its own.

    Attributes:
        asked: pairs it judged in both orders.
        malformed: of its `answers`, those that were no verdict.
        assisted: people's mean made more precise; None where people rated too few prompts, or all.
        sentences: what the page and the report say.
    """

    judge: Judge
    asked: int
    answers: int
    malformed: int
    assisted: Assisted | None
    sentences: tuple[str, ...]


def judged(store: Store, study: Study, words: str) -> tuple[JudgeBeside, ...]:
    """What every judge of a closed study adds, the newest first.

    Args:
        store: the store.
        study: the study.
        words: its second arm as it stands in a sentence.

    Raises:
        Refused: the study is not closed.
    """

    def ask() -> tuple[JudgeBeside, ...]:
        return tuple(_beside(store, study, judge, words) for judge in judges_of(store, study))

    return store.recall(TABLES, ("judged", study.id, words), ask)


TABLES = ("studies", "study_prompts", "duels", "votes", "answers", "arms", "judges", "judgements")
GIVEN = "select item_id, a_left, outcome from judgements where judge_id = ? order by item_id, a_left desc"


def _beside(store: Store, study: Study, judge: Judge, words: str) -> JudgeBeside:
    rows = store.rows(GIVEN, judge.id)
    malformed = sum(outcome == MALFORMED for _, _, outcome in rows)
    a, b = arm_names(store, study)
    frame = pd.DataFrame(
        [
            (str(item), "judge", a if a_left else b, b if a_left else a, outcome)
            for item, a_left, outcome in rows
            if outcome != MALFORMED
        ],
        columns=["prompt_id", "rater_id", "arm_left", "arm_right", "outcome"],
    )
    twice = frame.groupby("prompt_id").filter(lambda one: len(one) == 2)  # noqa: PLR2004 - both orders
    resolved = both_orders(twice) if len(twice) else None
    helped, why_not = _helped(store, study, resolved) if resolved else (None, "")
    kin = kinship(judge.model, (arm_by_id(store, study.arm_a), arm_by_id(store, study.arm_b)))
    told = [*_told(judge, len(rows), malformed, resolved)]
    if resolved is not None:
        told += [*_agreement(store, study, resolved), *_worth(helped, why_not, words)]
    return JudgeBeside(
        judge=judge,
        asked=resolved.asked if resolved else 0,
        answers=len(rows),
        malformed=malformed,
        assisted=helped,
        sentences=(*told, *([kin] if kin else [])),
    )


def _told(judge: Judge, answers: int, malformed: int, found: BothOrders | None) -> Iterator[str]:
    where = PROFILES[judge.provider].title if judge.provider in PROFILES else judge.provider
    asked = found.asked if found else 0
    yield f"{judge.model} ({where}) judged {counted(asked, 'pair')} in both orders."
    if found is not None and found.disagreed:
        yield (
            f"On {100 * found.disagreed:.0f} % of them it said something else when the sides were swapped; "
            "that counts as a tie."
        )
    if malformed:
        yield f"{malformed} of its {answers} answers were none of A, B and tie; these pairs are left out."


def _agreement(store: Store, study: Study, found: BothOrders) -> Iterator[str]:
    """How often it says what people say, on pairs of two different answers."""
    frame = votes_frame(store, study)
    same = {str(pair.item_id) for pair in pairs_of(store, study) if pair.identical}
    people = frame[~frame["prompt_id"].isin(same)]
    if people.empty:
        return
    agreed = judge_agreement(read_votes(found.votes), read_votes(people))
    hits, pairs = agreed.judge
    if not pairs:
        return
    ours, theirs = agreed.people
    among = f", two raters with each other on {100 * ours / theirs:.0f} % of {theirs}" if theirs else ""
    yield f"It said the same as a rater on {100 * hits / pairs:.0f} % of {pairs} votes{among}."


def _helped(store: Store, study: Study, found: BothOrders) -> tuple[Assisted | None, str]:
    """People's mean for the second arm with the judge's help, or why there is none."""
    votes = counted_votes(store, study)
    first, second = arm_names(store, study)
    if votes is None:
        return None, "Nobody rated, and a judge alone says nothing about what people prefer."
    people = votes.scores_by_prompt(second, first)
    judge = read_votes(found.votes).scores_by_prompt(second, first)
    ties = [str(pair.item_id) for pair in pairs_of(store, study) if pair.identical]
    judge = pd.concat([judge, pd.Series(0.5, index=pd.Index(ties, dtype=object))])
    both = people.index.intersection(judge.index)
    alone = judge.index.difference(people.index)
    if len(both) < FEWEST_LABELLED or not len(alone):
        return None, (
            f"People rated {counted(len(both), 'prompt')} of those it judged, and it judged {len(alone)} "
            f"more. A judge helps from {FEWEST_LABELLED} prompts rated by people on, and on prompts that "
            "they did not rate; so here it adds nothing."
        )
    scores = (np.asarray(found_, dtype=np.float64) for found_ in (people[both], judge[both], judge[alone]))
    return assisted(*scores), ""


def _worth(helped: Assisted | None, why_not: str, words: str) -> Iterator[str]:
    if helped is None:
        yield why_not
        return
    if helped.worth:
        yield (
            f"With its help {words} scores {percent_words(helped.mean, helped.ci95)}; by people alone, on "
            f"the same prompts, {percent_words(helped.people_mean, helped.people_ci95)}."
        )
    yield helped.sentence
