"""Study: declare a blind comparison before anybody votes, follow it without a direction, close it."""

import streamlit as st

from core.answers.arms import Arm, ensure_arms_of_run
from core.datasets.versions import dataset_by_id
from core.errors import TouchstoneError
from core.people.roles import Action
from core.rating import overseeing, studies
from core.rating.raters import invited, progress_of
from core.rating.studies import Study, StudyState
from core.rating.study_plan import Plan
from core.report.closing import close_and_mark
from core.report.verdict_content import declared_of, open_content
from core.training.runs import Run, RunState, run_by_id, runs_of
from ui import session, study_form, study_parts, verdict_parts, widgets

STUDY = "study_chosen"
PROBLEM = "study_problem"
LOOK_SECONDS = 2.0

here = session.require(Action.STUDY)


def open_new(run_id: int, other: Arm | None, plan: Plan) -> None:
    """Declare a study of a run's tuned model and begin to prepare it."""
    with widgets.attempt(PROBLEM):
        run = run_by_id(here.store, run_id)
        base, tuned = ensure_arms_of_run(here.store, run, here.person)
        dataset = dataset_by_id(here.store, run.dataset_id)
        study = studies.open_study(here.store, here.project, dataset, other or base, tuned, here.person, plan)
        st.session_state[STUDY] = study.id
        prepare(study)


def prepare(study: Study) -> None:
    """Ask both models every test prompt, in the background; then the study opens."""
    with widgets.attempt(PROBLEM):
        here.workspace.jobs.submit(studies.KIND, str(study.id), here.person, study.project_id)


def decide(study: Study, items: list[int]) -> None:
    """Leave these prompts out, keep the others, and open the study."""
    with widgets.attempt(PROBLEM):
        studies.leave_out(here.store, study, items, here.person)
        prepare(study)


def close(study: Study) -> None:
    """End the study and reveal it."""
    with widgets.attempt(PROBLEM):
        close_and_mark(here.store, study, here.person)


@st.dialog("Close this study and reveal it?")
def confirm_closing(study: Study) -> None:
    """Closing cannot be undone, so it is asked twice."""
    found = open_content(here.store, study).evidence
    st.write(
        f"{found.complete} of {found.n_prompts} prompts count so far, and the verdict will rest on these. "
        "No more votes are taken, and everybody sees which answers were whose. A closed study cannot be "
        "opened again; a new one begins with no votes."
    )
    pressed = st.button(
        "Close and reveal", key="study_close", on_click=close, args=(study,), type="primary", width="stretch"
    )
    if pressed and PROBLEM not in st.session_state:
        st.switch_page("pages/compare/verdict.py")
    if pressed:
        st.rerun()


def preparing(study: Study) -> None:
    """A study whose answers are being made, or that waits for a decision about identity words."""
    job = here.workspace.jobs.latest(studies.KIND, str(study.id))
    if job is not None and job.unfinished:
        st.markdown(f"**Study {study.id} is being prepared:** both models answer every held-out question.")
        st.fragment(look_again, run_every=LOOK_SECONDS)(study.id)
        return
    try:
        found = studies.telling_prompts(here.store, study)
    except TouchstoneError as error:
        if job is not None:
            widgets.job_line(job)
        st.write(widgets.escaped(str(error)))
        st.button("Prepare it again", on_click=prepare, args=(study,), type="primary")
    else:
        n_test = dataset_by_id(here.store, study.dataset_id).n_test
        chosen = study_parts.tells(found, n_test) if found else []
        if st.button("Open the study", type="primary"):
            decide(study, chosen)
            st.rerun()
    with st.popover("Give this study up"):
        st.write("Nobody has rated it. It stays in the list as closed, without a verdict.")
        st.button("Give it up", on_click=close, args=(study,))


def look_again(study_id: int) -> None:
    """How far the answers are; when they are there the page is drawn anew."""
    job = here.workspace.jobs.latest(studies.KIND, str(study_id))
    if job is None or not job.unfinished:
        st.rerun()
    else:
        widgets.job_line(job)


def under_way(study: Study) -> None:
    """An open study: how far everybody is, the evidence if somebody asks for it, and the end."""
    progress = progress_of(here.store, study.id)
    content = open_content(here.store, study)
    left, right = st.columns([3, 2], gap="medium")
    with right:
        people = invited(here.store, study.project_id, study.dataset_id)
        verdict_parts.raters(progress, people, study.raters)
    with left:
        study_parts.state(content)
        sides = overseeing.sides_of(here.store, study)
        if sides.n_votes:
            st.caption(sides.sentence)
        if any(one.person.id == here.person.id for one in progress):
            st.caption("You rate in this study, so its evidence is hidden from you until it is closed.")
        elif st.toggle("Show the evidence so far", key=f"study_look_{study.id}", help="Each look is noted."):
            study_parts.evidence(here, study, content)
        if st.button("Close and reveal", icon=":material/lock_open:"):
            confirm_closing(study)


def new_study(ready: list[Run]) -> None:
    """The form that opens a study of a finished run.

    The button is no callback: one has the plan of the last drawing, and what was typed since would be lost.
    """
    run = study_form.chosen_run(ready)
    dataset = dataset_by_id(here.store, run.dataset_id)
    st.markdown(
        f"**Is the tuned model of run {run.id} better than what there was?** Colleagues compare both answers "
        f"to {dataset.n_test} held-out questions without knowing whose they are. What you declare here is "
        "fixed before the first vote, and shown with the result."
    )
    people = invited(here.store, here.project.id, dataset.id)
    verdict_parts.invitation(people)
    if not people.may_rate and here.may(Action.MANAGE):
        st.page_link("pages/admin/people.py", label="Add a rater", icon=":material/arrow_forward:")
    plan, other = study_form.chosen_plan(here, dataset)
    study_form.what_it_can_show(plan, dataset, here.project.kind)
    if st.button("Open the study", key="study_open", type="primary"):
        open_new(run.id, other, plan)
        st.rerun()


st.title("Study")
widgets.problem(PROBLEM)
lines = overseeing.study_lines(here.store, here.project.id)
tuned = [run for run in runs_of(here.store, here.project.id) if run.state is RunState.SUCCEEDED]
if not lines and not tuned:
    widgets.empty(
        "Here you will open a blind comparison of a tuned model with what there was before. It takes a tuned "
        "model, and there is none yet.",
        action="Fine-tune one",
        page="pages/train/fine_tune.py",
    )
    st.stop()
if not lines:
    new_study(tuned)
    st.stop()
by_number = {line.study.id: line for line in lines}
number = next(iter(by_number))
if len(lines) > 1:
    number = st.selectbox(
        "Study", list(by_number), key=STUDY, format_func=lambda one: study_parts.label(by_number[one])
    )
study = by_number[number].study
st.header(f"Study {study.id}: {study_parts.STATES[study.state]}", anchor=False)
if study.state is StudyState.PREPARING:
    preparing(study)
elif study.state is StudyState.OPEN:
    under_way(study)
else:
    st.page_link("pages/compare/verdict.py", label="Read the verdict", icon=":material/arrow_forward:")
study_parts.plan(declared_of(here.store, study))
if tuned:
    with st.expander("Open another study", icon=":material/add:"):
        new_study(tuned)
if len(lines) > 1:
    with st.expander("All studies", icon=":material/list:"):
        study_parts.table(lines)
