"""Where a model loses: the prompts on which raters liked the other answer better, and their topics."""

from collections import defaultdict
from dataclasses import dataclass

import numpy as np
import pandas as pd

from core.datasets.splitting import Split
from core.datasets.versions import rows_of
from core.rating.asides import remarks
from core.rating.results import all_votes, arm_names
from core.rating.studies import Study
from core.store.store import Store
from core.verdict.rows import FIRST, SECOND
from core.verdict.sequential import EVEN
from core.verdict.votes import PairVotes, Votes

SHOWN = 5
FEWEST_IN_TOPIC = 3
"""Of fewer prompts nothing is said of a topic."""


@dataclass(frozen=True)
class LostDuel:
    """A prompt on which more votes went against the second arm than for it; `even` of them for nobody.

    `notes` are what raters wrote, each with its rater's name.
    """

    item_id: int
    question: str
    answer: str
    other: str
    against: int
    in_favour: int
    even: int
    notes: tuple[str, ...]


@dataclass(frozen=True)
class TopicScore:
    """The second arm's mean score on the prompts of one topic, in the votes of all raters."""

    topic: str
    n_prompts: int
    mean: float


@dataclass(frozen=True)
class Losses:
    """Where the second arm of a study loses; `worst` are the clearest of `n_lost` prompts.

    `questions` are all that it lost on, the clearest first; `topics` those with a score below one half.
    """

    n_prompts: int
    n_lost: int
    worst: tuple[LostDuel, ...]
    questions: tuple[str, ...]
    topics: tuple[TopicScore, ...]


def losses_of(store: Store, study: Study) -> Losses:
    """Where the second arm of a closed study lost, from every vote.

    Raises:
        Refused: the study is not closed.
    """
    return store.recall(TABLES, ("losses", study.id), lambda: _losses(store, study))


TABLES = ("studies", "study_prompts", "duels", "votes", "duel_notes", "arms", "people")
PROMPTS = "select item_id, question, text_a, text_b from study_prompts where study_id = ?"


def _losses(store: Store, study: Study) -> Losses:
    votes = all_votes(store, study)
    if votes is None:
        return Losses(0, 0, (), (), ())
    first, second = arm_names(store, study)
    counts = _by_prompt(votes, votes.between(second, first))
    lost = counts[counts["against"] > counts["in_favour"]]
    ordered = lost.sort_values(["score", "against"], ascending=[True, False], kind="stable")
    texts = {str(row[0]): row for row in store.rows(PROMPTS, study.id)}
    notes = _notes(store, study)
    duels = [_duel(texts[str(item)], row, notes) for item, row in ordered.iterrows() if str(item) in texts]
    return Losses(
        n_prompts=len(counts),
        n_lost=len(lost),
        worst=tuple(duels[:SHOWN]),
        questions=tuple(duel.question for duel in duels),
        topics=tuple(_topics(store, study, votes, (second, first))),
    )


def _by_prompt(votes: Votes, seen: PairVotes) -> pd.DataFrame:
    """By prompt id: votes against, for and neither, and the mean score."""
    outcome = pd.Series(seen.outcome)
    counted = pd.DataFrame(
        {
            "against": outcome == SECOND,
            "in_favour": outcome == FIRST,
            "even": outcome > SECOND,
            "votes": np.ones(len(outcome), dtype=bool),
        }
    )
    table = counted.groupby(seen.prompt).sum()
    table["score"] = seen.prompt_scores
    table.index = votes.scores_by_prompt(seen.a, seen.b).index
    return table


def _duel(
    texts: tuple[int, str, str, str], counts: "pd.Series[float]", notes: dict[int, list[str]]
) -> LostDuel:
    item_id, question, text_a, text_b = texts
    against, in_favour, even = (int(counts[name]) for name in ("against", "in_favour", "even"))
    said = tuple(notes.get(item_id, ()))
    return LostDuel(item_id, question, text_b, text_a, against, in_favour, even, said)


def _notes(store: Store, study: Study) -> dict[int, list[str]]:
    """By item, what raters wrote."""
    found: dict[int, list[str]] = defaultdict(list)
    for one in remarks(store, study):
        passage = f" (“{one.passage}”)" if one.passage else ""
        if one.text or one.passage:
            found[one.item_id].append(f"{one.rater}: {one.text}{passage}")
    return found


def _topics(store: Store, study: Study, votes: Votes, arms: tuple[str, str]) -> list[TopicScore]:
    """The topics with a score below one half, those that cost most first."""
    topic_of = {str(row.item_id): row.topic for row in rows_of(store, study.dataset_id, Split.TEST)}
    by_topic: dict[str, list[float]] = defaultdict(list)
    for item, score in votes.scores_by_prompt(*arms).items():
        if topic := topic_of.get(str(item)):
            by_topic[topic].append(score)
    found = [TopicScore(topic, len(scores), float(np.mean(scores))) for topic, scores in by_topic.items()]
    weak = [one for one in found if one.n_prompts >= FEWEST_IN_TOPIC and round(100 * one.mean) < 100 * EVEN]
    return sorted(weak, key=lambda one: (one.mean - EVEN) * one.n_prompts)
