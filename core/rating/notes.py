"""Notes: what a rater writes beside a duel, and the words of an answer it is about."""

import re
from dataclasses import dataclass

from core.errors import Refused
from core.people.persons import Person
from core.rating.seats import seat_at
from core.store.database import Reader
from core.store.store import Store

LONGEST_NOTE = 2_000
LONGEST_PASSAGE = 1_000


@dataclass(frozen=True)
class Note:
    """A note on a duel, and the words of an answer it is about; either may be empty."""

    text: str = ""
    passage: str = ""


def write_note(store: Store, duel_id: int, rater: Person, text: str, passage: str) -> None:
    """Keep a rater's note on one of their duels, in the place of the one before; without words there is none.

    Raises:
        NotAllowed: it is somebody else's duel, or the person may not rate here any more.
        Refused: there is no such duel, its study is closed, the note is too long, or the passage stands in
            neither answer.
    """
    note, passage = text.strip(), passage.strip()
    if len(note) > LONGEST_NOTE or len(passage) > LONGEST_PASSAGE:
        raise Refused(
            f"A note has up to {LONGEST_NOTE:,} characters, and the words it is about up to "
            f"{LONGEST_PASSAGE:,}. It was not kept; shorten it."
        )
    with store.transaction(rater.email) as tx:
        seat, _ = seat_at(tx, duel_id, rater)
        side = _side(passage, *tx.rows(TEXTS, duel_id)[0]) if passage else None
        tx.delete("duel_notes", {"duel_id": duel_id})
        if not note and not passage:
            return
        tx.insert(
            "duel_notes",
            {
                "duel_id": duel_id,
                "study_id": seat.study_id,
                "rater_id": rater.id,
                "note": note,
                "passage": passage,
                "side": side,
                "written_at": tx.now,
            },
        )


def note_on(reader: Reader, duel_id: int) -> Note:
    """What its rater wrote of a duel so far."""
    row = reader.row("select note, passage from duel_notes where duel_id = ?", duel_id)
    return Note() if row is None else Note(*row)


def place_of(passage: str, text: str) -> tuple[int, int] | None:
    """Where a passage stands in a text, however its words are spaced and capitalised; None: nowhere."""
    words = passage.split()
    found = re.search(r"\s+".join(map(re.escape, words)), text, re.IGNORECASE) if words else None
    return found.span() if found else None


TEXTS = (
    "select if(d.left_arm = s.arm_a, p.text_a, p.text_b), if(d.left_arm = s.arm_a, p.text_b, p.text_a) "
    "from duels d join studies s on s.id = d.study_id "
    "join study_prompts p on p.study_id = d.study_id and p.position = d.position where d.id = ?"
)


def _side(passage: str, left: str, right: str) -> str:
    """In which answer a passage stands."""
    there = (place_of(passage, left) is not None, place_of(passage, right) is not None)
    if not any(there):
        raise Refused("The words that the note is about stand in neither answer. It was not kept.")
    if all(there):
        return "both"
    return "left" if there[0] else "right"
