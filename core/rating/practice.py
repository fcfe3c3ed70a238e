"""Practice: a few duels before the first that counts; what is said of them counts nowhere."""

from datetime import datetime

from core.people.persons import Person
from core.rating.seats import practised_in, seat_in
from core.rating.votes import SHORTEST_LOOK, Outcome
from core.store.store import Store

LEFT_OUT = "left out"
"""Stands where a rater did not want to practise."""


def practise(
    store: Store, study_id: int, rater: Person, number: int, said: Outcome, shown_at: datetime
) -> bool:
    """Take what a rater says of a duel to practise on.

    Args:
        store: the store.
        study_id: the study.
        rater: who practises.
        number: which of these duels, from 0; one that is not at hand is left as it is.
        said: what they say.
        shown_at: since when they see it, with its time zone.

    Returns:
        Whether it was taken; one pressed too soon after the duel appeared is not.

    Raises:
        NotAllowed: the person may not rate here any more.
        Refused: they have no seat in an open study of this number.
    """
    with store.transaction(rater.email) as tx:
        seat = seat_in(tx, study_id, rater)
        if tx.now - shown_at < SHORTEST_LOOK or number != practised_in(tx, seat):
            return False
        if number < len(seat.practice):
            tx.insert("practice_votes", _row(study_id, rater, number, Outcome(said).value, tx.now))
        return True


def leave_practice(store: Store, study_id: int, rater: Person) -> None:
    """Go on to what counts without the rest of the practice.

    Raises:
        NotAllowed: the person may not rate here any more.
        Refused: they have no seat in an open study of this number.
    """
    with store.transaction(rater.email) as tx:
        seat = seat_in(tx, study_id, rater)
        for number in range(practised_in(tx, seat), len(seat.practice)):
            tx.insert("practice_votes", _row(study_id, rater, number, LEFT_OUT, tx.now))


def _row(study_id: int, rater: Person, number: int, outcome: str, now: datetime) -> dict[str, object]:
    return {
        "study_id": study_id,
        "rater_id": rater.id,
        "number": number,
        "outcome": outcome,
        "voted_at": now,
    }
