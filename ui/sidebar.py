"""The sidebar: which project, who I am, and what works in the background."""

from pathlib import Path

import streamlit as st

from core.curation.projects import Project
from core.jobs.jobs import Job
from core.people.roles import Action, may
from ui import new_project, session, sign_in, widgets
from ui.session import Visitor

WORDMARK = Path(__file__).parent / "wordmark.svg"
LOOK_SECONDS = 2.0
MARK = Path(__file__).parent / "mark.svg"


def draw(visitor: Visitor | None) -> None:
    """Draw it; before somebody said who they are, only the mark."""
    st.logo(str(WORDMARK), icon_image=str(MARK), size="large")
    if visitor is None:
        return
    with st.sidebar:
        if visitor.project is not None:
            _project_switcher(visitor.projects, visitor.project)
        with st.container():
            if visitor.project is not None and may(visitor.roles, Action.READ):
                _background_while_working(visitor.project.id)
        st.space("small")
        with st.popover(widgets.escaped(visitor.person.name), icon=":material/person:", width="stretch"):
            st.caption(" · ".join(sorted(visitor.roles)) or "no role in this project")
            if sign_in.configured():
                sign_in.sign_out_button()
            else:
                st.button("Be somebody else", on_click=session.leave, width="stretch")
            if may(visitor.roles, Action.READ):
                st.button(
                    "New project",
                    on_click=new_project.dialog,
                    args=(session.workspace().store, visitor.person, session.PROJECT),
                    width="stretch",
                )


def _project_switcher(projects: tuple[Project, ...], current: Project) -> None:
    names = {project.id: project.name for project in projects}
    st.session_state[session.PROJECT] = current.id
    st.selectbox(
        "Project",
        list(names),
        key=session.PROJECT,
        format_func=lambda number: names[number],
        label_visibility="collapsed",
    )


def _background_while_working(project_id: int) -> None:
    """What works in the background; looked at again as long as something does."""
    if _at_work(project_id):
        st.fragment(_background, run_every=LOOK_SECONDS)(project_id)


def _background(project_id: int) -> None:
    for job in _at_work(project_id):
        progress = job.progress
        text = progress.message if progress else "Waiting to begin"
        share = progress.done / progress.total if progress and progress.total else 0.0
        st.progress(min(share, 1.0), text=widgets.escaped(text))


def _at_work(project_id: int) -> list[Job]:
    """The work of this project and of the whole workspace; other projects are other people's."""
    return [job for job in session.workspace().jobs.unfinished() if job.project_id in {None, project_id}]
