"""The library's filter on the page: what is looked for, set by hand or by a saved view."""

import streamlit as st

from core.curation.items import State
from core.curation.library import pages
from core.curation.library.filter import Filter
from core.curation.library.pages import Order
from ui.session import Session

TEXT, STATES, TOPIC, ORDER = "library_text", "library_states", "library_topic", "library_order"
LANGUAGE, CUSTOMER, VOLUME = "library_language", "library_customer", "library_volume"
FROM, TO = "library_from", "library_to"


def wanted() -> Filter:
    """The filter as it is set on the page."""
    state = st.session_state
    return Filter(
        text=state.get(TEXT, ""),
        states=tuple(state.get(STATES, ())),
        topic=state.get(TOPIC) or "",
        language=state.get(LANGUAGE) or "",
        customer=state.get(CUSTOMER, ""),
        asked_from=state.get(FROM),
        asked_to=state.get(TO),
        least_volume=state.get(VOLUME),
    )


def show(view: Filter) -> None:
    """Set the page to a saved filter."""
    st.session_state[TEXT] = view.text
    st.session_state[STATES] = list(view.states)
    st.session_state[TOPIC] = view.topic
    st.session_state[LANGUAGE] = view.language
    st.session_state[CUSTOMER] = view.customer
    st.session_state[FROM], st.session_state[TO] = view.asked_from, view.asked_to
    st.session_state[VOLUME] = view.least_volume


def filters(here: Session) -> None:
    """What to look for; everything works at once."""
    known = ("", *pages.topics(here.store, here.project.id))
    text, topic, order = st.columns([6, 3, 2], vertical_alignment="bottom")
    text.text_input("Words, a ticket or a customer", key=TEXT, icon=":material/search:", placeholder="any")
    topic.selectbox("Topic", known, key=TOPIC, format_func=lambda name: name or "any topic")
    order.selectbox("Order", list(Order), key=ORDER, format_func=lambda one: one.value)
    states, more = st.columns([8, 2], vertical_alignment="center")
    states.pills(
        "States",
        list(State),
        key=STATES,
        selection_mode="multi",
        format_func=lambda state: state.value,
        label_visibility="collapsed",
    )
    with more.popover("Of the ticket", icon=":material/filter_list:"):
        _of_the_ticket(here)


def _of_the_ticket(here: Session) -> None:
    """What its file told of a question."""
    known = ("", *pages.languages(here.store, here.project.id))
    st.selectbox("Language", known, key=LANGUAGE, format_func=lambda name: name or "any language")
    st.text_input("Customer, exactly", key=CUSTOMER, placeholder="any")
    first, last = st.columns(2)
    first.date_input("Asked from", None, key=FROM)
    last.date_input("until", None, key=TO)
    st.number_input("Asked at least so often", 1, None, None, key=VOLUME, placeholder="any")
