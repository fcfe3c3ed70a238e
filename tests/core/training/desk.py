"""A project with a frozen dataset, and the background work of training, as the app puts them together."""

import json
import os
import signal
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from core.curation.items import NewItem, State, add_item, move
from core.curation.projects import Project, create_project, find_project
from core.curation.replies import Origin, add_reply
from core.datasets.splitting import Shares
from core.datasets.versions import Dataset, freeze
from core.jobs.jobs import Job, Jobs
from core.people.persons import Person, add_person
from core.providers.providers import Providers
from core.store.store import Store
from core.training import follow
from core.training.runs import Run, create_run, follow_run, run_by_id
from core.workspace import Workspace
from tests.core.engine.shop import TAUGHT, UNSEEN

NGRAMS = "reply-picker-ngrams"
PATIENCE_SECONDS = 60


@dataclass
class Desk:
    """An open workspace with an owner, a project and a dataset."""

    workspace: Workspace
    owner: Person
    project: Project
    dataset: Dataset

    @property
    def store(self) -> Store:
        return self.workspace.store

    def launch(self, provider: str = "compatible", model: str = "base-1", n_epochs: int | None = None) -> Run:
        """Write a run down; nothing follows it yet."""
        chosen = self.workspace.providers.get(provider)
        return create_run(self.store, self.project, self.dataset, chosen, model, n_epochs, 7, self.owner)

    def begin(self, run: Run) -> Job:
        return follow_run(self.workspace.jobs, run, self.owner)

    def finish(self, run: Run) -> Job:
        """Follow a run until nothing follows it any more."""
        job = self.begin(run)
        deadline = time.monotonic() + PATIENCE_SECONDS
        while job.unfinished and time.monotonic() < deadline:
            time.sleep(0.02)
            job = self.workspace.jobs.get(job.id)
        assert not job.unfinished, job
        return job

    def now(self, run: Run) -> Run:
        return run_by_id(self.store, run.id)

    def close(self) -> None:
        self.workspace.jobs.close()
        self.workspace.providers.close()
        self.workspace.store.close()


def open_desk(home: Path, secrets: dict[str, str]) -> Desk:
    """A workspace of its own with 36 approved replies frozen; opened again, it is the same."""
    store = Store(home)
    workspace = Workspace(home, store, Jobs(store), Providers(home, secrets))
    follow.register(workspace)
    owner = add_person(store, "olga@example.com", "Olga")
    anna = add_person(store, "anna@example.com", "Anna")
    project = _project(store, owner, anna)
    dataset = freeze(store, project, Shares(60, 20, 20), 1, owner)
    return Desk(workspace, owner, project, dataset)


def stop_engine(home: Path) -> None:
    with suppress(OSError, ValueError):
        os.kill(engine_process(home), signal.SIGTERM)


def engine_process(home: Path) -> int:
    return int(json.loads((home / "engine" / "server.json").read_text())["pid"])


def _project(store: Store, owner: Person, author: Person) -> Project:
    known = find_project(store, "Shop")
    if known is not None:
        return known
    with store.transaction(owner.email) as tx:
        project = create_project(tx, "Shop", owner, instructions="Answer for the shop.")
        for question, reply in [*TAUGHT, *UNSEEN]:
            item = add_item(tx, project.id, NewItem(question), owner)
            reply_id = add_reply(tx, item, reply, author, Origin.WRITTEN)
            move(tx, item, State.APPROVED, owner, "approved", reply_id=reply_id)
    return project
