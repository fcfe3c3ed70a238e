"""Wishes: open questions that are to be answered first, because a model lost on questions like them."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.curation.coverage.survey import MOST_OPEN
from core.people.persons import Person
from core.people.roles import Action, require
from core.store.store import Store
from core.text.nearest import nearness

NEAR = 0.2
"""A cosine of rare words below this is another matter."""

MOST = 20


@dataclass(frozen=True)
class Like:
    """An open question, and how near the nearest of those it was looked for with is (a cosine, 0 to 1)."""

    item_id: int
    question: str
    topic: str | None
    nearness: float


def open_questions_like(
    store: Store, project_id: int, questions: Sequence[str], limit: int = MOST
) -> tuple[Like, ...]:
    """The open questions that are most like some of these, the nearest first."""
    waiting = store.rows(WAITING, project_id, MOST_OPEN)
    near = nearness([question for _, question, _ in waiting], questions)
    best = [place for place in np.argsort(-near, kind="stable")[:limit] if near[place] >= NEAR]
    found = ((waiting[place], float(near[place])) for place in best)
    return tuple(Like(item_id, question, topic, cosine) for (item_id, question, topic), cosine in found)


def wish_for(store: Store, project_id: int, study_id: int, likes: Sequence[Like], person: Person) -> int:
    """Let these questions be written first; returns how many were not wished for already.

    Args:
        store: the store.
        project_id: the project.
        study_id: the study in which a model lost on questions like them.
        likes: the questions.
        person: who wishes it.

    Raises:
        NotAllowed: the person may not review here.
    """
    with store.transaction(person.email) as tx:
        require(tx, project_id, person, Action.REVIEW)
        there = {
            number for (number,) in tx.rows("select item_id from wishes where project_id = ?", project_id)
        }
        new = [like for like in likes if like.item_id not in there]
        for like in new:
            tx.insert(
                "wishes",
                {
                    "item_id": like.item_id,
                    "project_id": project_id,
                    "study_id": study_id,
                    "nearness": like.nearness,
                    "person_id": person.id,
                    "wished_at": tx.now,
                },
            )
        return len(new)


def still_wished(store: Store, project_id: int) -> int:
    """How many of the wished-for questions nobody has begun to answer."""
    return int(
        store.recall(("items", "wishes"), ("wished", project_id), lambda: store.value(OPEN, project_id))
    )


WAITING = (
    "select id, question, topic from items where project_id = ? and state = 'waiting' "
    "order by id desc limit ?"
)
OPEN = (
    "select count(*) from wishes w join items i on i.id = w.item_id "
    "where w.project_id = ? and i.state = 'waiting'"
)
