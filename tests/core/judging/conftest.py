"""A closed study, and a judge behind a real connection."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest

from core.jobs.jobs import Job, Jobs
from core.judging import asking
from core.judging.judges import KIND, ask_judge
from core.people.persons import Person
from core.people.roles import Action
from core.providers.providers import Providers
from core.rating.studies import Study, close_study
from core.store.store import Store
from core.workspace import Workspace
from tests.core.providers.fake_provider import FakeProvider
from tests.core.rating.study_hall import Hall, Taste, furnished, rate_all

MODEL = "mistral-large"


@dataclass(frozen=True)
class Court:
    """A hall with a workspace around it."""

    hall: Hall
    workspace: Workspace
    fake: FakeProvider

    def closed(self, *tastes: Taste, at_most: int = 10_000) -> Study:
        """A study that these raters voted on, so many duels each."""
        raters = [self.hall.rater(f"Rater {number}") for number in range(len(tastes))]
        study = self.hall.study(max(1, len(tastes)))
        for rater, taste in zip(raters, tastes, strict=True):
            rate_all(self.hall, study, rater, taste, at_most)
        return close_study(self.hall.store, study, self.hall.owner)

    def judge(self, study: Study, model: str = MODEL) -> Job:
        """Ask the judge, and wait until it is done."""
        provider = self.workspace.providers.get("compatible")
        jobs = self.workspace.jobs
        job = ask_judge(self.hall.store, jobs, study, provider, model, self.hall.owner)
        while job.unfinished:
            time.sleep(0.01)
            job = jobs.get(job.id)
        return job


def prefers(word: str) -> Callable[[str], str]:
    """A judge that names the answer with this word in it."""

    def says(asked: str) -> str:
        first, second = asked.split("</answer A>")
        return "A" if word in first else "B" if word in second else "tie"

    return says


@pytest.fixture
def fake() -> Iterator[FakeProvider]:
    provider = FakeProvider(says=prefers("warm")).start()
    yield provider
    provider.stop()


@pytest.fixture
def make(store: Store, olga: Person, anna: Person, fake: FakeProvider) -> Iterator[Callable[..., Court]]:
    """Furnish a hall and open its court."""
    opened: list[Workspace] = []

    def court(**furniture: object) -> Court:
        hall = furnished(store, olga, anna, **furniture)  # type: ignore[arg-type]  # what a test wants
        workspace = Workspace(store.home, store, Jobs(store), Providers(store.home, fake.secrets))
        workspace.jobs.register(KIND, asking.work_of(workspace), Action.STUDY)
        opened.append(workspace)
        return Court(hall, workspace, fake)

    yield court
    for workspace in opened:
        workspace.jobs.close()
        workspace.providers.close()
