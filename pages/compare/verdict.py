"""Verdict: what blind raters showed, how sure it is, and what it does not say."""

import streamlit as st

from core.datasets.versions import dataset_by_id
from core.forgetting.marks import study_mark
from core.people.roles import Action
from core.rating import studies
from core.rating.looks import note_look
from core.rating.raters import invited, progress_of
from core.rating.studies import Study, StudyState
from core.report.verdict_content import declared_of, open_content, verdict_content
from core.training.runs import RunState, runs_of
from ui import choosing, forgotten, judge_panel, losses, session, study_parts, verdict_parts, widgets
from ui.sent_back import flags
from ui.take_away import take_away

STUDY = "verdict_study"

here = session.require(Action.JUDGE)


def preparing(study: Study) -> None:
    """A study whose answers are being made."""
    st.markdown(
        f"**Study {study.id} is being prepared:** both models answer every held-out question, then it opens."
    )
    to_the_study()


def to_the_study() -> None:
    """The owner's way to the study itself, where it is opened and closed."""
    if here.may(Action.STUDY):
        st.page_link("pages/compare/study.py", label="Go to the study", icon=":material/arrow_forward:")


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
        note_look(here.store, study, here.person)
        verdict_parts.under_way(open_content(here.store, study), people, study.raters)
        study_parts.plan(declared_of(here.store, study))
    to_the_study()


st.title("Verdict")
known = {study.id: study for study in studies.studies_of(here.store, here.project.id)}
tuned = [run for run in runs_of(here.store, here.project.id) if run.state is RunState.SUCCEEDED]
if not known:
    steps = ("Open a study", "pages/compare/study.py"), ("Fine-tune one", "pages/train/fine_tune.py")
    action, page = steps[not tuned] if here.may(Action.STUDY) else ("", "")
    widgets.empty(
        "Here you will read which model raters preferred, how sure that is, and what it does not say. "
        + ("No study was opened yet." if tuned else "It takes a tuned model, and there is none yet."),
        action=action,
        page=page,
    )
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
    content = verdict_content(here.store, study)
    verdict_parts.sentence(content)
    choosing.offer(here, study, content)
    take_away(here, study)
    verdict_parts.numbers(content, here.project.kind)
    losses.draw(here, study, content.arms)
    judge_panel.draw(here, study, content.arms[1].words)
    study_parts.plan(content.declared, content.claim)
