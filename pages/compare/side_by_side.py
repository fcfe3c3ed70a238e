"""Side by side: one question, and what the base and the tuned model answer."""

import textwrap

import streamlit as st

from core.answers.arms import Arm, add_model_arm, ensure_arms_of_run
from core.answers.examples import examples_for
from core.curation.projects import Kind
from core.datasets.splitting import Split
from core.datasets.versions import rows_of
from core.errors import TouchstoneError
from core.people.roles import Action
from core.rating.prompts import questions_under_study
from core.text.fingerprint import fingerprint
from core.training.runs import Run, RunState, runs_of
from ui import session, widgets
from ui.side_by_side import Asked, Other, Place, answer, card, choose_other

ASKED = "side_asked"
PENDING = "side_pending"
TEXT = "side_question"
EXAMPLES = 4
SHORT = 70
LONGEST = 20_000

UNDER_STUDY = "This question is part of a blind study that is open. Ask it after the study is closed."

here = session.require(Action.ASK)


def take(place: Place, question: str) -> None:
    """Put an example into the box and ask it."""
    st.session_state[TEXT] = question
    st.session_state[PENDING] = Asked(place, question)


def ask_typed(place: Place) -> None:
    """Ask what stands in the box."""
    st.session_state[PENDING] = Asked(place, st.session_state[TEXT].strip())


def kept_from_raters() -> frozenset[str]:
    """The questions that this person is to judge blind, and so may not see answered here."""
    if not here.may(Action.RATE):
        return frozenset()
    return questions_under_study(here.store, here.project.id)


def refusal(question: str) -> str:
    """Why a question is not asked; empty where nothing stands against it."""
    if not question:
        return "Type a question first. Nothing was asked."
    if len(question) > LONGEST:
        return (
            f"This question has {len(question):,} characters; {LONGEST:,} are the most. Shorten it and "
            "ask again. Nothing was asked."
        )
    return UNDER_STUDY if fingerprint(question) in kept_from_raters() else ""


def held_out(run: Run) -> tuple[list[str], bool]:
    """A few questions the model never learned from, and whether a blind study keeps any of them back."""
    hidden = kept_from_raters()
    everything = [row.question for row in rows_of(here.store, run.dataset_id, Split.TEST)]
    free = [question for question in everything if fingerprint(question) not in hidden]
    return free[:: max(1, len(free) // EXAMPLES)][:EXAMPLES], len(free) < len(everything)


def examples(run: Run, place: Place) -> None:
    """Held-out questions, asked at one press."""
    offered, hidden = held_out(run)
    if hidden and not offered:
        st.caption(
            "No held-out question is offered here, because all of them are part of a blind study that is "
            "open and you may rate it. They come back when the study is closed."
        )
        return
    st.caption("Or one that was held out, so the model has never seen it:")
    with st.container(horizontal=True):
        for number, question in enumerate(offered):
            short = textwrap.shorten(question, SHORT, placeholder=" …")
            st.button(widgets.escaped(short), key=f"example-{number}", on_click=take, args=(place, question))


def arms_to_ask(run: Run, other: Other | None) -> list[Arm]:
    """The run's two models, and the other one where it is wanted."""
    arms = list(ensure_arms_of_run(here.store, run, here.person))
    if other is not None:
        chosen = other.provider, other.model, here.project.instructions
        arms.append(add_model_arm(here.store, here.project.id, *chosen, here.person, other.examples))
    return arms


def ask_all(run: Run, pending: Asked, other: Other | None) -> None:
    """Ask every model, and keep what they said for this session; only the newest question is kept."""
    if why := refusal(pending.question):
        widgets.caution(why)
        return
    try:
        arms = arms_to_ask(run, other)
    except TouchstoneError as error:
        st.error(widgets.escaped(str(error)))
        return
    st.session_state[ASKED] = pending
    with st.spinner("Asking …"):
        for arm in arms:
            (examples,) = examples_for(here.store, run.dataset_id, [pending.question], arm.examples)
            pending.answers[arm.id] = answer(here.workspace.providers, arm, pending.question, examples)


def show(asked: Asked) -> None:
    """The question, and the answers next to each other."""
    widgets.text_block(asked.question, label="asked")
    if not asked.answers:
        return
    for column, one in zip(st.columns(len(asked.answers), gap="medium"), asked.answers.values(), strict=True):
        with column:
            card(one)


st.title("Side by side")
st.caption("The same question to the model as it was and to the model that learned from your replies.")
tuned_runs = [run for run in runs_of(here.store, here.project.id) if run.state is RunState.SUCCEEDED]
if not tuned_runs:
    widgets.empty(
        "There is no tuned model to ask yet.",
        action="Fine-tune one" if here.may(Action.TRAIN) else "Back to the overview",
        page="pages/train/fine_tune.py" if here.may(Action.TRAIN) else "pages/start/overview.py",
    )
    st.stop()
run = tuned_runs[0]
if len(tuned_runs) > 1:
    run = st.selectbox(
        "Run",
        tuned_runs,
        key="side_run",
        format_func=lambda one: f"run {one.id} · {one.base_model} · {widgets.ago(one.created_at)}",
    )
place = Place(here.person.id, here.project.id, run.id)
with st.form("ask", border=False):
    st.text_area(
        "A customer's question" if here.project.kind is Kind.REPLY else "A customer's message",
        key=TEXT,
        height=90,
        placeholder="Type what a customer would write",
    )
    st.form_submit_button(
        "Ask both", on_click=ask_typed, args=(place,), type="primary", shortcut="Ctrl+Enter"
    )
answers = st.container()
examples(run, place)
other = choose_other(here.workspace.providers)
with answers:
    pending: Asked | None = st.session_state.pop(PENDING, None)
    if pending is not None and pending.place == place:
        ask_all(run, pending, other)
    asked: Asked | None = st.session_state.get(ASKED)
    if asked is not None and (asked.place != place or refusal(asked.question)):
        del st.session_state[ASKED]
    elif asked is not None:
        show(asked)
