"""Votes: one a duel, by its own rater, after they had time to look; taking one back is remembered."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from core.errors import Conflict, Refused
from core.people.persons import Person
from core.people.roles import Action, require
from core.rating.seats import Seat, seat_at, votes_in
from core.rating.studies import StudyState, study_by_id
from core.rating.study_plan import Form
from core.store.store import Store
from core.store.transaction import Transaction

SHORTEST_LOOK = timedelta(seconds=0.4)
"""A faster press was meant for the duel before."""

SCALE = range(1, 6)
"""How good an answer can be on a scale."""


class Outcome(StrEnum):
    """What a rater may say of a duel."""

    LEFT = "left"
    RIGHT = "right"
    TIE = "tie"
    BOTH_BAD = "both_bad"
    SKIP = "skip"


class Reason(StrEnum):
    """Why a rater skips a duel."""

    SUBJECT = "subject"
    UNCLEAR = "unclear"
    KNOWN = "known"
    OTHER = "other"


@dataclass(frozen=True)
class _Said:
    """What a vote says."""

    outcome: Outcome
    reason: Reason | None = None
    left_score: int | None = None
    right_score: int | None = None


def vote(
    store: Store,
    duel_id: int,
    rater: Person,
    outcome: Outcome,
    shown_at: datetime,
    reason: Reason | None = None,
) -> bool:
    """Take a rater's vote on the duel at hand.

    Args:
        store: the store.
        duel_id: the duel the rater saw.
        rater: who votes.
        outcome: what they say.
        shown_at: since when they see it, with its time zone.
        reason: why they skip, if they do.

    Returns:
        Whether the vote was taken; one pressed too soon after the duel appeared is not.

    Raises:
        NotAllowed: it is somebody else's duel, or the person may not rate here any more.
        Conflict: it is not the duel at hand: it has its vote, or an earlier one was taken back.
        Refused: there is no such duel, its study is closed, or it is rated on a scale.
    """
    if reason is not None and outcome is not Outcome.SKIP:
        raise Refused("Only a skip has a reason. Nothing was recorded.")
    with store.transaction(rater.email) as tx:
        return _take(tx, duel_id, rater, _Said(Outcome(outcome), reason), shown_at)


def score(store: Store, duel_id: int, rater: Person, left: int, right: int, shown_at: datetime) -> bool:
    """Take how good a rater finds both answers of the duel at hand, from 1 to 5; the better one wins.

    Returns:
        As `vote`.

    Raises:
        NotAllowed, Conflict: as `vote`.
        Refused: as `vote`; or a score is none, or its study is not rated on a scale.
    """
    if left not in SCALE or right not in SCALE:
        raise Refused(f"An answer has from {SCALE[0]} to {SCALE[-1]}. Nothing was recorded.")
    outcome = Outcome.TIE if left == right else Outcome.LEFT if left > right else Outcome.RIGHT
    said = _Said(outcome, left_score=left, right_score=right)
    with store.transaction(rater.email) as tx:
        return _take(tx, duel_id, rater, said, shown_at)


def undo_last(store: Store, study_id: int, rater: Person) -> int | None:
    """Take back a rater's last vote in an open study; what it said is kept in a log.

    Returns:
        The duel that is to be voted on again, or None where there is no vote to take back.

    Raises:
        NotAllowed: the person may not rate here.
        Refused: the study is closed, or they began to guess which answers were whose.
    """
    with store.transaction(rater.email) as tx:
        study = study_by_id(tx, study_id)
        require(tx, study.project_id, rater, Action.RATE)
        if study.state is not StudyState.OPEN:
            raise Refused("The study is closed; votes can no longer be taken back.")
        if tx.value("select 1 from guesses where study_id = ? and rater_id = ? limit 1", study_id, rater.id):
            raise Refused("You began to guess, so votes can no longer be taken back. Nothing was changed.")
        row = tx.row(
            "select v.duel_id, v.outcome from votes v join duels d on d.id = v.duel_id "
            "where v.study_id = ? and v.rater_id = ? order by d.turn desc limit 1",
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


def _take(tx: Transaction, duel_id: int, rater: Person, said: _Said, shown_at: datetime) -> bool:
    seat, turn = seat_at(tx, duel_id, rater)
    _must_fit(seat, said)
    looked = tx.now - shown_at
    if looked < SHORTEST_LOOK:
        return False
    if votes_in(tx, seat) != turn:
        raise Conflict(
            "This duel was decided already, perhaps in another tab. Your first vote stands; here is the "
            "next one."
        )
    tx.insert(
        "votes",
        {
            "duel_id": duel_id,
            "study_id": seat.study_id,
            "rater_id": rater.id,
            "outcome": said.outcome.value,
            "seconds": looked.total_seconds(),
            "voted_at": tx.now,
            "reason": said.reason and said.reason.value,
            "left_score": said.left_score,
            "right_score": said.right_score,
        },
    )
    return True


def _must_fit(seat: Seat, said: _Said) -> None:
    """A study is rated in one form, and may be skipped in both."""
    if said.outcome is Outcome.SKIP:
        return
    if (seat.plan.form is Form.SCALE) is (said.left_score is None):
        raise Refused("This study is rated in another form. Nothing was recorded; load the page again.")
