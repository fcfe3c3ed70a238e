"""The plan of a study as a form: sensible as it stands, everything else under “Change the plan”."""

import streamlit as st

from core.answers.arms import Arm, ArmKind, arms_of
from core.curation.projects import Kind
from core.datasets.versions import Dataset
from core.rating import planner
from core.rating.study_plan import (
    LONGEST_QUALITY,
    LONGEST_RUBRIC,
    MOST_PRACTICE,
    MOST_RATERS,
    MOST_REPEATS,
    SCALE_RUBRIC,
    TIES,
    Claim,
    Form,
    Plan,
    suggested_plan,
)
from core.training.runs import Run
from ui import widgets
from ui.session import Session

CLAIMS = {
    Claim.BETTER: "It is better",
    Claim.NOT_WORSE: "It is not worse, by more than a margin",
    Claim.AS_GOOD: "It is as good, within a margin",
}
FORMS = {
    Form.DUEL: "Say which answer is better",
    Form.SCALE: "Rate both from 1 to 5 on one quality",
}
USUAL_MARGIN = 10.0
USUAL_POINTS = 10.0
FEWEST_POINTS, MOST_POINTS = 3.0, 49.0


def chosen_run(ready: list[Run]) -> Run:
    """The run whose tuned model is in question; the newest unless somebody chooses."""
    if len(ready) == 1:
        return ready[0]
    return st.selectbox(
        "The tuned model of",
        ready,
        key="study_run",
        format_func=lambda one: f"run {one.id} · {one.base_model} · {widgets.ago(one.created_at)}",
    )


def chosen_plan(here: Session, dataset: Dataset) -> tuple[Plan, Arm | None]:
    """The plan as it stands on the screen, and the arm to compare with, if not the run's own base."""
    usual = suggested_plan(here.store, dataset)
    with st.expander("Change the plan", icon=":material/tune:"):
        other = _other(here)
        claim, margin = _claim()
        raters, prompts, practice, repeats = _sizes(usual, dataset)
        form, quality = _form()
        rubric = st.text_area(
            "What raters are to go by",
            SCALE_RUBRIC if form is Form.SCALE else usual.rubric,
            max_chars=LONGEST_RUBRIC,
            height=160,
            key=f"study_rubric_{here.project.id}_{form.value}",
        )
        st.caption(f"{TIES} α is {usual.alpha:g}: evidence of {1 / usual.alpha:.0f} is needed.")
    plan = Plan(
        raters=raters,
        rubric=rubric,
        claim=claim,
        margin=margin,
        form=form,
        quality=quality,
        prompts=None if prompts == dataset.n_test else prompts,
        practice=practice,
        repeats=repeats,
    )
    return plan, other


def what_it_can_show(plan: Plan, dataset: Dataset, kind: Kind) -> None:
    """The planner: what this plan finds, and what it would take to find less."""
    for sentence in planner.what_it_can_show(plan, dataset.n_test):
        st.markdown(f":material/straighten: {widgets.escaped(sentence)}")
    with st.popover("How many prompts would it take?", icon=":material/calculate:"):
        points = st.number_input(
            "Smallest difference worth knowing, in points from 50",
            FEWEST_POINTS,
            MOST_POINTS,
            USUAL_POINTS,
            step=1.0,
            key="study_points",
        )
        st.write(widgets.escaped(planner.prompts_for(points, plan.raters, dataset.n_test)))
        st.caption("Where both give the same answer it counts as a tie, and such prompts show less.")
        if kind is Kind.LABEL:
            st.write(widgets.escaped(planner.word_for_word(dataset.n_test)))


def _other(here: Session) -> Arm | None:
    """Another model to compare with, where there is one that has learned nothing of these replies."""
    models = [arm for arm in arms_of(here.store, here.project.id) if arm.kind is ArmKind.MODEL]
    if not models:
        return None
    return st.selectbox(
        "Compared with",
        [None, *models],
        key="study_other",
        format_func=lambda arm: "the model before tuning" if arm is None else arm.name,
    )


def _claim() -> tuple[Claim, float | None]:
    left, right = st.columns([2, 1], vertical_alignment="bottom")
    claim = left.radio(
        "What shall be shown of the tuned model?",
        list(CLAIMS),
        key="study_claim",
        format_func=CLAIMS.__getitem__,
    )
    if claim is Claim.BETTER:
        return claim, None
    points = right.number_input(
        "Margin, in points",
        1.0,
        MOST_POINTS,
        USUAL_MARGIN,
        step=1.0,
        key="study_margin",
        help="10 points: 40 % against 60 % would still do.",
    )
    return claim, points / 100


def _sizes(usual: Plan, dataset: Dataset) -> tuple[int, int, int, float]:
    raters, prompts, practice, repeats = st.columns(4)
    return (
        raters.number_input(
            "Raters for every prompt",
            1,
            MOST_RATERS,
            usual.raters,
            key="study_raters",
            help="A prompt counts once so many people rated it, so plan no more than will come.",
        ),
        prompts.number_input(
            "Prompts, at most",
            min(2, dataset.n_test),
            max(2, dataset.n_test),
            max(2, dataset.n_test),
            key=f"study_prompts_{dataset.id}",
            help="The first so many in an order drawn beforehand, the same for all raters.",
        ),
        practice.number_input(
            "Practice items",
            0,
            MOST_PRACTICE,
            usual.practice,
            key=f"study_practice_{dataset.id}",
            help="Raters begin with these. They come from the end of the order and count for nothing.",
        ),
        repeats.number_input(
            "Shown again, in %",
            0,
            round(100 * MOST_REPEATS),
            round(100 * usual.repeats),
            key=f"study_repeats_{dataset.id}",
            help="These come a second time with the sides swapped, to see how steadily people rate.",
        )
        / 100,
    )


def _form() -> tuple[Form, str]:
    left, right = st.columns([2, 1], vertical_alignment="bottom")
    form = left.radio("How do raters answer?", list(FORMS), key="study_form", format_func=FORMS.__getitem__)
    if form is Form.DUEL:
        return form, ""
    return form, right.text_input(
        "The quality", key="study_quality", max_chars=LONGEST_QUALITY, placeholder="tone"
    )
