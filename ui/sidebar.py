"""The sidebar: which project, who I am, and what works in the background."""

from pathlib import Path

import streamlit as st

from core.curation.projects import Project
from core.people.roles import Action, may
from ui import new_project, session, widgets

WORDMARK = Path(__file__).parent / "wordmark.svg"
LOOK_SECONDS = 2.0
MARK = Path(__file__).parent / "mark.svg"


def draw() -> None:
    """Draw it; before somebody said who they are, only the mark."""
    st.logo(str(WORDMARK), icon_image=str(MARK), size="large")
    someone = session.person()
    if someone is None:
        return
    with st.sidebar:
        _project_switcher()
        if may(session.roles(), Action.READ):
            _background_while_working()
        st.space("small")
        with st.popover(widgets.escaped(someone.name), icon=":material/person:", width="stretch"):
            st.caption(" · ".join(sorted(session.roles())) or "no role in this project")
            st.button("Be somebody else", on_click=_leave, width="stretch")
            st.button("New project", on_click=_new_project, width="stretch")


def _project_switcher() -> None:
    mine = session.projects()
    current = session.project()
    if current is None:
        return
    names: dict[int, Project] = {project.id: project for project in mine}
    st.session_state[session.PROJECT] = current.id
    st.selectbox(
        "Project",
        list(names),
        key=session.PROJECT,
        format_func=lambda number: names[number].name,
        label_visibility="collapsed",
    )


def _background_while_working() -> None:
    """What works in the background; looked at again as long as something does."""
    if session.workspace().jobs.unfinished():
        st.fragment(_background, run_every=LOOK_SECONDS)()


def _background() -> None:
    for job in session.workspace().jobs.unfinished():
        progress = job.progress
        text = progress.message if progress else "Waiting to begin"
        share = progress.done / progress.total if progress and progress.total else 0.0
        st.progress(min(share, 1.0), text=widgets.escaped(text))


@st.dialog("New project")
def _new_project() -> None:
    someone = session.person()
    if someone is not None:
        new_project.form(session.workspace().store, someone, session.PROJECT)


def _leave() -> None:
    st.session_state[session.LEFT] = True
    st.session_state.pop(session.PERSON, None)
    st.session_state.pop(session.PROJECT, None)
