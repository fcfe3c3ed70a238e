"""How a duel is drawn: the question, two cards that look alike, what raters go by, and the keys."""

import html
from functools import partial

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.curation.projects import Kind
from core.rating.duels import Desk, DuelView
from core.rating.guessing import Guess
from core.rating.notes import LONGEST_NOTE, LONGEST_PASSAGE, Note, place_of
from core.rating.study_plan import RUBRIC, Form, Plan
from core.rating.votes import Outcome, Reason
from ui import deciding, marking, widgets
from ui.session import Session

CHOICES = (
    (Outcome.LEFT, "A better", "1"),
    (Outcome.RIGHT, "B better", "2"),
    (Outcome.TIE, "Tie", "3"),
    (Outcome.BOTH_BAD, "Both bad", "4"),
)
"""What a rater can say, and its key."""

SCORE_KEYS = ("12345", "67890")
"""The keys that rate an answer from 1 to 5."""

REASONS = (
    (Reason.SUBJECT, "I do not know enough about it", "6"),
    (Reason.UNCLEAR, "The question is unclear", "7"),
    (Reason.KNOWN, "I can tell where an answer is from", "8"),
    (Reason.OTHER, "Another reason", "9"),
)
"""Why somebody skips, and its key; no key that votes, so that a press too early says nothing else."""

SKIP_KEY = {Form.DUEL: "5", Form.SCALE: "S"}

GUESSES = (
    (Guess.LEFT, "A", "1"),
    (Guess.RIGHT, "B", "2"),
    (Guess.UNSURE, "I cannot tell", "3"),
)

MARKED = "background:rgba(70,120,170,.28);color:inherit;border-radius:2px"


def rubric(plan: Plan, kind: Kind) -> None:
    """What to go by, folded away."""
    with st.expander("What to go by", icon=":material/rule:"):
        widgets.text_block(plan.rubric or RUBRIC[kind])


def duel(view: DuelView, passage: str = "") -> tuple[DeltaGenerator, DeltaGenerator]:
    """The question above, the two answers below, both complete and drawn by the same hand.

    Args:
        view: the duel.
        passage: words that are marked where an answer has them.

    Returns:
        Both cards, for what stands below the answers.
    """
    for turn in view.conversation:
        widgets.text_block(turn.text, label="customer" if turn.role == "user" else "we answered")
    widgets.text_block(view.question, label="customer")
    cards = st.columns(2, border=True)
    for card, name, text in zip(cards, deciding.ANSWERS, (view.left_text, view.right_text), strict=True):
        with card:
            st.html(
                f'<div style="font-weight:600;margin-bottom:.4rem">{name}</div>'
                f'<div style="{widgets.READING}">{_marked(text, passage)}</div>'
            )
    return cards


def choices(here: Session, found: Desk, view: DuelView) -> None:
    """Which answer is better."""
    for outcome, label, key in CHOICES:
        st.button(
            label,
            key=f"rate_{outcome.value}_{view.duel_id}",
            on_click=deciding.decide,
            args=(here, found, view, outcome),
            shortcut=key,
        )


def scale(
    here: Session, found: Desk, view: DuelView, quality: str, cards: tuple[DeltaGenerator, DeltaGenerator]
) -> None:
    """How good each answer is, below it."""
    scores = deciding.given(view)
    for card, name, keys in zip(cards, deciding.ANSWERS, SCORE_KEYS, strict=True):
        with card:
            st.caption(f"{widgets.escaped(quality)}: 1 is poor, 5 could not be better")
            with st.container(horizontal=True, gap="small"):
                for points, key in enumerate(keys, start=1):
                    st.button(
                        str(points),
                        key=f"rate_{name}{points}_{view.duel_id}",
                        on_click=deciding.give,
                        args=(here, found, view, name, points),
                        shortcut=key,
                        type="primary" if scores.get(name) == points else "secondary",
                    )


def reasons(here: Session, found: Desk, view: DuelView) -> None:
    """Why this duel is skipped."""
    for reason, label, key in REASONS:
        st.button(
            label,
            key=f"rate_{reason.value}_{view.duel_id}",
            on_click=deciding.skip,
            args=(here, found, view, reason),
            shortcut=key,
        )


def skip_button(view: DuelView, form: Form, *, skipping: bool) -> None:
    """Ask why this duel is skipped, or go back to it."""
    st.button(
        "Back" if skipping else "Skip",
        key=f"rate_skip_{view.duel_id}",
        on_click=deciding.toggle,
        args=(deciding.SKIPPING, view),
        shortcut=SKIP_KEY[form],
        type="tertiary" if skipping else "secondary",
    )


def note_button(view: DuelView) -> None:
    """Write something beside the vote."""
    st.button(
        "Note",
        key=f"rate_write_{view.duel_id}",
        on_click=deciding.toggle,
        args=(deciding.NOTING, view),
        shortcut="N",
        icon=":material/edit_note:",
        type="tertiary",
    )


def note(here: Session, view: DuelView, written: Note) -> None:
    """A note on the duel, and the words of an answer it is about; kept as soon as the field is left."""
    text, passage = deciding.note_keys(view)
    st.session_state.setdefault(text, written.text)
    st.session_state.setdefault(passage, written.passage)
    st.text_area(
        "Your note, for those who read the result",
        key=text,
        max_chars=LONGEST_NOTE,
        on_change=deciding.keep_note,
        args=(here, view),
        height=100,
    )
    st.text_input(
        "Words of A or B that it is about",
        key=passage,
        max_chars=LONGEST_PASSAGE,
        on_change=deciding.keep_note,
        args=(here, view),
        placeholder="Select them above and press the button, or type them",
    )
    marking.selection_button(
        "Mark the words I selected",
        key=deciding.MARKED,
        on_selected=partial(deciding.mark_selected, here, view),
    )


def guesses(here: Session, view: DuelView) -> None:
    """Which answer came from the tuned model."""
    for said, label, key in GUESSES:
        st.button(
            label,
            key=f"rate_guess_{said.value}_{view.duel_id}",
            on_click=deciding.guess,
            args=(here, view, said),
            shortcut=key,
        )


def _marked(text: str, passage: str) -> str:
    """The HTML of a text with a passage of it marked."""
    found = place_of(passage, text)
    if found is None:
        return html.escape(text)
    start, end = found
    before, words, after = (html.escape(part) for part in (text[:start], text[start:end], text[end:]))
    return f'{before}<mark style="{MARKED}">{words}</mark>{after}'
