"""Guessing: after the last duel raters say which answer they think came from the tuned model.

Whether they are right they learn with everybody else, when the study is closed. It tells how blind it was.
"""

from datetime import datetime
from enum import StrEnum

from core.errors import Refused
from core.people.persons import Person
from core.rating.seats import Seat, guessed_in, seat_in, votes_in
from core.rating.votes import SHORTEST_LOOK
from core.store.database import Reader
from core.store.store import Store


class Guess(StrEnum):
    """Which answer came from the tuned model, as a rater thinks."""

    LEFT = "left"
    RIGHT = "right"
    UNSURE = "unsure"
    DECLINED = "declined"


def guess(store: Store, study_id: int, rater: Person, duel_id: int, said: Guess, shown_at: datetime) -> bool:
    """Take a rater's guess at the duel at hand.

    Args:
        store: the store.
        study_id: the study.
        rater: who guesses.
        duel_id: the duel they saw again; one that is not at hand is left as it is.
        said: what they think.
        shown_at: since when they see it, with its time zone.

    Returns:
        Whether it was taken; one pressed too soon after the duel appeared is not.

    Raises:
        NotAllowed: the person may not rate here any more.
        Refused: they have no seat in an open study of this number, or have not rated everything yet.
    """
    with store.transaction(rater.email) as tx:
        seat = seat_in(tx, study_id, rater)
        _must_have_rated_all(tx, seat)
        at_hand = next(iter(seat.to_guess[guessed_in(tx, seat) :]), None)
        if at_hand is None or at_hand.id != duel_id or tx.now - shown_at < SHORTEST_LOOK:
            return False
        tx.insert("guesses", _row(seat, duel_id, said, tx.now))
        return True


def decline(store: Store, study_id: int, rater: Person) -> None:
    """Leave the rest of the guesses out.

    Raises:
        NotAllowed: the person may not rate here any more.
        Refused: they have no seat in an open study of this number, or have not rated everything yet.
    """
    with store.transaction(rater.email) as tx:
        seat = seat_in(tx, study_id, rater)
        _must_have_rated_all(tx, seat)
        for duel in seat.to_guess[guessed_in(tx, seat) :]:
            tx.insert("guesses", _row(seat, duel.id, Guess.DECLINED, tx.now))


def _row(seat: Seat, duel_id: int, said: Guess, now: datetime) -> dict[str, object]:
    return {
        "duel_id": duel_id,
        "study_id": seat.study_id,
        "rater_id": seat.rater_id,
        "side": Guess(said).value,
        "guessed_at": now,
    }


def _must_have_rated_all(reader: Reader, seat: Seat) -> None:
    if votes_in(reader, seat) < len(seat.duels):
        raise Refused("Guesses come after the last pair, so this one was not kept.")
