"""Closing: a study ends, and curation is told on which topics its second model lost."""

import pandas as pd

from core.curation.coverage.losses import LossMark, mark_losses
from core.datasets.splitting import Split
from core.datasets.versions import rows_of
from core.people.persons import Person
from core.rating import studies
from core.rating.results import all_votes, arm_names
from core.rating.studies import Study
from core.report.losses import FEWEST_IN_TOPIC
from core.store.store import Store
from core.verdict.rows import BOTH_BAD, FIRST, SECOND


def close_and_mark(store: Store, study: Study, person: Person) -> Study:
    """End the study and reveal it; what it shows of the topics marks what to write next.

    One that nobody rated shows nothing, so that what the study before it marked stays.

    Raises:
        NotAllowed: the person may not close studies here.
        Refused: it is closed already.
    """
    closed = studies.close_study(store, study, person)
    if all_votes(store, closed) is not None:
        mark_losses(store, study.project_id, study.id, loss_marks(store, closed), person)
    return closed


def loss_marks(store: Store, study: Study) -> list[LossMark]:
    """The topics of a closed study's prompts, each with the share on which its second arm lost.

    A prompt is lost with more votes against the arm than for it. Of too few prompts nothing is said.

    Raises:
        Refused: the study is not closed.
    """
    votes = all_votes(store, study)
    if votes is None:
        return []
    first, second = arm_names(store, study)
    seen = votes.between(second, first)
    counts = pd.crosstab(seen.prompt, seen.outcome).reindex(columns=range(BOTH_BAD + 1), fill_value=0)
    items = votes.scores_by_prompt(seen.a, seen.b).index
    topic_of = {str(row.item_id): row.topic for row in rows_of(store, study.dataset_id, Split.TEST)}
    topics = counts.groupby([topic_of.get(str(item)) or "" for item in items])
    return [
        _mark(str(topic), prompts) for topic, prompts in topics if topic and len(prompts) >= FEWEST_IN_TOPIC
    ]


def _mark(topic: str, prompts: pd.DataFrame) -> LossMark:
    """Of the votes for each outcome on each prompt: the share lost, and the pairs of votes that differ."""
    lost = prompts[SECOND] > prompts[FIRST]
    votes = prompts.sum(axis=1)
    pairs, alike = (votes * (votes - 1)).sum(), (prompts * (prompts - 1)).to_numpy().sum()
    return LossMark(topic, len(prompts), float(lost.mean()), 1 - float(alike / pairs) if pairs else None)
