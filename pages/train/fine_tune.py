"""Fine-tune: choose a dataset and a provider, see what it takes, launch, and follow the learning."""

import streamlit as st

from core.datasets.versions import Dataset, dataset_by_id, datasets_of
from core.errors import TouchstoneError
from core.forgetting.marks import run_mark
from core.people.roles import Action
from core.providers.profiles import Provider
from core.training import runs
from core.training.estimate import Estimate, estimate
from core.training.runs import Run, RunState
from ui import charts, forgotten, session, widgets
from ui.sent_back import flags

PROBLEM = "tune_problem"
LEARNED = "The model has learned them as they were."
POLL_SECONDS = 1.0

ICONS = {RunState.SUCCEEDED: "check_circle", RunState.FAILED: "error", RunState.CANCELLED: "cancel"}

here = session.require(Action.TRAIN)


def launch(dataset: Dataset, provider: Provider, model: str, epochs: int | None, seed: int) -> None:
    """Write the run down and begin to follow it."""
    with widgets.attempt(PROBLEM):
        run = runs.create_run(here.store, here.project, dataset, provider, model, epochs, seed, here.person)
        runs.follow_run(here.workspace.jobs, run, here.person)


def cancel(run: Run) -> None:
    """Ask for it to be stopped."""
    with widgets.attempt(PROBLEM):
        runs.cancel_run(here.store, here.workspace.jobs, run, here.person)


def look_again(run: Run) -> None:
    """Go on following a run whose trace was lost for a while."""
    with widgets.attempt(PROBLEM):
        runs.follow_run(here.workspace.jobs, run, here.person)


def choose_model(provider: Provider) -> str:
    """The model to tune: from the provider's list, or named freely."""
    try:
        models = here.workspace.providers.base_models(provider.name)
    except TouchstoneError as error:
        st.error(widgets.escaped(str(error)))
        st.stop()
    if models:
        return str(st.selectbox("Model to tune", models, key=f"model-{provider.name}"))
    return st.text_input(
        "Model to tune", key=f"model-{provider.name}", placeholder="the provider's name for it"
    )


def estimate_lines(found: Estimate, provider: Provider) -> None:
    """What the run will do and cost, before anything is spent."""
    places = st.columns(4)
    places[0].metric("examples to learn from", f"{found.examples:,}")
    places[1].metric("examples to watch", f"{found.checked_on:,}")
    tokens = "not applicable" if found.trained_tokens is None else f"about {found.trained_tokens:,}"
    places[2].metric("tokens trained", tokens)
    places[3].metric("cost", found.cost_text)
    if found.price_as_of:
        st.caption(f"Price as of {found.price_as_of}; an estimate, the provider's bill counts.")
    for note in provider.notes:
        st.caption(widgets.escaped(note))
    for sentence in found.warnings:
        widgets.caution(widgets.escaped(sentence))
    for sentence in found.obstacles:
        st.error(widgets.escaped(sentence))


def new_run(datasets: list[Dataset]) -> None:
    """The choices, the estimate, and the one button."""
    with st.container(border=True):
        st.header("Start a fine-tuning")
        left, middle, right = st.columns(3)
        with left:
            dataset = st.selectbox(
                "Dataset",
                datasets,
                index=0,
                key="tune_dataset",
                format_func=lambda one: f"version {one.number} · {one.n_train:,} to learn from",
            )
        with middle:
            provider = st.selectbox(
                "Where",
                here.workspace.providers.available(),
                index=0,
                key="tune_provider",
                format_func=lambda one: one.title if one.ready else f"{one.title} (not set up)",
            )
        with right:
            model = choose_model(provider) if provider.ready else ""
        with st.expander("Settings", icon=":material/tune:"):
            epochs = st.number_input(
                "Passes over the examples (empty: the provider chooses)",
                1,
                runs.MOST_EPOCHS,
                None,
                key="tune_epochs",
            )
            seed = st.number_input("Seed", 0, runs.MOST_SEED, 1, key="tune_seed")
        flags(here, dataset)
        found = estimate(here.store, dataset, provider, model, epochs)
        estimate_lines(found, provider)
        if provider.ready and not provider.picks_replies:
            st.info(
                f"{found.examples + found.checked_on:,} customers' questions with their ideal replies will "
                f"be sent to {widgets.escaped(provider.title)}.",
                icon=":material/upload:",
            )
        st.button(
            "Start fine-tuning",
            on_click=launch,
            args=(dataset, provider, model, epochs, int(seed)),
            type="primary",
            disabled=bool(found.obstacles),
            icon=":material/play_arrow:",
        )


@st.fragment(run_every=POLL_SECONDS)
def live(run_id: int) -> None:
    """A run that goes on: its curve grows while one looks."""
    run = runs.run_by_id(here.store, run_id)
    show(run)
    if run.ended:
        st.rerun()


def show(run: Run) -> None:
    """One run: where it stands, its curve, what happened."""
    forgotten.mark(run_mark(here.store, run.id))
    job = here.workspace.jobs.latest(runs.KIND, str(run.id))
    if not run.ended:
        if job is not None:
            widgets.job_line(job)
        if job is None or not job.unfinished:
            st.button(
                "Look again",
                on_click=look_again,
                args=(run,),
                key=f"look-{run.id}",
                icon=":material/refresh:",
            )
        st.button(
            "Stop this run", on_click=cancel, args=(run,), key=f"cancel-{run.id}", icon=":material/stop:"
        )
    elif run.state is RunState.SUCCEEDED:
        span = runs.loss_span(here.store, run.id)
        fell = f" Training loss {span.first:.3f} → {span.last:.3f}." if span else ""
        took = f" It took {run.seconds:.0f} s." if run.seconds is not None else ""
        st.success(f"The tuned model is ready.{fell}{took}")
        st.caption(f"Model {widgets.escaped(run.model or '')}")
        flags(here, dataset_by_id(here.store, run.dataset_id), made_of_it=LEARNED)
        st.page_link(
            "pages/compare/side_by_side.py", label="Ask it something", icon=":material/arrow_forward:"
        )
    else:
        st.error(widgets.escaped(run.error or f"The run was {run.state.value}."))
    if job is not None and job.attempts > 1:
        st.caption(
            "Touchstone was restarted while this run went on; it was found again and followed to its end."
        )
    points = runs.metric_points(here.store, run.id)
    if not points.empty:
        charts.loss_curve(points, key=f"loss-{run.id}")
    with st.expander("What happened", icon=":material/history:"):
        for event in runs.events(here.store, run.id)[:100]:
            st.caption(widgets.escaped(f"{event.happened_at:%H:%M:%S} {event.message}"))


st.title("Fine-tune")
st.caption(
    "The model learns from the approved replies of a frozen dataset. Nothing is sent before you start it."
)
widgets.problem(PROBLEM)
datasets = datasets_of(here.store, here.project.id)
if not datasets:
    widgets.empty(
        "A fine-tuning needs a frozen dataset. There is none yet.",
        action="Freeze a dataset",
        page="pages/train/dataset.py",
    )
    st.stop()
new_run(datasets)
found = runs.runs_of(here.store, here.project.id)
if found:
    st.header("Runs")
for place, run in enumerate(found):
    icon = ICONS.get(run.state, "pending")
    state = run.state.value.replace("_", " ")
    title = f"Run {run.id} · {run.base_model} · {state} · {widgets.ago(run.created_at)}"
    with st.expander(widgets.escaped(title), expanded=place == 0 or not run.ended, icon=f":material/{icon}:"):
        if run.ended:
            show(run)
        else:
            live(run.id)
