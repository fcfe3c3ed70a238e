"""Rounds: each trip through the loop, what changed for it, what it showed and what it cost."""

import streamlit as st

from core.curation.labour import MOST_PER_HOUR, declare_rate, rate_of
from core.people.roles import Action
from core.report.rounds import Round, rounds_of
from ui import session, widgets

RATE = "rounds_rate"
PROBLEM = "rounds_problem"

here = session.require(Action.JUDGE)


def declare() -> None:
    """Keep what an hour of writing costs."""
    with widgets.attempt(PROBLEM):
        declare_rate(here.store, here.project.id, st.session_state[RATE] or 0.0, here.person)


def one(found: Round) -> None:
    """One round: the verdict first, then what changed and what it cost."""
    dataset = found.dataset
    with st.container(border=True):
        st.header(f"Round {found.number}", anchor=False)
        for outcome in found.outcomes:
            said = outcome.verdict.sentence if outcome.verdict is not None else outcome.words
            st.markdown(f"**Study {outcome.study.id}:** {widgets.escaped(said)}")
        if not found.outcomes:
            st.markdown("**No study yet.** Nothing was compared blind in this round.")
        if found.serving is not None:
            st.page_link(
                "pages/decide/hand_over.py",
                label=f"{widgets.escaped(found.serving)} serves this project",
                icon=":material/rocket_launch:",
            )
        lines = (
            ("Changed", found.change_words),
            (
                "Dataset",
                f"version {dataset.number}, {dataset.n_train:,} to learn from, {dataset.n_test:,} held out",
            ),
            ("Tuned", found.model_words),
            ("Training", found.training.words),
            ("Answers", found.asking.words),
            ("Labour", found.labour.words),
        )
        st.markdown("\n".join(f"- {name}: {widgets.escaped(words)}" for name, words in lines))


def rate() -> None:
    """What an hour of writing costs, if the owner wants labour in money."""
    declared = rate_of(here.store, here.project.id)
    if not here.may(Action.FREEZE):
        return
    with st.expander("What an hour of writing costs", icon=":material/schedule:"):
        st.number_input(
            "USD an hour",
            min_value=0.0,
            max_value=float(MOST_PER_HOUR),
            value=declared,
            step=5.0,
            key=RATE,
            on_change=declare,
            help="Hours are measured while people write here, pauses left out; of imported replies they are "
            "unknown.",
        )


st.title("Rounds")
widgets.problem(PROBLEM)
known = rounds_of(here.store, here.project.id, here.person)
if not known:
    widgets.empty(
        "Each trip through the loop will stand here: what changed, what raters said, what it cost. A round "
        "begins with a frozen dataset that a model learns from.",
    )
    st.stop()
for found in known:
    one(found)
rate()
