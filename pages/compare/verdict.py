"""Verdict: what blind raters showed, how sure it is, and what it does not say."""

from dataclasses import replace

import streamlit as st

from core.answers.arms import ensure_arms_of_run
from core.datasets.versions import dataset_by_id
from core.errors import TouchstoneError
from core.forgetting.marks import study_mark
from core.people.roles import Action
from core.rating import studies
from core.rating.raters import invited, progress_of
from core.rating.studies import Study, StudyState
from core.rating.study_plan import MOST_RATERS, suggested_plan
from core.report.verdict_content import open_content, verdict_content
from core.training.runs import Run, RunState, run_by_id, runs_of
from ui import forgotten, session, verdict_parts, widgets
from ui.sent_back import flags
from ui.take_away import take_away

STUDY = "verdict_study"
RUN = "verdict_run"
RATERS = "verdict_planned"
PROBLEM = "verdict_problem"
LOOK_SECONDS = 2.0

here = session.require(Action.JUDGE)


def open_new(run_id: int, dataset_id: str) -> None:
    """Open a blind study of a run's two models and begin to prepare it."""
    try:
        run = run_by_id(here.store, run_id)
        base, tuned = ensure_arms_of_run(here.store, run, here.person)
        dataset = dataset_by_id(here.store, dataset_id)
        planned = st.session_state.get(RATERS)
        plan = suggested_plan(here.store, dataset)
        plan = replace(plan, raters=planned or plan.raters)
        study = studies.open_study(here.store, here.project, dataset, base, tuned, here.person, plan)
        st.session_state[STUDY] = study.id
        prepare(study)
    except TouchstoneError as error:
        st.session_state[PROBLEM] = str(error)


def prepare(study: Study) -> None:
    """Ask both models every test prompt, in the background."""
    try:
        here.workspace.jobs.submit(studies.KIND, str(study.id), here.person, study.project_id)
    except TouchstoneError as error:
        st.session_state[PROBLEM] = str(error)


def close(study: Study) -> None:
    """End the study and reveal it."""
    try:
        studies.close_study(here.store, study, here.person)
    except TouchstoneError as error:
        st.session_state[PROBLEM] = str(error)


@st.dialog("Close this study and reveal it?")
def confirm_closing(study: Study) -> None:
    """Closing cannot be undone, so it is asked twice."""
    found = open_content(here.store, study).evidence
    st.write(
        f"{found.complete} of {found.n_prompts} prompts count so far, and the verdict will rest on these. "
        "No more votes are taken, and everybody sees which answers were whose. A closed study cannot be "
        "opened again; a new one begins with no votes."
    )
    if st.button(
        "Close and reveal",
        key="verdict_close",
        on_click=close,
        args=(study,),
        type="primary",
        width="stretch",
    ):
        st.rerun()


def closing(study: Study) -> None:
    """The owner's button."""
    if here.may(Action.STUDY) and st.button("Close and reveal", icon=":material/lock_open:"):
        confirm_closing(study)


def preparing(study: Study) -> None:
    """A study whose answers are being made."""
    job = here.workspace.jobs.latest(studies.KIND, str(study.id))
    st.markdown(f"**Study {study.id} is being prepared:** both models answer every held-out question.")
    if job is not None and job.unfinished:
        st.fragment(look_again, run_every=LOOK_SECONDS)(study.id)
        return
    if job is not None:
        widgets.job_line(job)
    if here.may(Action.STUDY):
        st.button("Prepare it again", on_click=prepare, args=(study,), type="primary")
        closing(study)


def look_again(study_id: int) -> None:
    """How far the answers are; when they are there the page is drawn anew."""
    job = here.workspace.jobs.latest(studies.KIND, str(study_id))
    if job is None or not job.unfinished:
        st.rerun()
    else:
        widgets.job_line(job)


def hidden_from_me(study: Study) -> bool:
    """Whether this person rates in the study, so that nothing of it may be shown to them yet."""
    seated = any(one.person.id == here.person.id for one in progress_of(here.store, study.id))
    return here.may(Action.RATE) and (seated or not here.may(Action.STUDY))


def under_way(study: Study) -> None:
    """An open study: the evidence without a direction, and how far everybody is."""
    people = invited(here.store, study.project_id, study.dataset_id)
    if hidden_from_me(study):
        with st.container(border=True):
            st.markdown(
                "**You rate in this study, so what it shows is hidden from you until it is closed.** "
                "Then you will see here which answers were whose, and which were preferred."
            )
            st.page_link("pages/compare/rate.py", label="Go on rating", icon=":material/arrow_forward:")
        if here.may(Action.STUDY):
            verdict_parts.raters(progress_of(here.store, study.id), people, study.raters)
    else:
        verdict_parts.under_way(open_content(here.store, study), people, study.raters)
    closing(study)


def new_study(ready: list[Run]) -> None:
    """The form that opens a study of a finished run."""
    if not here.may(Action.STUDY) or not ready:
        return
    with st.expander("Open a blind study", icon=":material/add:", expanded=not known):
        run: Run = st.selectbox(
            "Compare the model of", ready, key=RUN, format_func=lambda one: f"run {one.id} · {one.base_model}"
        )
        dataset = dataset_by_id(here.store, run.dataset_id)
        people = invited(here.store, here.project.id, dataset.id)
        st.number_input(
            "How many people will rate every prompt?",
            min_value=1,
            max_value=MOST_RATERS,
            value=max(1, len(people.may_rate)),
            key=RATERS,
            help="A prompt counts once so many people rated it, so plan no more than will come.",
        )
        verdict_parts.invitation(people)
        st.button(
            f"Open a blind study of {dataset.n_test} prompts",
            on_click=open_new,
            args=(run.id, dataset.id),
            type="primary",
        )


st.title("Verdict")
if problem := st.session_state.pop(PROBLEM, None):
    st.error(widgets.escaped(problem))
known = {study.id: study for study in studies.studies_of(here.store, here.project.id)}
tuned = [run for run in runs_of(here.store, here.project.id) if run.state is RunState.SUCCEEDED]
if not known:
    lead_on = here.may(Action.TRAIN) and not tuned
    widgets.empty(
        "Here you will read which model raters preferred, how sure that is, and what it does not say. "
        + ("No study was opened yet." if tuned else "It takes a tuned model, and there is none yet."),
        action="Fine-tune one" if lead_on else "",
        page="pages/train/fine_tune.py" if lead_on else "",
    )
    new_study(tuned)
    st.stop()
chosen = next(iter(known))
if len(known) > 1:
    chosen = st.selectbox(
        "Study",
        list(known),
        key=STUDY,
        format_func=lambda number: f"study {number}, opened {known[number].created_at:%d %b %Y, %H:%M} UTC",
    )
study = known[chosen]
forgotten.mark(study_mark(here.store, study))
if study.state is StudyState.PREPARING:
    preparing(study)
elif study.state is StudyState.OPEN:
    under_way(study)
else:
    flags(
        here,
        dataset_by_id(here.store, study.dataset_id),
        made_of_it="The tuned model has learned them as they were.",
    )
    verdict_parts.result(verdict_content(here.store, study), here.project.kind)
    take_away(here, study)
new_study(tuned)
