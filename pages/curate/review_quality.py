"""Review quality: second opinions on a sample, where reviewers differ, and why replies are sent back."""

import streamlit as st

from core.curation.items import State
from core.curation.projects import guideline
from core.curation.review import Reason
from core.curation.review_rates import Rate, Rates, rates
from core.curation.second_opinion import SAMPLED, Asked, Concord, concord, give, to_give
from core.people.roles import Action
from core.verdict.intervals import wilson
from ui import session, widgets

PROBLEM = "quality_problem"

here = session.require(Action.REVIEW)


def keep(asked: Asked, decision: State) -> None:
    """Keep the opinion, and go on to the next."""
    back = decision is State.RETURNED
    reason = st.session_state.get(f"second-reason-{asked.reply.id}") if back else None
    said = st.session_state.get(f"second-comment-{asked.reply.id}", "") if back else ""
    with widgets.attempt(PROBLEM):
        give(here.store, asked.reply.id, decision, here.person, reason, said)
        st.toast("Your opinion is kept. The reply stays as it was decided.")


def opinion(asked: Asked) -> None:
    """A decided reply without its decision, and what the person would have done."""
    left, right = st.columns([3, 4], gap="medium")
    with left, st.container(border=True):
        widgets.conversation(asked.item)
    with right:
        with st.container(border=True):
            widgets.text_block(asked.reply.text, label=f"{asked.reply.author} wrote")
        with st.container(horizontal=True):
            st.button(
                "I would approve it",
                on_click=keep,
                args=(asked, State.APPROVED),
                shortcut="A",
                icon=":material/verified:",
            )
            with st.popover("I would send it back", icon=":material/undo:"):
                st.radio(
                    "Why?",
                    list(Reason),
                    index=None,
                    key=f"second-reason-{asked.reply.id}",
                    format_func=lambda reason: reason.words,
                )
                st.text_input("What should the author change?", key=f"second-comment-{asked.reply.id}")
                st.button("Keep this opinion", on_click=keep, args=(asked, State.RETURNED), type="primary")
    rules = guideline(here.store, here.project.id)
    if rules is not None:
        with st.expander("Guideline", icon=":material/menu_book:"):
            widgets.guideline(rules.text)


def second_opinions(asked: Asked | None) -> None:
    """The one to give now."""
    st.header("Second opinions")
    st.caption(
        f"About one in {1 / SAMPLED:.0f} decided replies is shown to another reviewer, who does not learn "
        "how it was decided. Nothing changes about the reply."
    )
    if asked is None:
        st.write("No second opinion of yours is wanted now.")
    else:
        opinion(asked)


def agreement(found: Concord) -> None:
    """How often two reviewers decide the same, and where they did not."""
    st.header("Do reviewers agree?")
    if not found.given:
        st.write("This is known as soon as second opinions were given.")
        return
    st.markdown(f"**{_share(found.agreed, found.given)} were decided the same by two reviewers.**")
    for one in found.apart:
        with st.container(border=True):
            widgets.text_block(one.question, label=f"item {one.item_id}")
            why = f" ({Reason(one.reason).words})" if one.reason else ""
            st.caption(f"first {one.first.value}, then {one.second.value}{why}")


def returned(found: Rates) -> None:
    """How much is sent back, why, and on which topics."""
    st.header("What is sent back")
    if not found.everything.decided:
        st.write("This is known as soon as replies were reviewed.")
        return
    everything = found.everything
    st.markdown(f"**{_share(everything.returned, everything.decided)} were sent back.**")
    reasons, topics = st.columns(2, gap="large")
    with reasons:
        _table("By reason, of all decisions", found.reasons)
    with topics:
        _table("By topic", found.topics)


def _table(title: str, lines: tuple[Rate, ...]) -> None:
    st.caption(title)
    if not lines:
        st.write("None.")
    for line in lines:
        st.markdown(f"{widgets.escaped(line.name)}: {_share(line.returned, line.decided)}")


def _share(part: int, whole: int) -> str:
    low, high = wilson(part / whole, whole)
    interval = f"95 % interval {100 * low:.0f} to {100 * high:.0f}"
    return f"{part:,} of {whole:,} ({100 * part / whole:.1f} %, {interval})"


st.title("Review quality")
widgets.problem(PROBLEM)
second_opinions(to_give(here.store, here.project, here.person))
agreement(concord(here.store, here.project.id))
returned(rates(here.store, here.project.id))
