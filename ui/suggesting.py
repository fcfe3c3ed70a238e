"""A draft from a model, beside the editor: asked for, read, and taken over or not."""

from collections.abc import Callable

import streamlit as st

from core.answers.arms import Arm, ArmKind, arms_of, ensure_arms_of_run
from core.answers.ask import ask
from core.curation.items import Item
from core.curation.suggestions import Suggestion, keep_suggestion, newest_suggestion, take_suggestion
from core.providers.profiles import PROFILES
from core.training.runs import RunState, runs_of
from ui import widgets
from ui.session import Session

ARM = "suggesting_arm"
PROBLEM = "suggesting_problem"
OPEN = "suggesting_open"


def suggesting(here: Session, item: Item, *, before_taking: Callable[[], None]) -> None:
    """What a model suggests for this item, or the way to ask one; what was typed is kept before it."""
    shown = st.expander("Draft from a model", key=OPEN, icon=":material/draft:", on_change="rerun")
    if not shown.open:
        return
    with shown:
        widgets.problem(PROBLEM)
        arms = _who_can_draft(here)
        if not arms:
            st.caption("No model is there yet. One that was fine-tuned, or asked on Side by side, can draft.")
            return
        found = newest_suggestion(here.store, item.id, here.person)
        if found is not None:
            _shown(here, found, before_taking)
        _asking(here, item, arms)


def _who_can_draft(here: Session) -> list[Arm]:
    """The models of the newest run that succeeded, and every other that was asked and can be reached.

    Those that are shown examples belong to a dataset, and there is none here.
    """
    tuned = [run for run in runs_of(here.store, here.project.id) if run.state is RunState.SUCCEEDED]
    newest = list(reversed(ensure_arms_of_run(here.store, tuned[0], here.person))) if tuned else []
    reached = {provider.name for provider in here.workspace.providers.available() if provider.ready}
    known = arms_of(here.store, here.project.id)
    others = [arm for arm in known if arm.kind is ArmKind.MODEL and not arm.examples]
    return [arm for arm in (*newest, *others) if arm.provider in reached]


def _shown(here: Session, suggestion: Suggestion, before_taking: Callable[[], None]) -> None:
    widgets.text_block(suggestion.text, label=f"{suggestion.model} suggests")
    if suggestion.taken:
        st.caption("It is in your draft. Reviewers will see that a model drafted it.")
        return
    st.button(
        "Start from this",
        on_click=_take,
        args=(here, suggestion, before_taking),
        shortcut="Alt+D",
        icon=":material/input:",
    )


def _asking(here: Session, item: Item, arms: list[Arm]) -> None:
    arm = st.selectbox("Which model", arms, key=ARM, format_func=lambda one: f"{one.name} · {one.model}")
    where = PROFILES[arm.provider].title
    st.caption(
        "It chooses the approved reply it finds nearest, and writes nothing itself."
        if arm.picks_replies
        else f"The conversation and the project's instructions are sent to {widgets.escaped(where)}."
    )
    if st.button("Suggest a draft", icon=":material/auto_awesome:"):
        with st.spinner(f"Asking {widgets.escaped(arm.model)}", show_time=True):
            _ask(here, item, arm)
        st.rerun()


def _ask(here: Session, item: Item, arm: Arm) -> None:
    with widgets.attempt(PROBLEM):
        said = ask(here.workspace.providers, arm, item.question, item.conversation)
        if said.abstained:
            st.session_state[PROBLEM] = "No approved reply is near enough to this question to start from."
            return
        keep_suggestion(here.store, item.id, arm.model, said.text, here.person)


def _take(here: Session, suggestion: Suggestion, before_taking: Callable[[], None]) -> None:
    before_taking()
    with widgets.attempt(PROBLEM):
        take_suggestion(here.store, suggestion, here.person)
