"""Rate: two answers to one question, and which is better; nothing tells whose they are."""

import streamlit as st

from core.errors import TouchstoneError
from core.people.roles import Action
from core.rating import duels, guessing, practice, votes
from core.rating.duels import Desk, DuelView, Standing
from core.rating.notes import note_on
from core.rating.study_plan import Form, Plan
from ui import deciding, rating, session, widgets
from ui.session import Session

BREAK_AFTER = 25

WITHOUT_A_DUEL = {
    Standing.NOTHING: (
        "Here two answers to one question will stand side by side, and you say which is better. "
        "There is nothing to rate right now."
    ),
    Standing.AUTHOR: (
        "You wrote some of the approved replies to these questions, and nobody rates what they helped to "
        "write. This study is for your colleagues."
    ),
    Standing.FULL: "The study that is open has all its raters. There is nothing to rate for you right now.",
}


def offer(here: Session, found: Desk, plan: Plan) -> None:
    """A study this person may begin."""
    what = "you say which is better"
    if plan.form is Form.SCALE:
        what = f"you rate how good each is from 1 to 5, in one quality: {widgets.escaped(plan.quality)}"
    with st.container(border=True):
        st.markdown(
            f"**{found.total} pairs of answers wait for you.** Each is a question and two answers to it, "
            f"A and B; {what}. Which answer came from where stays hidden, and the sides change. "
            "You can stop at any time and go on later."
        )
        st.button(
            "Start",
            key="rate_start",
            on_click=deciding.attempt,
            args=(here, duels.begin, found.study_id),
            type="primary",
        )
    rating.rubric(plan, here.project.kind)


def undo_button(here: Session, found: Desk, *, possible: bool) -> None:
    """One step back."""
    st.button(
        "Undo",
        key="rate_undo",
        on_click=deciding.attempt,
        args=(here, votes.undo_last, found.study_id),
        shortcut="Z",
        icon=":material/undo:",
        type="tertiary",
        disabled=not possible,
    )


def at_hand(here: Session, found: Desk, duel: DuelView, plan: Plan) -> None:
    """The duel to decide now, and the keys that decide it."""
    deciding.look_at(duel.duel_id)
    practising = found.standing is Standing.PRACTICE
    word = "Practice" if practising else "Duel"
    st.progress(found.done / found.total, text=f"{word} {duel.position} of {duel.total}")
    if practising:
        st.info("Practice: try the keys. What you say here is kept apart and counts nowhere.")
    elif found.done and found.done % BREAK_AFTER == 0:
        st.info(
            f"You have done {found.done}. Take a breath: all of it is kept, and you can go on whenever you "
            "like.",
            icon=":material/coffee:",
        )
    rating.rubric(plan, here.project.kind)
    noting = not practising and deciding.is_open(deciding.NOTING, duel)
    skipping = deciding.is_open(deciding.SKIPPING, duel)
    written = note_on(here.store, duel.duel_id) if noting else None
    marked = st.session_state.get(deciding.note_keys(duel)[1], written.passage) if written else ""
    cards = rating.duel(duel, marked)
    if plan.form is Form.SCALE and not skipping:
        rating.scale(here, found, duel, plan.quality, cards)
    with st.container(horizontal=True, horizontal_alignment="center"):
        if skipping:
            rating.reasons(here, found, duel)
        elif plan.form is Form.DUEL:
            rating.choices(here, found, duel)
        rating.skip_button(duel, plan.form, skipping=skipping)
        if practising:
            st.button(
                "Go on to what counts",
                key="rate_leave_practice",
                on_click=deciding.attempt,
                args=(here, practice.leave_practice, found.study_id),
                type="tertiary",
            )
        else:
            rating.note_button(duel)
            undo_button(here, found, possible=found.done > 0)
    if written is not None:
        rating.note(here, duel, written)


def to_guess(here: Session, found: Desk, duel: DuelView) -> None:
    """After the last duel: which answer was whose, as the rater thinks."""
    deciding.look_at(duel.duel_id)
    st.progress(found.done / found.total, text=f"Guess {duel.position} of {duel.total}")
    st.info(
        "You rated everything, thank you. One last thing, if you like: one of the two answers to each "
        "question came from a model that learned from your team's approved replies. Which one, do you think? "
        "It shows whether answers could be told apart, and changes none of your votes."
    )
    rating.duel(duel)
    with st.container(horizontal=True, horizontal_alignment="center"):
        rating.guesses(here, duel)
        st.button(
            "No more guesses",
            key="rate_decline",
            on_click=deciding.attempt,
            args=(here, guessing.decline, found.study_id),
            type="tertiary",
        )
        if found.done == 0:
            undo_button(here, found, possible=True)


@st.fragment
def desk() -> None:
    """What there is to rate; a fragment, so that a vote draws the next duel and nothing around it."""
    here = session.require(Action.RATE)
    widgets.problem(deciding.PROBLEM)
    with st.container():
        if notice := st.session_state.pop(deciding.NOTICE, None):
            st.info(widgets.escaped(notice))
    try:
        found = duels.desk(here.store, here.project.id, here.person)
    except TouchstoneError as error:
        st.error(widgets.escaped(str(error)))
        return
    if found.standing in WITHOUT_A_DUEL:
        widgets.empty(WITHOUT_A_DUEL[found.standing])
    elif found.duel is not None and found.standing is Standing.GUESSING:
        to_guess(here, found, found.duel)
    elif found.duel is not None and found.plan is not None:
        at_hand(here, found, found.duel, found.plan)
    elif found.plan is not None:
        offer(here, found, found.plan)
    else:
        widgets.empty(
            f"Thank you. You rated all {found.total} pairs of this study. "
            "Which answers were whose stays hidden until it is closed."
        )
        undo_button(here, found, possible=not found.guessed)


session.require(Action.RATE)
st.title("Rate")
desk()
