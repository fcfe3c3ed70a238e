"""Studies: two arms answer the same held-out prompts, and people compare the answers blind."""

import secrets
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from core.answers.arms import Arm, arm_by_id
from core.answers.generate import answer_missing
from core.curation.projects import Project
from core.datasets.splitting import Split
from core.datasets.versions import Dataset, rows_of
from core.errors import Conflict, Refused
from core.jobs.jobs import Task, Work
from core.people.notices import Occasion, notice
from core.people.persons import Person
from core.people.roles import Action, require
from core.rating.prompts import answered, prompts_of, write_prompts
from core.rating.raters import invited
from core.store.database import Reader, Row
from core.store.store import Store
from core.store.transaction import Transaction
from core.workspace import Workspace

KIND = "study"
"""The kind of the background job that prepares a study; its subject is the study's number."""

FEWEST_PROMPTS = 2
"""One prompt shows no spread, so nothing can be said of prompts like it."""

MOST_RATERS = 200


class StudyState(StrEnum):
    """Where a study stands."""

    PREPARING = "preparing"
    OPEN = "open"
    CLOSED = "closed"


@dataclass(frozen=True)
class Study:
    """A blind comparison of two arms; its secret, from which order and sides are drawn, stays in the store.

    `raters` is how many were planned: a prompt is complete when as many have rated it.
    """

    id: int
    project_id: int
    dataset_id: str
    arm_a: int
    arm_b: int
    raters: int
    state: StudyState
    created_at: datetime
    closed_at: datetime | None
    version: int


def open_study(
    store: Store,
    project: Project,
    dataset: Dataset,
    arm_a: Arm,
    arm_b: Arm,
    person: Person,
    raters: int | None = None,
) -> Study:
    """Declare a study of two arms on a dataset's test split; its answers are prepared next.

    Args:
        store: the store.
        project: the project.
        dataset: its test split gives the prompts.
        arm_a: one way of answering, the one to compare with.
        arm_b: the other.
        person: who opens it.
        raters: how many people are to rate every prompt; None for everybody who is invited now.

    Raises:
        NotAllowed: the person may not open studies here.
        Refused: there are too few test prompts, the arms are one, or a part belongs to another project.
        Conflict: the same comparison is under way.
    """
    with store.transaction(person.email) as tx:
        require(tx, project.id, person, Action.STUDY)
        _must_fit(project, dataset, arm_a, arm_b)
        _must_be_new(tx, dataset, arm_a, arm_b)
        planned = max(1, len(invited(tx, project.id, dataset.id).may_rate)) if raters is None else raters
        if not 1 <= planned <= MOST_RATERS:
            raise Refused(f"A study needs from 1 to {MOST_RATERS} raters, not {planned}. Nothing was opened.")
        study_id = tx.new_id("studies")
        tx.insert(
            "studies",
            {
                "id": study_id,
                "project_id": project.id,
                "dataset_id": dataset.id,
                "arm_a": arm_a.id,
                "arm_b": arm_b.id,
                "raters": planned,
                "secret": secrets.token_hex(32),
                "state": StudyState.PREPARING.value,
                "person_id": person.id,
                "created_at": tx.now,
                "version": 1,
            },
        )
        return study_by_id(tx, study_id)


def fix_prompts(store: Store, study_id: int) -> Study:
    """Open a prepared study: draw its order, and keep the answers as people will read them.

    Answers that are asked for again later no longer change it; a study that is open stays as it is.

    Raises:
        Refused: answers are missing, or one arm answered nothing at all.
    """
    dataset_id = study_by_id(store, study_id).dataset_id
    rows = rows_of(store, dataset_id, Split.TEST)
    with store.transaction("system") as tx:
        study = study_by_id(tx, study_id)
        if study.state is not StudyState.PREPARING:
            return study
        secret: str = tx.value("select secret from studies where id = ?", study.id)
        write_prompts(tx, study.id, secret, answered(tx, rows, dataset_id, study.arm_a, study.arm_b))
        tx.update("studies", {"id": study.id}, {"state": StudyState.OPEN.value})
        notice(tx, study.project_id, Occasion.OPENED, study.id)
        return study_by_id(tx, study.id)


