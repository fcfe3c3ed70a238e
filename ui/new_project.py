"""A new project: its name, what an ideal reply is in it, and the instructions every answer follows."""

import streamlit as st

from core.curation.projects import Kind, start_project
from core.errors import TouchstoneError
from core.people.persons import Person
from core.store.store import Store
from ui import sign_in, widgets

MADE = "new_project_made"
KINDS = {Kind.REPLY: "A written reply", Kind.LABEL: "One of a few labels"}


@st.dialog("New project")
def dialog(store: Store, person: Person, chosen_key: str) -> None:
    """The form over whatever page one is on."""
    form(store, person, chosen_key)


def form(store: Store, person: Person, chosen_key: str) -> None:
    """Draw the form; a project that was made is then in the session under `chosen_key`."""
    problem = st.session_state.pop("new_project_problem", None)
    if problem:
        st.error(widgets.escaped(problem))
    st.text_input("Name", key="new_project_name", placeholder="For example: Returns desk")
    kind = st.radio(
        "An ideal reply is", list(KINDS), key="new_project_kind", format_func=lambda one: KINDS[one]
    )
    if kind is Kind.LABEL:
        st.text_area("Labels, one a line", key="new_project_labels", height=110)
    st.text_area(
        "Instructions to the model, in two or three sentences",
        key="new_project_instructions",
        height=110,
        placeholder="Who answers whom, in which tone, and what to do when the answer is not known",
    )
    st.button("Start the project", type="primary", on_click=_create, args=(store, person, chosen_key))
    if st.session_state.pop(MADE, False):
        st.rerun()


def _create(store: Store, person: Person, chosen_key: str) -> None:
    state = st.session_state
    labels = [line.strip() for line in state.get("new_project_labels", "").splitlines() if line.strip()]
    kind = state["new_project_kind"]
    try:
        project = start_project(
            store,
            state["new_project_name"],
            sign_in.must_still_be(person),
            kind=kind,
            instructions=state["new_project_instructions"],
            labels=tuple(labels) if kind is Kind.LABEL else (),
        )
        state[chosen_key], state[MADE] = project.id, True
    except TouchstoneError as error:
        state["new_project_problem"] = str(error)
