"""Side by side: one question, and what the base and the tuned model answer."""

import textwrap

import streamlit as st

from core.answers.arms import Arm, ArmKind, add_model_arm, ensure_arms_of_run
from core.answers.ask import Reply, ask
from core.curation.projects import Kind
from core.datasets.splitting import Split
from core.datasets.versions import rows_of
from core.errors import TouchstoneError
from core.people.roles import Action
from core.training.runs import Run, RunState, runs_of
from ui import session, widgets

ASKED = "side_asked"
TEXT = "side_question"
EXAMPLES = 4
SHORT = 70

NAMES = {ArmKind.BASE: "Before tuning", ArmKind.TUNED: "Tuned", ArmKind.MODEL: "Another model"}

here = session.require(Action.ASK)


def take(question: str) -> None:
    """Put an example into the box and ask it."""
    st.session_state[TEXT] = question
    st.session_state[ASKED] = question


def ask_typed() -> None:
    """Ask what stands in the box."""
    st.session_state[ASKED] = st.session_state[TEXT].strip()


def answer(arm: Arm, question: str) -> None:
    """One arm's card: its answer, how long it took, and what it went by."""
    with st.container(border=True):
        st.markdown(f"**{NAMES[arm.kind]}**")
        st.caption(widgets.escaped(f"{arm.name} · {arm.model}"))
        try:
            with st.spinner("Asking …"):
                reply = ask(here.workspace.providers, arm, question)
        except TouchstoneError as error:
            st.error(widgets.escaped(str(error)))
            return
        widgets.text_block(reply.text or "(an empty answer)")
        facts(arm, reply)


def facts(arm: Arm, reply: Reply) -> None:
    """What is known about an answer; what is not says so."""
    if arm.picks_replies:
        st.caption(
            f"{reply.seconds * 1000:.0f} ms · tokens and cost: not applicable · "
            "a reply picker: it chose this among approved replies and wrote nothing itself"
        )
        if reply.matched_question:
            near = "" if reply.similarity is None else f" (similarity {reply.similarity:.2f})"
            widgets.text_block(reply.matched_question, label=f"Nearest approved question{near}")
        with st.expander("What else it considered"):
            for candidate in reply.candidates[1:]:
                widgets.text_block(candidate.reply, label=f"score {candidate.score:.2f}")
        return
    unknown = "unknown"
    tokens = f"{reply.input_tokens or unknown} tokens in, {reply.output_tokens or unknown} out"
    st.caption(f"{reply.seconds:.1f} s · {tokens}")


def held_out(run: Run) -> list[str]:
    """A few questions the model never learned from."""
    rows = rows_of(here.store, run.dataset_id, Split.TEST)
    return [row.question for row in rows[:: max(1, len(rows) // EXAMPLES)][:EXAMPLES]]


def other_arm() -> Arm | None:
    """A third answer from any model of any provider that is set up."""
    with st.expander("Ask another model too", icon=":material/add:"):
        ready = [one for one in here.workspace.providers.available() if one.ready and not one.picks_replies]
        if not ready:
            st.caption(
                "No other provider is set up. Put OPENAI_API_KEY, or TOUCHSTONE_PROVIDER_BASE_URL and "
                "TOUCHSTONE_PROVIDER_KEY, into the environment or .streamlit/secrets.toml and start again."
            )
            return None
        left, right = st.columns(2)
        provider = left.selectbox("Where", ready, format_func=lambda one: one.title, key="side_provider")
        model = right.text_input(
            "Model", value=provider.base_models[0] if provider.base_models else "", key="side_model"
        )
        st.caption(
            f"The question and your project's instructions are sent to {widgets.escaped(provider.title)}."
        )
        if not st.checkbox("Ask it with every question", key="side_other") or not model.strip():
            return None
        return add_model_arm(
            here.store, here.project.id, provider, model, here.project.instructions, here.person
        )


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
with st.form("ask", border=False):
    st.text_area(
        "A customer's question" if here.project.kind is Kind.REPLY else "A customer's message",
        key=TEXT,
        height=90,
        placeholder="Type what a customer would write",
    )
    st.form_submit_button("Ask both", on_click=ask_typed, type="primary", shortcut="Ctrl+Enter")
st.caption("Or one that was held out, so the model has never seen it:")
with st.container(horizontal=True):
    for number, question in enumerate(held_out(run)):
        short = textwrap.shorten(question, SHORT, placeholder=" …")
        st.button(widgets.escaped(short), key=f"example-{number}", on_click=take, args=(question,))
third = other_arm()
asked = st.session_state.get(ASKED)
if asked:
    widgets.text_block(asked, label="asked")
    base, tuned = ensure_arms_of_run(here.store, run)
    arms = [base, tuned, *([third] if third else [])]
    for place, arm in zip(st.columns(len(arms), gap="medium"), arms, strict=True):
        with place:
            answer(arm, asked)