def prepare(workspace: Workspace) -> Work:
    """The background work that asks both models every test prompt and then opens the study."""

    def work(task: Task) -> str:
        study = study_by_id(workspace.store, int(task.subject))
        if study.state is StudyState.PREPARING:
            arms = [arm_by_id(workspace.store, number) for number in (study.arm_a, study.arm_b)]
            answer_missing(task, workspace.store, workspace.providers, study.dataset_id, arms)
            fix_prompts(workspace.store, study.id)
        n_prompts = len(prompts_of(workspace.store, study.id))
        return f"Study {study.id} is ready: {n_prompts} prompts, answered by both models."

    return work


def close_study(store: Store, study: Study, person: Person) -> Study:
    """End a study for good: no more votes, and from now on everybody may know which answer was whose.

    Raises:
        NotAllowed: the person may not close studies here.
        Refused: it is closed already.
    """
    with store.transaction(person.email) as tx:
        require(tx, study.project_id, person, Action.STUDY)
        now = study_by_id(tx, study.id)
        if now.state is StudyState.CLOSED:
            raise Refused(f"Study {study.id} is closed already. Nothing was changed.")
        changes = {"state": StudyState.CLOSED.value, "closed_at": tx.now}
        tx.update("studies", {"id": study.id}, changes, version=now.version)
        return study_by_id(tx, study.id)


def study_by_id(reader: Reader, study_id: int) -> Study:
    """The study with this number.

    Raises:
        Refused: there is none.
    """
    row = reader.row(f"{SELECT} where id = ?", study_id)
    if row is None:
        raise Refused(f"There is no study with the number {study_id}.")
    return _study(row)


def studies_of(reader: Reader, project_id: int) -> list[Study]:
    """The studies of a project, newest first."""
    rows = reader.rows(f"{SELECT} where project_id = ? order by id desc", project_id)
    return [_study(row) for row in rows]


SELECT = (
    "select id, project_id, dataset_id, arm_a, arm_b, raters, state, created_at, closed_at, version "
    "from studies"
)


def _study(row: Row) -> Study:
    number, project_id, dataset_id, arm_a, arm_b, raters, state, created_at, closed_at, version = row
    return Study(
        number,
        project_id,
        dataset_id,
        arm_a,
        arm_b,
        raters,
        StudyState(state),
        created_at,
        closed_at,
        version,
    )


def _must_fit(project: Project, dataset: Dataset, arm_a: Arm, arm_b: Arm) -> None:
    if {dataset.project_id, arm_a.project_id, arm_b.project_id} != {project.id}:
        raise Refused(
            f"The dataset and both models of a study must belong to {project.name!r}. Nothing was opened."
        )
    if arm_a.id == arm_b.id:
        raise Refused("A study compares two different ways of answering; these are one. Nothing was opened.")
    if dataset.n_test < FEWEST_PROMPTS:
        raise Refused(
            f"A study needs at least {FEWEST_PROMPTS} test prompts; dataset {dataset.id} has "
            f"{dataset.n_test}. Freeze one with a larger test split. Nothing was opened."
        )


def _must_be_new(tx: Transaction, dataset: Dataset, arm_a: Arm, arm_b: Arm) -> None:
    """A study opened twice would ask people to rate the same pairs twice."""
    other = tx.value(
        "select id from studies where dataset_id = ? and state <> ? "
        "and ((arm_a = ? and arm_b = ?) or (arm_a = ? and arm_b = ?))",
        dataset.id,
        StudyState.CLOSED.value,
        arm_a.id,
        arm_b.id,
        arm_b.id,
        arm_a.id,
    )
    if other is not None:
        raise Conflict(
            f"Study {other} compares the same two answers already. Close it first, or go on there."
        )
