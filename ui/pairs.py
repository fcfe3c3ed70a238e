"""Pairs drawn: two items that ask the same, their replies beside each other, and what to do about them."""

from collections.abc import Sequence

import streamlit as st

from core.curation.checks.finding import Span
from core.curation.contradictions.settling import review_again
from core.curation.contradictions.sides import Pair, Side
from core.curation.items import State
from ui import checks, widgets
from ui.check_panel import Tell, attempt, both_right
from ui.session import Session


def card(here: Session, pair: Pair, tell: Tell) -> None:
    """One pair: what it is, both sides, and what to do."""
    clashes = pair.judged.clashes
    with st.container(border=True):
        left, right = st.columns([6, 2], vertical_alignment="center")
        left.markdown(f"**{widgets.escaped(pair.sentence)}**")
        with right, st.container(horizontal=True, horizontal_alignment="right"):
            both_right(here, pair, tell)
        one, other = st.columns(2, gap="medium")
        with one:
            _side(pair.one, [word for clash in clashes for word in clash.one])
            _doubt(here, pair.one, pair.key, tell)
        with other:
            _side(pair.other, [word for clash in clashes for word in clash.other])
            _doubt(here, pair.other, pair.key, tell)


def spans_of(words: Sequence[str], text: str) -> list[Span]:
    """Where each of these words stands first in a text."""
    places = ((text.find(word), word) for word in words)
    return [Span(at, at + len(word)) for at, word in places if at >= 0]


def _side(side: Side, words: Sequence[str]) -> None:
    widgets.state_badge(side.state)
    for turn in side.conversation:
        widgets.text_block(turn.text, label="customer" if turn.role == "user" else "we answered")
    widgets.text_block(side.question, label=f"item {side.item_id}: customer")
    checks.marked_text(side.reply, spans_of(words, side.reply), label=f"reply by {side.author}")


def _doubt(here: Session, side: Side, pair_key: str, tell: Tell) -> None:
    if side.state is not State.APPROVED:
        st.caption("This reply waits for review.")
        return
    key = f"doubt-{pair_key}-{side.item_id}"

    def sending() -> None:
        comment = st.session_state[key]
        attempt(lambda: review_again(here.store, side.item_id, side.reply_id, comment, here.person), tell)

    with st.popover("Back to review", icon=":material/undo:", key=f"{key}-popover"):
        st.text_input("What is wrong with it? (its reviewer reads it)", key=key)
        st.button("Send it back to review", key=f"{key}-done", on_click=sending)
