"""Overview: where the project stands, and the one next thing to do."""

import streamlit as st

from core.curation.labour import labour_of
from core.demo.seed import is_demo
from core.people.roles import Action
from core.report.overview import latest_verdict, next_action, steps
from core.text.figures import duration
from ui import new_project, session, widgets

here = session.require(Action.READ)


def start_own() -> None:
    """Ask for a new project."""
    new_project.dialog(here.store, here.person, session.PROJECT)


for notice in here.store.notices:
    st.info(widgets.escaped(notice), icon=":material/healing:")

st.title(widgets.escaped(here.project.name))
if is_demo(here.project):
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption("A demo with made-up customers and colleagues. Look around, change anything.")
        st.button("Start your own project", on_click=start_own, icon=":material/add:")
else:
    st.caption("From customers' questions to a verdict, and round again.")

with st.container(horizontal=True, gap="small"):
    for step in steps(here.store, here.project):
        st.metric(step.name, f"{step.count:,}", border=True, width="stretch")

labour = labour_of(here.store, here.project.id)
if labour is not None and here.may(Action.REVIEW):
    st.caption(
        f"An approved reply took its writer {duration(labour.median_seconds)}: the median of "
        f"{labour.replies:,} written here, pauses over a minute left out."
    )

action = next_action(here.store, here.project, here.person)
with st.container(border=True):
    if action is None:
        st.write("There is nothing for you to do right now.")
    else:
        st.header("Next")
        st.write(action.sentence)
        if st.button(action.button, type="primary", icon=":material/arrow_forward:"):
            st.switch_page(action.page)

if here.may(Action.JUDGE):
    verdict = latest_verdict(here.store, here.project)
    if verdict is not None:
        with st.container(border=True):
            st.header("Latest verdict")
            st.write(widgets.escaped(verdict))
            st.page_link("pages/compare/verdict.py", label="Read it", icon=":material/arrow_forward:")
