"""Parts of the Review page: which reply its reader has open, and what stands beside it."""

from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from core.curation import review
from core.curation.items import history_of
from core.curation.projects import guideline
from core.curation.replies import Origin
from core.curation.review import Reason, Submitted
from core.curation.review_desk import open_at_others
from core.curation.suggestions import taken_suggestion
from core.people.membership import somebody_else_may
from core.people.roles import Action
from ui import checks, widgets
from ui.check_panel import Tell, while_reviewing
from ui.session import Session


@dataclass(frozen=True)
class Opened:
    """A reply on somebody's screen, with its text as it stood when it was opened."""

    project_id: int
    reply_id: int
    text: str


def waiting_here(here: Session, postponed: Sequence[int], linked: int | None) -> list[Submitted]:
    """What waits for this person: first what nobody else has open, what they postponed last of that."""
    elsewhere = open_at_others(here.store, here.person)
    later = {number: place for place, number in enumerate(postponed, start=1)}
    return sorted(
        review.inbox(here.store, here.project, here.person, among=linked),
        key=lambda one: (one.item.id in elsewhere, later.get(one.item.id, 0)),
    )


def better_version(one: Submitted) -> None:
    """The reply as a field to edit."""
    label = "A better version; somebody else approves it then"
    st.text_area(label, value=one.reply.text, key=f"edit-{one.reply.id}", height=220)


def why_back(one: Submitted) -> None:
    """The reason it goes back for, and what its author should change."""
    st.radio(
        "Why?",
        list(Reason),
        index=None,
        key=f"reason-{one.reply.id}",
        format_func=lambda reason: reason.words,
        horizontal=True,
    )
    st.text_area("What should the author change?", key=f"comment-{one.reply.id}", height=100)


def how_many(here: Session, waiting: int) -> str:
    """What waits for this person, and what of theirs waits for somebody else."""
    own = review.own_submissions(here.store, here.project, here.person)
    wait = "waits" if own == 1 else "wait"
    mine = f" · {own} of your own {wait} for somebody else" if own else ""
    return f"{waiting} waiting for your decision{mine}"


def nothing_waits(here: Session) -> None:
    """An empty inbox; where this person's own replies wait and nobody may decide on them, that is said."""
    own = review.own_submissions(here.store, here.project, here.person)
    if not own or somebody_else_may(here.store, here.project.id, Action.REVIEW, here.person):
        widgets.empty(
            "Nothing waits for your decision.", action="Write a reply", page="pages/curate/write.py"
        )
        return
    alone = "Your own replies wait for somebody else, and nobody else here may review."
    if here.may(Action.MANAGE):
        widgets.empty(alone, action="Add a reviewer", page="pages/admin/people.py")
    else:
        widgets.empty(f"{alone} Ask an owner to add a reviewer.")


def what_was_written(here: Session, one: Submitted) -> None:
    """The reply, with what its author changed: against the model's draft, or the version before."""
    with st.container(border=True):
        drafted = None
        if one.reply.origin is Origin.DRAFTED:
            drafted = taken_suggestion(here.store, one.item.id, one.reply.author_id)
        if drafted is not None:
            said = f"{drafted.model} drafted it; what {one.reply.author} changed"
            st.caption(f":material/draft: {widgets.escaped(said)}")
            widgets.word_diff(drafted.text, one.reply.text)
        elif one.before is None:
            checks.marked(one.reply.text, one.findings, label=f"{one.reply.author} wrote")
        else:
            st.caption(widgets.escaped(f"{one.reply.author} wrote, changes against the version before"))
            widgets.word_diff(one.before, one.reply.text)
        if one.new_writer:
            st.caption(":material/person_add: New here: few of this writer's replies were approved so far.")


def beside(here: Session, one: Submitted, tell: Tell) -> None:
    """Beside a reply: what the checks noticed, contradictions, history, guideline."""
    while_reviewing(here, one, tell)
    past = st.expander("History", key="review_history", icon=":material/history:", on_change="rerun")
    if past.open:
        with past:
            widgets.history(history_of(here.store, one.item.id))
    rules = guideline(here.store, here.project.id)
    if rules is not None:
        with st.expander("Guideline", icon=":material/menu_book:"):
            widgets.guideline(rules.text)
