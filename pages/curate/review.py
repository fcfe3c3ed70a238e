"""Review: a second person approves a reply, edits it, or sends it back."""

from collections.abc import Callable

import streamlit as st

from core.curation import review
from core.curation.review import Reason, Submitted
from core.curation.review_desk import open_for_review
from core.errors import TouchstoneError
from core.people.roles import Action
from ui import links, session, widgets
from ui.review_parts import (
    Opened,
    beside,
    better_version,
    how_many,
    nothing_waits,
    waiting_here,
    what_was_written,
    why_back,
)

PROBLEM = "review_problem"
KEPT = "review_kept"
DONE = "review_done"
UNDOABLE = frozenset({"approved", "sent back"})
LATER = "review_later"
MODE = "review_mode"
OPENED = "review_opened"
LINKED = "review_linked"

GONE = "This reply was decided or changed by somebody else meanwhile."
SETTLED = "What the link named is decided already, or not yours to decide."

here = session.require(Action.REVIEW)


def approve(one: Submitted) -> None:
    """Make it golden."""
    decide(
        one, lambda: review.approve(here.store, one.item.id, here.person, reply_id=one.reply.id), "approved"
    )


def send_back(one: Submitted) -> None:
    """Back to its author, with the reason."""
    reason: Reason | None = st.session_state.get(f"reason-{one.reply.id}")
    comment = st.session_state.get(f"comment-{one.reply.id}", "")
    if reason is None:
        tell("Choose why it goes back. Nothing was decided; what you wrote is still there.")
        return
    decide(
        one,
        lambda: review.send_back(
            here.store, one.item.id, reason, comment, here.person, reply_id=one.reply.id
        ),
        "sent back",
        typed=comment,
    )


def edit(one: Submitted) -> None:
    """A better version, which somebody else then approves."""
    text = st.session_state.get(f"edit-{one.reply.id}", one.reply.text)
    decide(
        one,
        lambda: review.edit(here.store, one.item.id, text, here.person, reply_id=one.reply.id),
        "edited; somebody else approves it now",
        typed=text,
    )


def decide(one: Submitted, verb: Callable[[], None], outcome: str, typed: str = "") -> None:
    """Do it, and say what happened; what was typed is shown again where it was refused."""
    try:
        verb()
        st.session_state[DONE] = (one.item.id, outcome) if outcome in UNDOABLE else None
        st.toast(f"The reply was {outcome}.")
        st.session_state.pop(KEPT, None)
        st.session_state.pop(OPENED, None)
    except TouchstoneError as error:
        st.session_state[PROBLEM] = str(error)
        keep(typed)
    mode(one, None)


def keep(typed: str) -> None:
    """Show what was typed, to copy from; an empty text never takes the place of one that was kept."""
    if typed.strip():
        st.session_state[KEPT] = typed


def later(one: Submitted) -> None:
    """Look at the next one first."""
    st.session_state.setdefault(LATER, []).append(one.item.id)
    st.session_state.pop(OPENED, None)
    mode(one, None)


def undo(item_id: int) -> None:
    """Open the last decision again."""
    try:
        review.reopen(here.store, item_id, here.person)
        st.session_state.pop(DONE, None)
    except TouchstoneError as error:
        st.session_state[PROBLEM] = str(error)


def tell(problem: str) -> None:
    """Say on the next drawing what was refused."""
    st.session_state[PROBLEM] = problem


def mode(one: Submitted, name: str | None) -> None:
    """Show the form for editing or sending back this reply."""
    st.session_state[MODE] = (one.reply.id, name)


def follow_link(item_id: int) -> None:
    """Open the reply that a link named, or say why it is not the one on the screen."""
    st.session_state[LINKED] = item_id
    waiting = review.inbox(here.store, here.project, here.person, among=item_id)
    one = next((one for one in waiting if one.item.id == item_id), None)
    if one is not None:
        st.session_state[OPENED] = Opened(here.project.id, one.reply.id, one.reply.text)
    else:
        st.toast(SETTLED)


def pinned(waiting: list[Submitted]) -> tuple[Submitted | None, bool]:
    """The reply that is open, whatever else arrives; and whether the one open before is gone.

    What was typed for one that is gone is kept, to copy from.
    """
    opened: Opened | None = st.session_state.get(OPENED)
    if opened is not None and opened.project_id != here.project.id:
        opened = None
    one = next((one for one in waiting if opened and one.reply.id == opened.reply_id), None)
    gone = opened is not None and one is None
    if opened is not None and gone:
        edited = st.session_state.get(f"edit-{opened.reply_id}", "")
        keep(edited if edited != opened.text else "")
        keep(st.session_state.get(f"comment-{opened.reply_id}", ""))
    if one is None and waiting:
        one = waiting[0]
        open_for_review(here.store, one.item.id, here.person)
    st.session_state[OPENED] = one and Opened(here.project.id, one.reply.id, one.reply.text)
    return one, gone


def header(waiting: int) -> None:
    """How much there is to decide, and what was decided last."""
    left, right = st.columns([6, 2], vertical_alignment="bottom")
    left.title("Review")
    left.caption(how_many(here, waiting))
    done = st.session_state.get(DONE)
    if done:
        right.button(
            f"Undo: {done[1].split(';')[0]}",
            on_click=undo,
            args=(done[0],),
            shortcut="Z",
            icon=":material/undo:",
        )


def decision(one: Submitted) -> None:
    """The three things one can do, and the form of the one chosen."""
    reply_id, chosen = st.session_state.get(MODE) or (None, None)
    chosen = chosen if reply_id == one.reply.id else None
    if chosen == "edit":
        better_version(one)
        with st.container(horizontal=True):
            st.button(
                "Submit this version", on_click=edit, args=(one,), type="primary", shortcut="Ctrl+Enter"
            )
            st.button("Cancel", on_click=mode, args=(one, None))
        return
    if chosen == "back":
        why_back(one)
        with st.container(horizontal=True):
            st.button("Send back", on_click=send_back, args=(one,), type="primary", shortcut="Ctrl+Enter")
            st.button("Cancel", on_click=mode, args=(one, None))
        return
    with st.container(horizontal=True):
        st.button(
            "Approve", on_click=approve, args=(one,), type="primary", shortcut="A", icon=":material/verified:"
        )
        st.button("Edit", on_click=mode, args=(one, "edit"), shortcut="E", icon=":material/edit:")
        st.button("Send back", on_click=mode, args=(one, "back"), shortcut="B", icon=":material/undo:")
        st.button("Later", on_click=later, args=(one,), shortcut="J", icon=":material/arrow_forward:")


if (linked := links.wanted()) is not None:
    follow_link(linked)
postponed = st.session_state.get(LATER, [])
waiting = waiting_here(here, postponed, st.session_state.get(LINKED))
one, gone = pinned(waiting)
header(len(waiting))
with st.container():
    if gone and PROBLEM not in st.session_state:
        widgets.caution(GONE)
widgets.problem(PROBLEM)
if kept := st.session_state.get(KEPT):
    widgets.text_block(kept, label="What you typed, to copy from")
if one is None:
    nothing_waits(here)
    st.stop()

asked, replied, side = st.columns([3, 4, 3], gap="medium")
with asked, st.container(border=True):
    widgets.state_badge(one.item.state)
    widgets.conversation(one.item)
with replied:
    what_was_written(here, one)
    decision(one)
with side:
    beside(here, one, tell)
