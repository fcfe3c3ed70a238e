"""Steps that the headless loop and the welcome share."""

import time
from collections.abc import Callable

from core.curation.projects import Project
from core.datasets.versions import Dataset
from core.errors import Refused, TouchstoneError
from core.jobs.jobs import Job, Jobs, JobState
from core.people.persons import Person, find_person
from core.settings import LOCAL_EMAIL
from core.training.runs import Run, create_run, going_on
from core.workspace import Workspace

LOOK_SECONDS = 0.1

Pause = Callable[[float], None]


def start_run(workspace: Workspace, project: Project, dataset: Dataset, seed: int, owner: Person) -> Run:
    """A run on the local engine with its best model and its own settings; one that goes on stays."""
    store, provider = workspace.store, workspace.providers.get("local")
    model = workspace.providers.base_models(provider.name)[0]
    same = going_on(store, dataset, provider, model, None, seed)
    return same or create_run(store, project, dataset, provider, model, None, seed, owner)


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


def owner_of(workspace: Workspace) -> Person:
    """Who owns the demo projects."""
    owner = find_person(workspace.store, LOCAL_EMAIL)
    if owner is None:
        raise Refused(
            "The demo's owner is missing from this workspace. Name an empty folder with --home DIR."
        )
    return owner
