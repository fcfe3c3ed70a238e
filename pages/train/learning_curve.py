"""Learning curve: the same model trained on few and on many examples, and what more of them would bring."""

import streamlit as st

from core.datasets.versions import Dataset, datasets_of
from core.errors import TouchstoneError
from core.people.roles import Action
from core.providers.profiles import LOCAL
from core.report.accuracy_content import replies_repeat
from core.report.curve_content import curve_content
from core.training.sweeps import DRAWS, KIND, Sweep, sizes_for, start_sweep, sweep_of, too_small
from ui import session, widgets
from ui.curve_chart import curve_chart

PROBLEM = "curve_problem"
LOOK_SECONDS = 1.0

here = session.require(Action.TRAIN)


def begin(dataset: Dataset, model: str) -> None:
    """Begin, or go on where it stopped."""
    with widgets.attempt(PROBLEM):
        start_sweep(here.store, here.workspace.jobs, here.project, dataset, model, here.person)


def models() -> tuple[str, ...]:
    """What the local engine can tune."""
    try:
        return here.workspace.providers.base_models(LOCAL.name)
    except TouchstoneError as error:
        st.error(widgets.escaped(str(error)))
        st.stop()


@st.fragment(run_every=LOOK_SECONDS)
def growing(sweep: Sweep) -> None:
    """A curve that is being made, and the way to stop it; the page is drawn anew at its end."""
    job = here.workspace.jobs.latest(KIND, str(sweep.id))
    if job is None or not job.unfinished:
        st.rerun()
    widgets.job_line(job)
    st.button("Stop", on_click=here.stop, args=(job.id,))
    draw(sweep)


def draw(sweep: Sweep) -> None:
    """What is known so far."""
    content = curve_content(here.store, sweep)
    for reason in content.failed:
        widgets.caution(widgets.escaped(f"A training failed: {reason}"))
    if content.shares:
        st.write(content.sentence)
        curve_chart(content, key=f"curve-{sweep.id}")
        st.caption(
            "Right is the approved reply, word for word. Each dot is a model of its own, trained on examples "
            "drawn at random, without the examples to watch. A reply picker knows only the replies of its "
            "examples; without tuning it was given those of all. The models are deleted afterwards."
        )


st.title("Learning curve")
st.caption("How many examples it takes, and whether more of them would help.")
widgets.problem(PROBLEM)
datasets = datasets_of(here.store, here.project.id)
if not datasets:
    widgets.empty(
        "A learning curve needs a frozen dataset. There is none yet.",
        action="Freeze a dataset",
        page="pages/train/dataset.py",
    )
    st.stop()
left, right = st.columns(2)
dataset = left.selectbox(
    "Dataset",
    datasets,
    key="curve_dataset",
    format_func=lambda one: f"version {one.number} · {one.n_train:,} to learn from · {one.n_test:,} held out",
)
model = right.selectbox("Model to tune", models(), key="curve_model")
if why := too_small(dataset):
    widgets.caution(widgets.escaped(why))
    st.stop()
if not replies_repeat(here.store, dataset):
    widgets.caution(
        "In this dataset most held-out questions have a reply of their own, which no model gives word for "
        "word. A learning curve counts exact replies, so it would stay near zero. Rate answers blind instead."
    )
    st.stop()
sweep = sweep_of(here.store, dataset.id, model)
job = here.workspace.jobs.latest(KIND, str(sweep.id)) if sweep else None
if sweep is not None and job is not None and job.unfinished:
    growing(sweep)
    st.stop()
if sweep is None or not curve_content(here.store, sweep).complete:
    sizes = sizes_for(dataset.n_train)
    named = ", ".join(str(size) for size in sizes)
    st.write(
        f"The model is trained {len(sizes) * DRAWS} times: on {named} examples, {DRAWS} draws of each. It "
        "stays on this machine, costs nothing, and takes about a minute for a few hundred examples."
    )
    word = "Draw the curve" if sweep is None else "Go on"
    st.button(word, type="primary", icon=":material/show_chart:", on_click=begin, args=(dataset, model))
if sweep is not None:
    draw(sweep)
