"""Sweeps: one model trained on few and on many of a dataset's examples, to see how many it takes."""

import json
import secrets
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from core.curation.projects import Project
from core.datasets.versions import Dataset, FrozenRow
from core.errors import Refused
from core.jobs.jobs import Jobs
from core.people.persons import Person
from core.people.roles import Action, require
from core.store.database import Reader, Row
from core.store.store import Store

KIND = "learning curve"
"""The kind of the background job; its subject is the sweep's number."""

SIZES = 5
DRAWS = 3
"""Fewer sizes, or fewer draws of each, leave nearly every curve possible."""

SMALLEST = 10
FINEST_SHARE = 16
FEWEST_EXAMPLES = 20
FEWEST_QUESTIONS = 2

UNTUNED = 0
"""The size under which the untuned model stands."""


@dataclass(frozen=True)
class Sweep:
    """One sweep. Every size is trained as often as there are draws, each with examples drawn anew."""

    id: int
    project_id: int
    dataset_id: str
    base_model: str
    sizes: tuple[int, ...]
    draws: int
    token: str
    created_at: datetime

    @property
    def trainings(self) -> tuple[tuple[int, int], ...]:
        """Size and draw of each, so that every size is reached early."""
        return tuple((size, draw) for draw in range(1, self.draws + 1) for size in self.sizes)


@dataclass(frozen=True)
class SweepPoint:
    """One training of a sweep: which held-out questions came out right, in their order; or why it failed."""

    size: int
    draw: int
    right: tuple[bool, ...]
    error: str | None


def start_sweep(
    store: Store, jobs: Jobs, project: Project, dataset: Dataset, base_model: str, person: Person
) -> Sweep:
    """Train on growing parts of a dataset, in the background; one that was begun is gone on with.

    Raises:
        NotAllowed: the person may not train here.
        Refused: the dataset is too small, or belongs to another project.
    """
    with store.transaction(person.email) as tx:
        require(tx, project.id, person, Action.TRAIN)
        if dataset.project_id != project.id:
            raise Refused(
                f"The dataset {dataset.id} belongs to another project. Choose one of {project.name!r}."
            )
        if why := too_small(dataset):
            raise Refused(why)
        known = sweep_of(tx, dataset.id, base_model)
        if known is None:
            sweep_id = tx.new_id("sweeps")
            tx.insert(
                "sweeps",
                {
                    "id": sweep_id,
                    "project_id": project.id,
                    "dataset_id": dataset.id,
                    "base_model": base_model,
                    "sizes": json.dumps(sizes_for(dataset.n_train)),
                    "draws": DRAWS,
                    "token": secrets.token_hex(16),
                    "person_id": person.id,
                    "created_at": tx.now,
                },
            )
            known = sweep_by_id(tx, sweep_id)
    jobs.submit(KIND, str(known.id), person, known.project_id)
    return known


def too_small(dataset: Dataset) -> str:
    """Why a dataset is too small for a learning curve; empty where it is not."""
    if dataset.n_train >= FEWEST_EXAMPLES and dataset.n_test >= FEWEST_QUESTIONS:
        return ""
    return (
        f"A learning curve needs at least {FEWEST_EXAMPLES} examples to learn from and {FEWEST_QUESTIONS} "
        f"held-out questions; this dataset has {dataset.n_train} and {dataset.n_test}. Approve more "
        "replies and freeze again."
    )


def sizes_for(examples: int) -> list[int]:
    """From the smallest part to all examples, each size the same multiple of the one before."""
    smallest = max(SMALLEST, examples / FINEST_SHARE)
    return sorted({round(size) for size in np.geomspace(smallest, examples, SIZES)})


def drawn(rows: list[FrozenRow], size: int, draw: int) -> list[FrozenRow]:
    """The examples of one training; within a draw the smaller ones are part of the larger."""
    order = np.random.default_rng(draw).permutation(len(rows))[:size]
    return [rows[place] for place in order]


def sweep_by_id(reader: Reader, sweep_id: int) -> Sweep:
    """The sweep with this number.

    Raises:
        Refused: there is none.
    """
    row = reader.row(f"{SELECT} where id = ?", sweep_id)
    if row is None:
        raise Refused(f"There is no learning curve with the number {sweep_id}.")
    return _sweep(row)


def sweep_of(reader: Reader, dataset_id: str, base_model: str) -> Sweep | None:
    """The sweep of this model on this dataset, if there is one."""
    row = reader.row(f"{SELECT} where dataset_id = ? and base_model = ?", dataset_id, base_model)
    return None if row is None else _sweep(row)


def sweeps_of(reader: Reader, dataset_id: str) -> list[Sweep]:
    """The sweeps on a dataset, the oldest first."""
    return [_sweep(row) for row in reader.rows(f"{SELECT} where dataset_id = ? order by id", dataset_id)]


def points_of(reader: Reader, sweep: Sweep) -> list[SweepPoint]:
    """What was trained so far, by size and draw."""
    rows = reader.rows(
        "select size, draw, marks, error from sweep_points where sweep_id = ? order by size, draw", sweep.id
    )
    return [
        SweepPoint(size, draw, tuple(mark == RIGHT for mark in marks or ""), error)
        for size, draw, marks, error in rows
    ]


RIGHT, WRONG = "1", "0"
"""How a held-out question came out, as it is stored."""

SELECT = "select id, project_id, dataset_id, base_model, sizes, draws, token, created_at from sweeps"


def _sweep(row: Row) -> Sweep:
    number, project_id, dataset_id, base_model, sizes, draws, token, created_at = row
    return Sweep(
        number, project_id, dataset_id, base_model, tuple(json.loads(sizes)), draws, token, created_at
    )
