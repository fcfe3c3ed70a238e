"""Runs: one fine-tuning job each, with its curves and its events as far as they are known."""

import secrets
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import pandas as pd

from core.curation.projects import Project
from core.datasets.versions import Dataset
from core.errors import Refused
from core.jobs.jobs import Job, Jobs
from core.people.persons import Person
from core.people.roles import Action, require
from core.providers.profiles import Provider
from core.store.database import Reader, Row
from core.store.store import Store
from core.training.estimate import obstacles

KIND = "train"
"""The kind of the background job that follows a run; its subject is the run's number."""

MOST_EPOCHS = 50
MOST_SEED = 2**31 - 1


class RunState(StrEnum):
    """Where a run stands: our own steps up to the job, then the provider's words."""

    PREPARING = "preparing"
    UPLOADING = "uploading"
    CREATING = "creating"
    VALIDATING = "validating_files"
    QUEUED = "queued"
    RUNNING = "running"
    PAUSED = "paused"
    UNKNOWN = "unknown"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"


ENDED = frozenset({RunState.SUCCEEDED, RunState.FAILED, RunState.CANCELLED})


@dataclass(frozen=True)
class Run:
    """One fine-tuning job.

    Attributes:
        n_epochs: None leaves the choice to the provider.
        token: the mark by which the job is found again at the provider.
        model: the tuned model's name, once there is one.
        untuned_model: the base with the same replies to choose from, where the provider has such a thing.
        error: why it failed, in a sentence.
    """

    id: int
    project_id: int
    dataset_id: str
    provider: str
    base_model: str
    n_epochs: int | None
    seed: int
    token: str
    state: RunState
    cancel_asked_at: datetime | None
    training_file: str | None
    validation_file: str | None
    job_id: str | None
    model: str | None
    untuned_model: str | None
    trained_tokens: int | None
    error: str | None
    person_id: int
    created_at: datetime
    finished_at: datetime | None

    @property
    def ended(self) -> bool:
        """Whether nothing more will happen to it."""
        return self.state in ENDED

    @property
    def seconds(self) -> float | None:
        """From its launch to its end; None while it goes on."""
        return (self.finished_at - self.created_at).total_seconds() if self.finished_at else None


@dataclass(frozen=True)
class RunEvent:
    """One line of a run's history."""

    happened_at: datetime
    level: str
    message: str


@dataclass(frozen=True)
class LossSpan:
    """The training loss at the first and at the last step."""

    first: float
    last: float


def create_run(
    store: Store,
    project: Project,
    dataset: Dataset,
    provider: Provider,
    base_model: str,
    n_epochs: int | None,
    seed: int,
    person: Person,
) -> Run:
    """Write a run down; nothing is sent before it is followed (`follow_run`).

    Raises:
        NotAllowed: the person may not train here.
        Refused: the dataset, the provider or the settings will not do, or the very same run goes on, as
            after a double press: nothing is paid twice. Nothing was written.
    """
    with store.transaction(person.email) as tx:
        require(tx, project.id, person, Action.TRAIN)
        if dataset.project_id != project.id:
            raise Refused(
                f"The dataset {dataset.id} belongs to another project. Choose one of {project.name!r}."
            )
        _must_be_in_bounds(n_epochs, seed)
        same = going_on(tx, dataset, provider, base_model, n_epochs, seed)
        if same is not None:
            raise Refused(
                f"Run {same.id} does exactly this and has not ended. Nothing was started; look at that one, "
                "stop it first, or choose another seed."
            )
        stops = obstacles(dataset, provider, base_model)
        if stops:
            raise Refused(" ".join(stops))
        run_id = tx.new_id("runs")
        tx.insert(
            "runs",
            {
                "id": run_id,
                "project_id": project.id,
                "dataset_id": dataset.id,
                "provider": provider.name,
                "base_model": base_model.strip(),
                "n_epochs": n_epochs,
                "seed": seed,
                "token": secrets.token_hex(16),
                "state": RunState.PREPARING.value,
                "person_id": person.id,
                "created_at": tx.now,
                "version": 1,
            },
        )
        return run_by_id(tx, run_id)


