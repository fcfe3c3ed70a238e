"""Looks: who saw the evidence of a study while it was open, written down once for each new state of votes."""

from dataclasses import dataclass
from datetime import datetime

from core.people.persons import Person
from core.people.roles import Action, require
from core.rating.studies import Study, StudyState
from core.store.database import Reader
from core.store.store import Store

SEEN = "evidence without a direction"
"""All that a study shows before it is closed."""


@dataclass(frozen=True)
class Look:
    """Somebody saw the evidence of an open study when it had so many votes."""

    person: str
    n_votes: int
    seen: str
    looked_at: datetime


def note_look(store: Store, study: Study, person: Person) -> None:
    """Write down that a person sees the evidence; not again before the votes change, nor without votes.

    Raises:
        NotAllowed: the person may not see verdicts here.
    """
    require(store, study.project_id, person, Action.JUDGE)
    asked = ("look", study.id, person.id)
    if not store.recall(("studies", "votes", "looks"), asked, lambda: _is_new(store, study, person)):
        return
    with store.transaction(person.email) as tx:
        if not _is_new(tx, study, person):
            return
        n_votes, last_vote = tx.rows(VOTES, study.id)[0]
        tx.insert(
            "looks",
            {
                "id": tx.new_id("looks"),
                "study_id": study.id,
                "person_id": person.id,
                "n_votes": n_votes,
                "last_vote": last_vote,
                "seen": SEEN,
                "looked_at": tx.now,
            },
        )


def looks_at(reader: Reader, study_id: int) -> list[Look]:
    """Every look at the evidence of a study, oldest first."""
    rows = reader.rows(
        "select p.name, l.n_votes, l.seen, l.looked_at from looks l join people p on p.id = l.person_id "
        "where l.study_id = ? order by l.looked_at, l.id",
        study_id,
    )
    return [Look(*row) for row in rows]


VOTES = "select count(*), max(voted_at) from votes where study_id = ?"


def _is_new(reader: Reader, study: Study, person: Person) -> bool:
    """Whether the study is open, has votes, and this person has not seen exactly these."""
    open_now = reader.value("select 1 from studies where id = ? and state = ?", study.id, StudyState.OPEN)
    n_votes, last_vote = reader.rows(VOTES, study.id)[0]
    if open_now is None or not n_votes:
        return False
    seen = reader.value(
        "select 1 from looks where study_id = ? and person_id = ? and n_votes = ? and last_vote = ? limit 1",
        study.id,
        person.id,
        n_votes,
        last_vote,
    )
    return seen is None
