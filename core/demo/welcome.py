"""The welcome: an empty workspace gets the demo projects at once, and their first lap in the background."""

from dataclasses import replace

from core.answers.arms import ensure_arms_of_run
from core.curation.contradictions.scan import start_scan
from core.curation.projects import Project
from core.datasets.splitting import parse_shares
from core.datasets.versions import freeze
from core.demo.seed import SPLIT, seed_demo
from core.demo.steps import owner_of, start_run, wait_for
from core.jobs.jobs import Task
from core.people.persons import Person
from core.rating.studies import KIND as STUDY
from core.rating.studies import Study, open_study, studies_of
from core.rating.study_plan import suggested_plan
from core.training.runs import Run, RunState, follow_run, run_by_id, runs_of
from core.workspace import Workspace

KIND = "demo"
SEED = 1
RATERS = 1
"""So that somebody alone sees a verdict soon; a real study wants three or more, practice and repeats."""


def register(workspace: Workspace) -> None:
    """Name the work of the background job."""
    workspace.jobs.register(KIND, lambda task: _lap_each(workspace, task))


def welcome(workspace: Workspace) -> None:
    """Seed the demo where nobody has begun anything yet, look through it, and start its first lap."""
    if workspace.store.value("select count(*) from projects"):
        return
    projects, owner = seed_demo(workspace.store), owner_of(workspace)
    for project in projects:
        start_scan(workspace.jobs, workspace.store, project, owner)
    workspace.jobs.submit(KIND, "first lap", owner)


def _lap_each(workspace: Workspace, task: Task) -> str:
    """Tune, answer and open a study for each project; what an earlier attempt did is taken up."""
    projects = seed_demo(workspace.store)
    owner = owner_of(workspace)
    for number, project in enumerate(projects):
        task.progress(2 * number, 2 * len(projects), f"Demo: tuning a model for {project.name}")
        run = _tuned(workspace, task, project, owner)
        task.progress(2 * number + 1, 2 * len(projects), f"Demo: answering for {project.name}")
        study = _study(workspace, project, run, owner)
        jobs = workspace.jobs
        wait_for(jobs, jobs.submit(STUDY, str(study.id), owner, project.id), task.wait)
    return "The demo projects are tuned, answered, and ready to be rated."


def _tuned(workspace: Workspace, task: Task, project: Project, owner: Person) -> Run:
    store = workspace.store
    dataset = freeze(store, project, parse_shares(SPLIT), SEED, owner)
    earlier = [run for run in runs_of(store, project.id) if run.dataset_id == dataset.id]
    going = [run for run in earlier if run.state not in {RunState.FAILED, RunState.CANCELLED}]
    run = going[0] if going else start_run(workspace, project, dataset, SEED, owner)
    if not run.ended:
        wait_for(workspace.jobs, follow_run(workspace.jobs, run, owner), task.wait)
    return run_by_id(store, run.id)


def _study(workspace: Workspace, project: Project, run: Run, owner: Person) -> Study:
    store = workspace.store
    earlier = [study for study in studies_of(store, project.id) if study.dataset_id == run.dataset_id]
    if earlier:
        return earlier[0]
    dataset = freeze(store, project, parse_shares(SPLIT), SEED, owner)
    base, tuned = ensure_arms_of_run(store, run, owner)
    plan = replace(suggested_plan(store, dataset), raters=RATERS, practice=0, repeats=0.0, left_out=())
    return open_study(store, project, dataset, base, tuned, owner, plan)
