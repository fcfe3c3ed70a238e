"""Parts of the Side by side page: what was asked and answered, kept for the session, and its cards."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import streamlit as st

from core.answers.arms import Arm, ArmKind
from core.answers.ask import Reply, ask
from core.answers.examples import MOST
from core.curation.items import Turn
from core.errors import TouchstoneError
from core.providers.profiles import Provider
from core.providers.providers import Providers
from ui import widgets

NAMES = {ArmKind.BASE: "Before tuning", ArmKind.TUNED: "Tuned", ArmKind.MODEL: "Another model"}

NO_PROVIDER = (
    "No other provider is set up. Put OPENAI_API_KEY, or TOUCHSTONE_PROVIDER_BASE_URL and "
    "TOUCHSTONE_PROVIDER_KEY, into the environment or .streamlit/secrets.toml and start again."
)


@dataclass(frozen=True)
class Place:
    """Whose answers they are: what one person sees of one run in one project."""

    person_id: int
    project_id: int
    run_id: int


@dataclass(frozen=True)
class Answer:
    """What an arm said, or the sentence that says why it said nothing."""

    arm: Arm
    said: Reply | str


@dataclass(frozen=True)
class Asked:
    """A question at a place, with the answers by the number of their arm."""

    place: Place
    question: str
    answers: dict[int, Answer] = field(default_factory=dict)


def answer(providers: Providers, arm: Arm, question: str, examples: Sequence[Turn]) -> Answer:
    """Ask an arm, once; a failure is an answer to show too."""
    try:
        return Answer(arm, ask(providers, arm, question, examples=examples))
    except TouchstoneError as error:
        return Answer(arm, str(error))


def card(shown: Answer) -> None:
    """One arm's card: its answer, how long it took, and what it went by."""
    with st.container(border=True):
        st.markdown(f"**{NAMES[shown.arm.kind]}**")
        st.caption(widgets.escaped(f"{shown.arm.name} · {shown.arm.model}"))
        if isinstance(shown.said, str):
            st.error(widgets.escaped(shown.said))
            return
        widgets.text_block(shown.said.text or "(an empty answer)")
        _facts(shown.arm, shown.said)


@dataclass(frozen=True)
class Other:
    """A model to ask beside the run's own, and how many of the run's examples it is shown."""

    provider: Provider
    model: str
    examples: int


def choose_other(providers: Providers) -> Other | None:
    """A third answer from any model of any provider that is set up; choosing one asks nothing yet."""
    with st.expander("Ask another model too", icon=":material/add:"):
        ready = [one for one in providers.available() if one.ready and not one.picks_replies]
        if not ready:
            st.caption(NO_PROVIDER)
            return None
        left, right, narrow = st.columns([2, 2, 1], vertical_alignment="bottom")
        provider = left.selectbox("Where", ready, format_func=lambda one: one.title, key="side_provider")
        model = right.text_input(
            "Model", value=provider.base_models[0] if provider.base_models else "", key="side_model"
        )
        examples = narrow.number_input(
            "Examples it is shown",
            0,
            MOST,
            0,
            key="side_examples",
            help="With each question it reads so many of the replies that the tuned model learned from: "
            "those to the most similar questions. It is what tuning is weighed against.",
        )
        sent = "The question, the examples" if examples else "The question"
        st.caption(
            f"{sent} and your project's instructions are sent to {widgets.escaped(provider.title)} "
            "with the next question you ask."
        )
        wanted = st.checkbox("Ask it with every question", key="side_other")
        return Other(provider, model, examples) if wanted and model.strip() else None


def _facts(arm: Arm, reply: Reply) -> None:
    """What is known about an answer; what is not says so."""
    if arm.picks_replies:
        how = "it chose this among approved replies and wrote nothing itself"
        if reply.abstained:
            how = "no approved reply was near enough to this question"
        st.caption(f"{reply.seconds * 1000:.0f} ms · tokens and cost: not applicable · a reply picker: {how}")
        if reply.matched_question:
            near = "" if reply.similarity is None else f" (similarity {reply.similarity:.2f})"
            widgets.text_block(reply.matched_question, label=f"Nearest approved question{near}")
        with st.expander("What else it considered"):
            for candidate in reply.candidates[1:]:
                score = "unknown" if candidate.score is None else f"{candidate.score:.2f}"
                widgets.text_block(candidate.reply, label=f"score {score}")
        return
    read, written = (
        "unknown" if count is None else str(count) for count in (reply.input_tokens, reply.output_tokens)
    )
    st.caption(f"{reply.seconds:.1f} s · tokens: {read} in, {written} out")
