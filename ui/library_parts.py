"""Parts of the library: one item whole, the change of many, and what the last one did."""

from collections.abc import Callable
from functools import partial

import streamlit as st

from core.curation.items import history_of, item_by_id
from core.curation.library import bulk, outgoing, views
from core.curation.library.bulk import Change, Phase
from core.curation.library.filter import Filter
from core.curation.library.outgoing import Form
from core.curation.replies import replies_of
from core.people.persons import Person
from ui import widgets
from ui.session import Session

PROBLEM = "library_problem"
ASKS = {
    Change.TOPIC: "The topic they get",
    Change.REVIEW_AGAIN: "Why: the sentence their reviewers will read",
}


def whole_item(here: Session, item_id: int) -> None:
    """Everything of one item: what was asked, every version of the reply, what happened."""
    item = item_by_id(here.store, item_id)
    asked, replies = st.columns([3, 5], gap="medium")
    with asked, st.container(border=True):
        widgets.state_badge(item.state)
        widgets.conversation(item)
    with replies, st.container(border=True):
        versions = replies_of(here.store, item_id)
        if not versions:
            st.caption("Nobody has written a reply yet.")
        for version in reversed(versions):
            widgets.text_block(version.text, label=f"version {version.number}, by {version.author}")
    with st.expander("History", icon=":material/history:"):
        widgets.history(history_of(here.store, item_id))


def saved_views(here: Session, now: Filter, show: Callable[[Filter], None]) -> None:
    """Filters to come back to, and the one set now under a name of its own."""
    with st.popover("Views", icon=":material/bookmark:"):
        for view in views.views_of(here.store, here.project.id, here.person):
            with st.container(horizontal=True):
                name = widgets.escaped(view.name)
                st.button(name, key=f"view-{view.id}", on_click=show, args=(view.filter,), width="stretch")
                st.button(
                    "Delete",
                    key=f"drop-view-{view.id}",
                    on_click=_attempt,
                    args=(here, partial(views.delete_view, here.store, view.id)),
                    type="tertiary",
                )
        asked = st.text_input("Keep this filter as", key="library_view_name", max_chars=views.LONGEST_NAME)
        st.button(
            "Keep",
            disabled=not asked.strip(),
            on_click=_attempt,
            args=(here, partial(views.save_view, here.store, here.project.id, asked, now)),
        )


def take_out(here: Session, wanted: Filter) -> None:
    """Everything that passes the filter, as a file made when it is asked for."""
    with st.popover("Export", icon=":material/download:"):
        st.caption("All items that pass the filter, each with its newest reply.")
        for form, label in ((Form.CSV, "For a spreadsheet (CSV)"), (Form.JSONL, "For programs (JSONL)")):
            st.download_button(
                label,
                partial(_taken_out, here, wanted, form),
                file_name=f"items.{form.value}",
                on_click="ignore",
                width="stretch",
            )


def change_many(here: Session, wanted: Filter) -> None:
    """Change everything that passes the filter, after saying how many that are."""
    with st.popover("Change all of them", icon=":material/edit_note:"):
        chosen = st.radio("What to do", list(Change), format_func=lambda one: one.value, key="library_change")
        change = chosen or Change.TOPIC
        value = st.text_input(ASKS[change], key="library_value")
        count = bulk.reach(here.store, here.project.id, wanted, change)
        st.caption(f"This changes {widgets.count(count, 'item')}. It can be undone.")
        st.button(
            f"Change {count:,}",
            type="primary",
            disabled=not count or not value.strip(),
            on_click=_attempt,
            args=(
                here,
                partial(bulk.begin, here.store, here.workspace.jobs, here.project.id, wanted, change, value),
            ),
        )


def last_change(here: Session) -> None:
    """What the last change of many did, and the way back."""
    last = bulk.latest_bulk(here.store, here.project.id)
    if last is None or last.phase is Phase.UNDONE:
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(
            f"{last.change.value}, {widgets.escaped(last.value)}: {last.done:,} of "
            f"{widgets.count(last.total, 'item')}, {last.phase.value} · {widgets.ago(last.created_at)}"
        )
        stopped = bulk.stopped(here.workspace.jobs, last)
        what = (here.store, here.workspace.jobs, last.id)
        if stopped:
            st.button("Go on", on_click=_attempt, args=(here, partial(bulk.go_on, *what)))
        if stopped or last.phase is Phase.DONE:
            undo = (here, partial(bulk.undo, *what))
            st.button("Undo", icon=":material/undo:", on_click=_attempt, args=undo, type="tertiary")


def _taken_out(here: Session, wanted: Filter, form: Form) -> bytes:
    return outgoing.take_out(here.store, here.project.id, wanted, form, here.person)


def _attempt(here: Session, verb: Callable[[Person], object]) -> None:
    """Do it for whoever is at the screen then, and keep the sentence if it is refused."""
    with widgets.attempt(PROBLEM):
        verb(here.person)
