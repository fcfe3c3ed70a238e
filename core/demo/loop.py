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
from core.demo.steps import owner_of, start_run, wait_for
from core.errors import TouchstoneError
from core.training.runs import LossSpan, Run, follow_run, loss_span, run_by_id
from core.verdict.accuracy import ArmAccuracy, Paired
from core.workspace import Workspace

Say = Callable[[str], None]


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
    base, tuned = ensure_arms_of_run(store, run, owner)
    wait_for(jobs, generate(store, jobs, dataset.id, (base, tuned), owner))
    loss = loss_span(store, run.id)
    if loss is None:
        raise TouchstoneError(f"Run {run.id} ended without a loss. Nothing was lost; look at its events.")
    return _judged(workspace, project, dataset, run, base, tuned, loss, time.perf_counter() - began)


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
