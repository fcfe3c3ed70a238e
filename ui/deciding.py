"""What a rater's press does: a vote, a rating, a skip, a note, a guess; only on what they have looked at."""

from collections.abc import Callable
from datetime import UTC, datetime

import streamlit as st

from core.errors import Conflict, TouchstoneError
from core.people.persons import Person
from core.rating import guessing, notes, practice, votes
from core.rating.duels import Desk, DuelView, Standing
from core.rating.guessing import Guess
from core.rating.votes import Outcome, Reason
from core.store.store import Store
from ui import marking, widgets
from ui.session import Session

SHOWN = "rate_shown"
PROBLEM = "rate_problem"
NOTICE = "rate_notice"
SKIPPING = "rate_skipping"
NOTING = "rate_noting"
SCORES = "rate_scores"
MARKED = "rate_marked"
ANSWERS = "AB"


def attempt(here: Session, verb: Callable[[Store, int, Person], object], number: int) -> None:
    """Do something; what is refused is said on the page, and what comes next has not been looked at yet."""
    with widgets.attempt(PROBLEM):
        verb(here.store, number, here.person)
    st.session_state[SHOWN] = (None, datetime.now(UTC))


def look_at(duel_id: int) -> None:
    """From now on the rater sees this duel."""
    if st.session_state.get(SHOWN, (None, None))[0] != duel_id:
        st.session_state[SHOWN] = (duel_id, datetime.now(UTC))


def decide(here: Session, found: Desk, duel: DuelView, outcome: Outcome) -> None:
    """Vote on the duel that was on the screen, unless its rater is about to say why they skip it."""
    if st.session_state.get(SKIPPING) != duel.duel_id:
        _say(here, found, duel, outcome)


def skip(here: Session, found: Desk, duel: DuelView, reason: Reason) -> None:
    """Skip it for a reason."""
    _say(here, found, duel, Outcome.SKIP, reason)


def give(here: Session, found: Desk, duel: DuelView, answer: str, points: int) -> None:
    """Rate one of the answers; with both rated the duel is done."""
    if st.session_state.get(SKIPPING) == duel.duel_id:
        return
    scores = {**given(duel), answer: points}
    st.session_state[SCORES] = (duel.duel_id, scores)
    if len(scores) < len(ANSWERS):
        return
    if found.standing is Standing.PRACTICE:
        _say(here, found, duel, Outcome.TIE)
        return
    left, right = (scores[answer] for answer in ANSWERS)
    _press(duel, lambda at: votes.score(here.store, duel.duel_id, here.person, left, right, at))


def given(duel: DuelView) -> dict[str, int]:
    """What was given to its answers so far."""
    about, scores = st.session_state.get(SCORES, (None, {}))
    return scores if about == duel.duel_id else {}


def guess(here: Session, duel: DuelView, said: Guess) -> None:
    """Guess which answer was whose."""
    _press(duel, lambda at: guessing.guess(here.store, duel.study_id, here.person, duel.duel_id, said, at))


def toggle(state: str, duel: DuelView) -> None:
    """Open or close what belongs to a duel."""
    st.session_state[state] = None if is_open(state, duel) else duel.duel_id


def is_open(state: str, duel: DuelView) -> bool:
    """Whether it is open."""
    return bool(st.session_state.get(state) == duel.duel_id)


def note_keys(duel: DuelView) -> tuple[str, str]:
    """The fields of a note, and of the words it is about."""
    return f"rate_note_{duel.duel_id}", f"rate_passage_{duel.duel_id}"


def keep_note(here: Session, duel: DuelView) -> None:
    """Keep what was written of a duel; of words that stand in neither answer only that is said."""
    text, passage = (st.session_state.get(key, "") for key in note_keys(duel))
    if passage and all(notes.place_of(passage, one) is None for one in (duel.left_text, duel.right_text)):
        st.session_state[NOTICE] = "Those words stand in neither answer, so your note was kept without them."
        passage = ""
    with widgets.attempt(PROBLEM):
        notes.write_note(here.store, duel.duel_id, here.person, text, passage)


def mark_selected(here: Session, duel: DuelView) -> None:
    """Take the words that the rater selected on the page as those the note is about."""
    st.session_state[note_keys(duel)[1]] = marking.selected(MARKED)[: notes.LONGEST_PASSAGE]
    keep_note(here, duel)


def _say(here: Session, found: Desk, duel: DuelView, outcome: Outcome, reason: Reason | None = None) -> None:
    def take(at: datetime) -> bool:
        if found.standing is Standing.PRACTICE:
            return practice.practise(here.store, duel.study_id, here.person, found.done, outcome, at)
        return votes.vote(here.store, duel.duel_id, here.person, outcome, at, reason)

    _press(duel, take)


def _press(duel: DuelView, take: Callable[[datetime], bool]) -> None:
    """Take a press that was meant for this duel; one that comes late decides no other."""
    now = datetime.now(UTC)
    shown_id, shown_at = st.session_state.get(SHOWN, (None, now))
    try:
        taken = take(shown_at if shown_id == duel.duel_id else now)
    except Conflict as conflict:
        st.session_state[NOTICE] = str(conflict)
        taken = True
    except TouchstoneError as error:
        st.session_state[PROBLEM] = str(error)
        taken = False
    if taken:
        st.session_state[SHOWN] = (None, now)
