"""Choosing a model after a verdict, and going back: both ask why, and both are kept."""

import streamlit as st

from core.answers.arms import Arm, arm_by_id
from core.people.roles import Action
from core.rating.studies import Study
from core.report.verdict_content import VerdictContent
from core.serving.choice import Choice, choose, roll_back, serving
from core.verdict.sequential import EVEN
from ui import widgets
from ui.session import Session

PAGE = "pages/decide/hand_over.py"
WHY = "choosing_why"
PROBLEM = "choosing_problem"


def offer(here: Session, study: Study, verdict: VerdictContent) -> None:
    """Below the verdict: which of the two models serves, and for the owner the way to choose one."""
    current = serving(here.store, here.project.id)
    arms = (arm_by_id(here.store, study.arm_a), arm_by_id(here.store, study.arm_b))
    named = next((arm for arm in arms if current is not None and arm.id == current.arm_id), None)
    with st.container(horizontal=True, vertical_alignment="center"):
        if here.may(Action.SERVE):
            winner = _winner(arms, verdict)
            for arm in (winner,) if winner is not None else arms:
                if named is None or arm.id != named.id:
                    label = f"Use {verdict.arms[arms.index(arm)].words}"
                    if st.button(
                        widgets.escaped(label), key=f"use-{arm.id}", icon=":material/rocket_launch:"
                    ):
                        _ask_why(here, study, arm, clear=arm is winner)
        if named is not None:
            st.page_link(
                PAGE, label=f"{widgets.escaped(named.name)} serves this project", icon=":material/check:"
            )


def going_back(here: Session, choice: Choice, to: Arm) -> None:
    """The owner's button to let the model before serve again."""
    if here.may(Action.SERVE) and st.button("Roll back", icon=":material/undo:"):
        _ask_why_back(here, choice, to)


def _winner(arms: tuple[Arm, Arm], verdict: VerdictContent) -> Arm | None:
    if not verdict.enough or verdict.pair is None or verdict.pair.mean is None:
        return None
    return arms[1] if verdict.pair.mean > EVEN else arms[0]


@st.dialog("Let this model answer your customers?")
def _ask_why(here: Session, study: Study, arm: Arm, *, clear: bool) -> None:
    st.write(
        f"**{widgets.escaped(arm.name)}** ({widgets.escaped(arm.model)}) becomes the model of this project. "
        "You will get its address, the instructions and snippets, and can go back at any time."
    )
    if not clear:
        widgets.caution("The study did not show that it is preferred.")
    st.text_input("Why", key=WHY, value=f"Preferred in study {study.id}." if clear else "", max_chars=300)
    if st.button(
        "Use it", key="use_now", on_click=_choose, args=(here, study, arm), type="primary", width="stretch"
    ):
        st.switch_page(PAGE)


@st.dialog("Go back to the model before?")
def _ask_why_back(here: Session, choice: Choice, to: Arm) -> None:
    st.write(
        f"**{widgets.escaped(to.name)}** ({widgets.escaped(to.model)}) serves this project again. Nothing is "
        "deleted: the model of now can be chosen again from its study."
    )
    st.text_input("Why", key=WHY, max_chars=300)
    if st.button(
        "Roll back",
        key="roll_back_now",
        on_click=_roll_back,
        args=(here, choice),
        type="primary",
        width="stretch",
    ):
        st.rerun()


def _choose(here: Session, study: Study, arm: Arm) -> None:
    with widgets.attempt(PROBLEM):
        choose(here.store, study, arm, st.session_state[WHY], here.person)


def _roll_back(here: Session, choice: Choice) -> None:
    with widgets.attempt(PROBLEM):
        roll_back(here.store, choice, st.session_state[WHY], here.person)
