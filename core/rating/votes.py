"""Votes: one a duel, by its own rater, after they had time to look; taking one back is remembered."""

from datetime import datetime, timedelta
from enum import StrEnum

from core.errors import Conflict, NotAllowed, Refused
from core.people.persons import Person
from core.people.roles import Action, require
from core.rating.studies import StudyState, study_by_id
from core.store.store import Store

SHORTEST_LOOK = timedelta(seconds=0.4)
"""A faster press was meant for the duel before."""


class Outcome(StrEnum):
    """What a rater may say of a duel."""

    LEFT = "left"
    RIGHT = "right"
    TIE = "tie"
    BOTH_BAD = "both_bad"
    SKIP = "skip"


def vote(store: Store, duel_id: int, rater: Person, outcome: Outcome, shown_at: datetime) -> bool:
    """Take a rater's vote on the duel at hand.

    Args:
        store: the store.
        duel_id: the duel the rater saw.
        rater: who votes.
        outcome: what they say.
        shown_at: since when they see it, with its time zone.

    Returns:
        Whether the vote was taken; one pressed too soon after the duel appeared is not.

    Raises:
        NotAllowed: it is somebody else's duel, or the person may not rate here any more.
        Conflict: it is not the duel at hand: it has its vote, or an earlier one was taken back.
        Refused: there is no such duel, or its study is closed.
    """
    with store.transaction(rater.email) as tx:
        row = tx.row(
            "select d.study_id, d.rater_id, s.project_id, s.state, "
            "(select arg_min(o.id, o.position) from duels o left join votes v on v.duel_id = o.id "
            " where o.study_id = d.study_id and o.rater_id = d.rater_id and v.duel_id is null) "
            "from duels d join studies s on s.id = d.study_id where d.id = ?",
            duel_id,
        )
        if row is None:
            raise Refused("There is no such duel. Nothing was recorded.")
        study_id, owner_id, project_id, state, current = row
        if owner_id != rater.id:
            raise NotAllowed("This duel belongs to another rater. Nothing was recorded.")
        require(tx, project_id, rater, Action.RATE)
        if state != StudyState.OPEN:
            raise Refused("The study was closed in the meantime, so this vote was not recorded. Thank you.")
        looked = tx.now - shown_at
        if looked < SHORTEST_LOOK:
            return False
        if current != duel_id:
            raise Conflict(
                "This duel was decided already, perhaps in another tab. Your first vote stands; here is the "
                "next one."
            )
        tx.insert(
            "votes",
            {
                "duel_id": duel_id,
                "study_id": study_id,
                "rater_id": rater.id,
                "outcome": Outcome(outcome).value,
                "seconds": looked.total_seconds(),
                "voted_at": tx.now,
            },
        )
        return True


def undo_last(store: Store, study_id: int, rater: Person) -> int | None:
    """Take back a rater's last vote in an open study; what it said is kept in a log.

    Returns:
        The duel that is to be voted on again, or None where there is no vote to take back.

    Raises:
        NotAllowed: the person may not rate here.
        Refused: the study is closed.
    """
    with store.transaction(rater.email) as tx:
        study = study_by_id(tx, study_id)
        require(tx, study.project_id, rater, Action.RATE)
        if study.state is not StudyState.OPEN:
            raise Refused("The study is closed; votes can no longer be taken back.")
        row = tx.row(
            "select v.duel_id, v.outcome from votes v join duels d on d.id = v.duel_id "
            "where v.study_id = ? and v.rater_id = ? order by d.position desc limit 1",
            study_id,
            rater.id,
        )
        if row is None:
            return None
        duel_id, outcome = row
        tx.delete("votes", {"duel_id": duel_id})
        tx.insert(
            "undone_votes",
            {
                "id": tx.new_id("undone_votes"),
                "duel_id": duel_id,
                "rater_id": rater.id,
                "outcome": outcome,
                "undone_at": tx.now,
            },
        )
        return int(duel_id)
