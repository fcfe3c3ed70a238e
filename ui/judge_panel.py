"""A judge model beside the raters: what it adds, and the way to ask one after seeing what is sent."""

from functools import partial

import streamlit as st

from core.judging.beside import judged
from core.judging.judges import KIND, Judge, JudgePlan, ask_judge, judge_plan, judges_of
from core.people.roles import Action
from core.providers.profiles import Provider
from core.rating.studies import Study
from ui import widgets
from ui.session import Session

PROBLEM = "judge_problem"
WHERE = "judge_where"
MODEL = "judge_model"
LOOK_SECONDS = 1.0
NO_PROVIDER = (
    "It takes a model that writes. The reply picker cannot be a judge: it chooses among approved replies and "
    "weighs nothing. Put OPENAI_API_KEY, or TOUCHSTONE_PROVIDER_BASE_URL and TOUCHSTONE_PROVIDER_KEY, into "
    "the environment or .streamlit/secrets.toml and start again."
)


def draw(here: Session, study: Study, words: str) -> None:
    """Folded: what judges add, the one at work, and the form to ask another."""
    known = judges_of(here.store, study)
    if not known and not here.may(Action.STUDY):
        return
    widgets.problem(PROBLEM)
    busy = next((judge for judge in known if _working(here, judge)), None)
    with st.expander("A judge model beside the raters", icon=":material/balance:", expanded=busy is not None):
        st.caption(
            "A model says which answer it would send, twice for each pair with the sides swapped. That is no "
            "vote: it only makes what people said more precise, where it agrees with them."
        )
        for found in judged(here.store, study, words):
            st.markdown("\n".join(f"- {widgets.escaped(line)}" for line in found.sentences))
        if busy is not None:
            st.fragment(partial(_progress, here, busy), run_every=LOOK_SECONDS)()
        elif here.may(Action.STUDY):
            _ended(here, known)
            _form(here, study)


def _working(here: Session, judge: Judge) -> bool:
    job = here.workspace.jobs.latest(KIND, str(judge.id))
    return job is not None and job.unfinished


def _progress(here: Session, judge: Judge) -> None:
    job = here.workspace.jobs.latest(KIND, str(judge.id))
    if job is None or not job.unfinished:
        st.rerun()
    else:
        widgets.job_line(job)
        if here.may(Action.STUDY):
            st.button("Stop", key="judge_stop", on_click=here.stop, args=(job.id,))


def _ended(here: Session, known: list[Judge]) -> None:
    """How the last asking ended."""
    jobs = (here.workspace.jobs.latest(KIND, str(judge.id)) for judge in known)
    last = max(filter(None, jobs), key=lambda job: job.id, default=None)
    if last is not None:
        widgets.job_line(last)


def _form(here: Session, study: Study) -> None:
    ready = [one for one in here.workspace.providers.available() if one.ready and not one.picks_replies]
    if not ready:
        st.caption(NO_PROVIDER)
        return
    left, right = st.columns(2)
    provider = left.selectbox("Where", ready, format_func=lambda one: one.title, key=WHERE)
    model = right.text_input("Model", key=MODEL, placeholder="its name at this provider")
    if not model.strip():
        return
    plan = judge_plan(here.store, study, provider, model)
    _offer(here, study, provider, plan)


def _offer(here: Session, study: Study, provider: Provider, plan: JudgePlan) -> None:
    """What will be sent, before it is."""
    if plan.warning:
        widgets.caution(widgets.escaped(plan.warning))
    if plan.obstacle:
        st.caption(widgets.escaped(plan.obstacle))
        return
    st.write(widgets.escaped(plan.sentence))
    st.button("Send and ask", on_click=_ask, args=(here, study, provider), icon=":material/send:")


def _ask(here: Session, study: Study, provider: Provider) -> None:
    with widgets.attempt(PROBLEM):
        ask_judge(here.store, here.workspace.jobs, study, provider, st.session_state[MODEL], here.person)
