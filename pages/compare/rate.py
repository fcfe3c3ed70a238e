"""Rate: two answers to one question, and which is better; nothing tells whose they are."""

from datetime import UTC, datetime

import streamlit as st

from core.curation.projects import Kind
from core.errors import Conflict, TouchstoneError
from core.people.roles import Action
from core.rating import duels, votes
from core.rating.duels import Desk, DuelView, Standing
from core.rating.votes import Outcome
from ui import rating, session, widgets

SHOWN = "rate_shown"
PROBLEM = "rate_problem"
NOTICE = "rate_notice"

WITHOUT_A_DUEL = {
    Standing.NOTHING: (
        "Here two answers to one question will stand side by side, and you say which is better. "
        "No study is open right now."
    ),
    Standing.AUTHOR: (
        "You wrote some of the approved replies to these questions, and nobody rates what they helped to "
        "write. This study is for your colleagues."
    ),
    Standing.FULL: "The study that is open has all its raters. There is nothing to rate for you right now.",
}

here = session.require(Action.RATE)


def begin(study_id: int) -> None:
    """Take a seat in the study."""
    try:
        duels.begin(here.store, study_id, here.person)
    except TouchstoneError as error:
        st.session_state[PROBLEM] = str(error)


def decide(duel_id: int, outcome: Outcome) -> None:
    """Vote on the duel that was on the screen; the one that comes next has not been looked at yet."""
    now = datetime.now(UTC)
    shown_id, shown_at = st.session_state.get(SHOWN, (None, now))
    try:
        taken = votes.vote(
            here.store, duel_id, here.person, outcome, shown_at if shown_id == duel_id else now
        )
    except Conflict as conflict:
        st.session_state[NOTICE] = str(conflict)
        st.session_state[SHOWN] = (None, now)
    except TouchstoneError as error:
        st.session_state[PROBLEM] = str(error)
    else:
        if taken:
            st.session_state[SHOWN] = (None, now)


def undo(study_id: int) -> None:
    """Take the last vote back."""
    try:
        votes.undo_last(here.store, study_id, here.person)
    except TouchstoneError as error:
        st.session_state[PROBLEM] = str(error)
    st.session_state[SHOWN] = (None, datetime.now(UTC))


def offer(found: Desk) -> None:
    """A study this person may begin."""
    with st.container(border=True):
        st.markdown(
            f"**{found.total} pairs of answers wait for you.** Each is a question and two answers to it, "
            "A and B; you say which is better. Which answer came from where stays hidden, and the sides "
            "change. You can stop at any time and go on later."
        )
        st.button("Start", key="rate_start", on_click=begin, args=(found.study_id,), type="primary")


def undo_button(found: Desk) -> None:
    """One step back."""
    st.button(
        "Undo",
        key="rate_undo",
        on_click=undo,
        args=(found.study_id,),
        shortcut="Z",
        icon=":material/undo:",
        type="tertiary",
        disabled=found.done == 0,
    )


@st.fragment
def desk() -> None:
    """What there is to rate; a fragment, so that a vote draws the next duel and nothing around it."""
    visit = session.require(Action.RATE)
    if problem := st.session_state.pop(PROBLEM, None):
        st.error(widgets.escaped(problem))
    if notice := st.session_state.pop(NOTICE, None):
        st.info(widgets.escaped(notice))
    try:
        found = duels.desk(visit.store, visit.project.id, visit.person)
    except TouchstoneError as error:
        st.error(widgets.escaped(str(error)))
        return
    if found.standing in WITHOUT_A_DUEL:
        widgets.empty(WITHOUT_A_DUEL[found.standing])
    elif found.standing is Standing.INVITED:
        offer(found)
        rating.rubric(visit.project.kind)
    elif found.duel is None:
        widgets.empty(
            f"Thank you. You rated all {found.total} pairs of this study. "
            "Which answers were whose stays hidden until it is closed."
        )
        undo_button(found)
    else:
        at_hand(visit.project.kind, found, found.duel)


def at_hand(kind: Kind, found: Desk, duel: DuelView) -> None:
    """The duel to decide now, and the keys that decide it: a press that comes late decides no other duel."""
    if st.session_state.get(SHOWN, (None, None))[0] != duel.duel_id:
        st.session_state[SHOWN] = (duel.duel_id, datetime.now(UTC))
    st.progress(found.done / found.total, text=f"Duel {duel.position} of {duel.total}")
    rating.rubric(kind)
    rating.duel(duel)
    with st.container(horizontal=True, horizontal_alignment="center"):
        for outcome, label, key in rating.CHOICES:
            st.button(
                label,
                key=f"rate_{outcome.value}_{duel.duel_id}",
                on_click=decide,
                args=(duel.duel_id, outcome),
                shortcut=key,
            )
        undo_button(found)


st.title("Rate")
desk()
