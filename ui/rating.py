"""How a duel is drawn: the question, two cards that look alike, and what raters are asked to go by."""

import streamlit as st

from core.curation.projects import Kind
from core.rating.duels import DuelView
from core.rating.votes import Outcome
from ui import widgets

RUBRIC = {
    Kind.REPLY: (
        "Which reply would you rather send to this customer, as it stands?\n"
        "- Right before nice: a wrong fact or a broken rule loses against anything correct.\n"
        "- Then complete: it answers what was asked, and says what to do next.\n"
        "- Then tone: warm, clear, no longer than it needs to be. Length alone is no merit.\n"
        "- **Tie** when you would send either; **both bad** when you would send neither.\n"
        "- **Skip** when you cannot judge this question. A skip counts for nobody."
    ),
    Kind.LABEL: (
        "Which label fits this message better?\n"
        "- **Tie** when both fit; **both bad** when neither does.\n"
        "- **Skip** when you cannot judge this message. A skip counts for nobody."
    ),
}

CHOICES = (
    (Outcome.LEFT, "A better", "1"),
    (Outcome.RIGHT, "B better", "2"),
    (Outcome.TIE, "Tie", "3"),
    (Outcome.BOTH_BAD, "Both bad", "4"),
    (Outcome.SKIP, "Skip", "5"),
)
"""What a rater can say, and its key."""


def rubric(kind: Kind) -> None:
    """What to go by, folded away."""
    with st.expander("What to go by", icon=":material/rule:"):
        st.markdown(RUBRIC[kind])


def duel(view: DuelView) -> None:
    """The question above, the two answers below, both complete and drawn by the same hand."""
    for turn in view.conversation:
        widgets.text_block(turn.text, label="customer" if turn.role == "user" else "we answered")
    widgets.text_block(view.question, label="customer")
    cards = st.columns(2, border=True)
    for card, name, text in zip(cards, ("A", "B"), (view.left_text, view.right_text), strict=True):
        with card:
            st.markdown(f"**{name}**")
            widgets.text_block(text)
