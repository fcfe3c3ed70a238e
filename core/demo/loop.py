"""The loop, headless: seed, freeze, fine-tune, answer, judge; every number measured here and now."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from core.answers.arms import Arm, ensure_arms_of_run
from core.answers.generate import generate
from core.answers.measures import exact
from core.curation.projects import Project
from core.datasets.splitting import parse_shares
from core.datasets.versions import Dataset, freeze
from core.demo.seed import SPLIT, seed_demo
from core.errors import Refused, TouchstoneError
from core.jobs.jobs import Job, Jobs, JobState
from core.people.persons import Person, find_person
from core.settings import LOCAL_EMAIL
from core.training.runs import LossSpan, Run, create_run, follow_run, loss_span, run_by_id
from core.verdict.accuracy import ArmAccuracy, Paired
from core.workspace import Workspace

LOOK_SECONDS = 0.1

Say = Callable[[str], None]
Pause = Callable[[float], None]


@dataclass(frozen=True)
class Lap:
    """One demo project once around the loop."""

    project: Project
    dataset: Dataset
    run: Run
    base: ArmAccuracy
    tuned: ArmAccuracy
    paired: Paired
    loss: LossSpan
    seconds: float


def run_demo(workspace: Workspace, seed: int, say: Say) -> list[Lap]:
    """Take both demo projects once around the loop on the local engine.

    Raises:
        TouchstoneError: a step failed; what was done before it is kept.
    """
    return [lap(workspace, project, seed, say) for project in seed_demo(workspace.store)]


def lap(workspace: Workspace, project: Project, seed: int, say: Say) -> Lap:
    """Take one project once around the loop."""
    began = time.perf_counter()
    store, jobs = workspace.store, workspace.jobs
    owner = owner_of(workspace)
    dataset = freeze(store, project, parse_shares(SPLIT), seed, owner)
    say(f"{project.name}: {dataset.n_train} examples to learn from, {dataset.n_test} held out")
    run = start_run(workspace, project, dataset, seed, owner)
    wait_for(jobs, follow_run(jobs, run, owner))
    run = run_by_id(store, run.id)
    base, tuned = ensure_arms_of_run(store, run)
    wait_for(jobs, generate(store, jobs, dataset.id, (base, tuned), owner))
    loss = loss_span(store, run.id)
    if loss is None:
        raise TouchstoneError(f"Run {run.id} ended without a loss. Nothing was lost; look at its events.")
    return _judged(workspace, project, dataset, run, base, tuned, loss, time.perf_counter() - began)


def start_run(workspace: Workspace, project: Project, dataset: Dataset, seed: int, owner: Person) -> Run:
    """A new run on the local engine with its best model and its own settings."""
    provider = workspace.providers.get("local")
    model = workspace.providers.base_models(provider.name)[0]
    return create_run(workspace.store, project, dataset, provider, model, None, seed, owner)


def wait_for(jobs: Jobs, job: Job, pause: Pause = time.sleep) -> Job:
    """Wait until a job has ended.

    Raises:
        TouchstoneError: it failed or was stopped.
    """
    while job.unfinished:
        pause(LOOK_SECONDS)
        job = jobs.get(job.id)
    if job.state is not JobState.DONE:
        raise TouchstoneError(job.outcome or "The work was stopped.")
    return job


def _judged(
    workspace: Workspace,
    project: Project,
    dataset: Dataset,
    run: Run,
    base: Arm,
    tuned: Arm,
    loss: LossSpan,
    seconds: float,
) -> Lap:
    found = exact(workspace.store, dataset.id, (base, tuned))
    if found is None or found.n < found.n_test:
        raise TouchstoneError(
            f"Some of the {dataset.n_test} held-out questions were not answered. Try again."
        )
    return Lap(
        project=project,
        dataset=dataset,
        run=run,
        base=found.arms[base.id],
        tuned=found.arms[tuned.id],
        paired=found.paired[base.id, tuned.id],
        loss=loss,
        seconds=seconds,
    )


def owner_of(workspace: Workspace) -> Person:
    """Who owns the demo projects."""
    owner = find_person(workspace.store, LOCAL_EMAIL)
    if owner is None:
        raise Refused(
            "The demo's owner is missing from this workspace. Name an empty folder with --home DIR."
        )
    return owner
