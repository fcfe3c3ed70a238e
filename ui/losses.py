"""Where the model in question loses: topics, the worst duels side by side, and what to write first."""

import streamlit as st

from core.curation.coverage.wishes import open_questions_like, still_wished, wish_for
from core.people.roles import Action
from core.rating.studies import Study
from core.report.arm_lines import ArmLine
from core.report.losses import LostDuel, losses_of
from ui import widgets
from ui.session import Session

PROBLEM = "losses_problem"


def draw(here: Session, study: Study, arms: tuple[ArmLine, ArmLine]) -> None:
    """Folded: the duels that the second arm lost, and the way to better replies."""
    found = losses_of(here.store, study)
    words = arms[1].words
    if problem := st.session_state.pop(PROBLEM, None):
        widgets.caution(widgets.escaped(problem))
    if not found.n_lost:
        return
    title = f"Where {words} loses: {found.n_lost} of {widgets.count(found.n_prompts, 'prompt')}"
    with st.expander(widgets.escaped(title), icon=":material/trending_down:"):
        if found.topics:
            weak = "; ".join(
                f"{one.topic} {widgets.percent(one.mean)} ({one.n_prompts} prompts)" for one in found.topics
            )
            st.write(widgets.escaped(f"Topics in which it scores below 50 %: {weak}."))
        for duel in found.worst:
            _duel(duel, arms)
        if found.n_lost > len(found.worst):
            st.caption(f"The {len(found.worst)} clearest of {found.n_lost}.")
        _write_better(here, study, found.questions)


def _duel(duel: LostDuel, arms: tuple[ArmLine, ArmLine]) -> None:
    with st.container(border=True):
        widgets.text_block(duel.question, label="asked")
        first, second = st.columns(2, gap="medium")
        with first:
            widgets.text_block(duel.other, label=f"{arms[0].heading}: {widgets.count(duel.against, 'vote')}")
        with second:
            widgets.text_block(
                duel.answer, label=f"{arms[1].heading}: {widgets.count(duel.in_favour, 'vote')}"
            )
        for note in duel.notes:
            widgets.text_block(note, label="noted")
        if duel.even:
            st.caption(f"{widgets.count(duel.even, 'vote')} for neither.")


def _write_better(here: Session, study: Study, questions: tuple[str, ...]) -> None:
    """Open questions like the lost ones come first in Write."""
    if not here.may(Action.REVIEW):
        return
    wished = still_wished(here.store, here.project.id)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(
            "Write better replies for these",
            on_click=_wish,
            args=(here, study, questions),
            icon=":material/edit_note:",
            help="Open questions like these come first in Write.",
        )
        if wished:
            st.caption(f"{widgets.count(wished, 'open question')} like these come first in Write.")


def _wish(here: Session, study: Study, questions: tuple[str, ...]) -> None:
    with widgets.attempt(PROBLEM):
        likes = open_questions_like(here.store, here.project.id, questions)
        if not likes:
            st.session_state[PROBLEM] = (
                "No open question is like these. Import more of them: replies to such questions are what it "
                "needs most."
            )
            return
        wish_for(here.store, here.project.id, study.id, likes, here.person)
