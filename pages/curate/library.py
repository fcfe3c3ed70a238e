"""Library: every item of the project, to find, read, change many at a time, and take out."""

import pandas as pd
import streamlit as st

from core.curation.library import pages
from core.curation.library.pages import Order, Page, Place
from core.people.roles import Action
from ui import library_parts, session, widgets
from ui.library_filter import ORDER, filters, show, wanted

PLACES = "library_places"
SHOWN_FOR = "library_shown_for"
TABLE = "library_table"

here = session.require(Action.READ)


def turn(places: tuple[Place, ...]) -> None:
    """Go to the page behind the last of these places; none is the first page."""
    st.session_state[PLACES] = places


def table(shown: Page) -> int | None:
    """The page as a table; returns the number of the item chosen in it."""
    lines = [
        {
            "state": entry.item.state.value,
            "topic": entry.item.topic or "",
            "question": entry.item.question,
            "reply": entry.reply or "",
            "author": entry.author or "",
            "changed": entry.item.changed_at,
        }
        for entry in shown.entries
    ]
    event = st.dataframe(
        pd.DataFrame(lines),
        key=TABLE,
        hide_index=True,
        on_select="rerun",
        selection_mode="single-row",
        height=min(36 * (len(lines) + 1) + 2, 560),
        column_config={
            "state": st.column_config.TextColumn(width=90),
            "topic": st.column_config.TextColumn(width=120),
            "author": st.column_config.TextColumn(width=120),
            "question": st.column_config.TextColumn(width=315),
            "reply": st.column_config.TextColumn(width=315),
            "changed": st.column_config.DatetimeColumn(format="distance", width=100),
        },
    )
    rows = event["selection"]["rows"]
    return shown.entries[rows[0]].item.id if rows and rows[0] < len(shown.entries) else None


def turning(shown: Page, places: tuple[Place, ...], total: int) -> None:
    """Where in the list this is, and the way on and back."""
    first = len(places) * pages.PAGE + 1
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(f"{first:,} to {first + len(shown.entries) - 1:,} of {total:,}")
        st.button(
            "Earlier",
            icon=":material/chevron_left:",
            disabled=not places,
            on_click=turn,
            args=(places[:-1],),
            shortcut="Alt+Left",
        )
        st.button(
            "Further",
            icon=":material/chevron_right:",
            disabled=shown.next is None,
            on_click=turn,
            args=((*places, shown.next),),
            shortcut="Alt+Right",
        )


st.title("Library")
filters(here)
asked = wanted()
order = st.session_state.get(ORDER) or Order.CHANGED
if st.session_state.get(SHOWN_FOR) != (here.project.id, asked, order):
    st.session_state[SHOWN_FOR] = (here.project.id, asked, order)
    st.session_state[PLACES] = ()
widgets.problem(library_parts.PROBLEM)
total = pages.count(here.store, here.project.id, asked)
with st.container(horizontal=True, vertical_alignment="center"):
    st.markdown(f"**{widgets.count(total, 'item')}**")
    library_parts.saved_views(here, asked, show)
    if total:
        library_parts.take_out(here, asked)
        if here.may(Action.CHANGE_MANY):
            library_parts.change_many(here, asked)
library_parts.last_change(here)
if not total:
    widgets.empty("No item passes this filter. Take a word or a state away.")
    st.stop()
behind: tuple[Place, ...] = st.session_state.get(PLACES, ())
shown = pages.page(here.store, here.project.id, asked, order, behind[-1] if behind else None)
chosen = table(shown)
turning(shown, behind, total)
if chosen is not None:
    library_parts.whole_item(here, chosen)