def going_on(
    reader: Reader, dataset: Dataset, provider: Provider, base_model: str, n_epochs: int | None, seed: int
) -> Run | None:
    """The run with these very settings that has not ended; None if there is none."""
    row = reader.row(
        f"{SELECT} where dataset_id = ? and provider = ? and base_model = ? "
        "and n_epochs is not distinct from ? and seed = ? and finished_at is null",
        dataset.id,
        provider.name,
        base_model.strip(),
        n_epochs,
        seed,
    )
    return _run(row) if row else None


def follow_run(jobs: Jobs, run: Run, person: Person) -> Job:
    """Begin or go on following a run in the background; one that is followed already stays with its job.

    Raises:
        NotAllowed: the person may not train here.
    """
    return jobs.submit(KIND, str(run.id), person, run.project_id)


def cancel_run(store: Store, jobs: Jobs, run: Run, person: Person) -> None:
    """Ask for a run to be stopped; the provider is told, and what it says then is followed to the end.

    Raises:
        NotAllowed: the person may not stop runs here.
        Refused: it has ended already.
    """
    with store.transaction(person.email) as tx:
        require(tx, run.project_id, person, Action.TRAIN)
        if run_by_id(tx, run.id).ended:
            raise Refused(f"Run {run.id} has ended already. Nothing was changed.")
        tx.update("runs", {"id": run.id}, {"cancel_asked_at": tx.now})
    follow_run(jobs, run, person)


def run_by_id(reader: Reader, run_id: int) -> Run:
    """The run with this number.

    Raises:
        Refused: there is none.
    """
    row = reader.row(f"{SELECT} where id = ?", run_id)
    if row is None:
        raise Refused(f"There is no run with the number {run_id}.")
    return _run(row)


def runs_of(reader: Reader, project_id: int) -> list[Run]:
    """The runs of a project, newest first."""
    return [_run(row) for row in reader.rows(f"{SELECT} where project_id = ? order by id desc", project_id)]


def metric_points(store: Reader, run_id: int, at_most: int = 2000) -> pd.DataFrame:
    """The curves: step, total_steps, train_loss, valid_loss, train_accuracy, valid_accuracy.

    Of more points than `at_most`, evenly spaced ones are returned, and as many of those that have a
    validation loss.
    """
    return store.frame(
        "select step, total_steps, train_loss, valid_loss, train_accuracy, valid_accuracy from (select *, "
        "(row_number() over points - 1) % ceil(count(*) over () / ?) = 0 as chosen, "
        "(row_number() over checked - 1) % ceil(count(valid_loss) over () / ?) = 0 as chosen_checked "
        "from metric_points where run_id = ? window points as (order by step), "
        "checked as (partition by valid_loss is null order by step)) "
        "where chosen or (valid_loss is not null and chosen_checked) order by step",
        at_most,
        at_most,
        run_id,
    )


def loss_span(reader: Reader, run_id: int) -> LossSpan | None:
    """First and last training loss; None while no loss is known."""
    row = reader.row(
        "select arg_min(train_loss, step), arg_max(train_loss, step) from metric_points "
        "where run_id = ? and train_loss is not null",
        run_id,
    )
    return LossSpan(*row) if row and row[0] is not None else None


def events(reader: Reader, run_id: int) -> list[RunEvent]:
    """What happened to a run, newest first."""
    rows = reader.rows(
        "select happened_at, level, message from run_events where run_id = ? order by position desc",
        run_id,
    )
    return [RunEvent(*row) for row in rows]


SELECT = (
    "select id, project_id, dataset_id, provider, base_model, n_epochs, seed, token, state, cancel_asked_at, "
    "training_file, validation_file, job_id, model, untuned_model, trained_tokens, error, person_id, "
    "created_at, finished_at from runs"
)


def _run(row: Row) -> Run:
    return Run(*(*row[:8], RunState(row[8]), *row[9:]))


def _must_be_in_bounds(n_epochs: int | None, seed: int) -> None:
    if n_epochs is not None and not 1 <= n_epochs <= MOST_EPOCHS:
        raise Refused(f"The number of epochs must be from 1 to {MOST_EPOCHS}, or left to the provider.")
    if not 0 <= seed <= MOST_SEED:
        raise Refused(f"The seed must be from 0 to {MOST_SEED}.")
