"""Studies: two arms answer the same held-out prompts, and people compare the answers blind."""

import json
import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from core.answers.arms import Arm, arm_by_id
from core.answers.generate import answer_missing
from core.curation.projects import Project
from core.datasets.splitting import Split
from core.datasets.versions import Dataset, dataset_by_id, rows_of
from core.errors import Conflict, Refused
from core.jobs.jobs import Task, Work
from core.people.notices import Occasion, notice
from core.people.persons import Person
from core.people.roles import Action, require
from core.rating.identity_words import Tell, telling
from core.rating.prompts import Answered, answered, prompts_of, write_prompts
from core.rating.seal import seal
from core.rating.study_plan import Plan, must_be_sound, plan_of, suggested_plan, write_plan
from core.store.database import Reader, Row
from core.store.store import Store
from core.store.transaction import Transaction
from core.workspace import Workspace

KIND = "study"
"""The kind of the background job that prepares a study; its subject is the study's number."""


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
    plan: Plan | None = None,
) -> Study:
    """Declare a study of two arms on a dataset's test split, and its plan; its answers are prepared next.

    Args:
        store: the store.
        project: the project.
        dataset: its test split gives the prompts.
        arm_a: one way of answering, the one to compare with.
        arm_b: the other, the one in question.
        person: who opens it.
        plan: what is declared of it; None for what is suggested.

    Raises:
        NotAllowed: the person may not open studies here.
        Refused: the plan is not sound, the arms are one, or a part belongs to another project.
        Conflict: the same comparison is under way.
    """
    with store.transaction(person.email) as tx:
        require(tx, project.id, person, Action.STUDY)
        _must_fit(project, dataset, arm_a, arm_b)
        _must_be_new(tx, dataset, arm_a, arm_b)
        declared = plan or suggested_plan(tx, dataset)
        must_be_sound(declared, dataset.n_test)
        study_id = tx.new_id("studies")
        tx.insert(
            "studies",
            {
                "id": study_id,
                "project_id": project.id,
                "dataset_id": dataset.id,
                "arm_a": arm_a.id,
                "arm_b": arm_b.id,
                "raters": declared.raters,
                "secret": secrets.token_hex(32),
                "state": StudyState.PREPARING.value,
                "person_id": person.id,
                "created_at": tx.now,
                "version": 1,
            },
        )
        write_plan(tx, study_id, declared)
        return study_by_id(tx, study_id)


def leave_out(store: Store, study: Study, items: Collection[int], person: Person) -> None:
    """Decide which prompts of a study that is not open yet stay out of it, and that the others stay in.

    Raises:
        NotAllowed: the person may not open studies here.
        Refused: it is open or closed, or too few prompts would be left.
    """
    with store.transaction(person.email) as tx:
        require(tx, study.project_id, person, Action.STUDY)
        if study_by_id(tx, study.id).state is not StudyState.PREPARING:
            raise Refused("What a study shows is fixed when it opens. Nothing was changed.")
        plan = replace(plan_of(tx, study.id), left_out=tuple(sorted(items)))
        must_be_sound(plan, dataset_by_id(tx, study.dataset_id).n_test)
        tx.update("study_plans", {"study_id": study.id}, {"left_out": json.dumps(plan.left_out)})


def telling_prompts(store: Store, study: Study) -> tuple[Tell, ...]:
    """The prompts of a study whose answers are there, on which a word in one may tell whose it is."""
    rows = rows_of(store, study.dataset_id, Split.TEST)
    return _telling(store, study, answered(store, rows, study.dataset_id, study.arm_a, study.arm_b))


def tells_kept(reader: Reader, study: Study) -> tuple[Tell, ...]:
    """The same for the prompts that a study shows, once it is open."""
    texts = "select item_id, question, text_a, text_b from study_prompts where study_id = ? order by position"
    arms = [arm_by_id(reader, number) for number in (study.arm_a, study.arm_b)]
    return telling(reader.rows(texts, study.id), arms)


def fix_prompts(store: Store, study_id: int) -> Study:
    """Open a prepared study: draw its order, keep the answers as people will read them, and seal its plan.

    Answers that are asked for again later no longer change it; a study that is open stays as it is. One whose
    answers have identity words, and whose owner has not decided about them, waits.

    Raises:
        Refused: answers are missing, or one arm answered nothing at all.
    """
    dataset_id = study_by_id(store, study_id).dataset_id
    rows = rows_of(store, dataset_id, Split.TEST)
    with store.transaction("system") as tx:
        study = study_by_id(tx, study_id)
        if study.state is not StudyState.PREPARING:
            return study
        plan = plan_of(tx, study.id)
        found = answered(tx, rows, dataset_id, study.arm_a, study.arm_b)
        if plan.left_out is None and _telling(tx, study, found):
            return study
        secret: str = tx.value("select secret from studies where id = ?", study.id)
        write_prompts(tx, study.id, secret, found, plan)
        seal(tx, study.id)
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
            study = fix_prompts(workspace.store, study.id)
        if study.state is StudyState.PREPARING:
            return (
                f"Study {study.id} is answered and waits for its owner: a word in some answers may tell "
                "whose they are."
            )
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


def _telling(reader: Reader, study: Study, found: Sequence[Answered]) -> tuple[Tell, ...]:
    arms = [arm_by_id(reader, number) for number in (study.arm_a, study.arm_b)]
    return telling(((one.item_id, one.question, one.text_a, one.text_b) for one in found), arms)


def _must_fit(project: Project, dataset: Dataset, arm_a: Arm, arm_b: Arm) -> None:
    if {dataset.project_id, arm_a.project_id, arm_b.project_id} != {project.id}:
        raise Refused(
            f"The dataset and both models of a study must belong to {project.name!r}. Nothing was opened."
        )
    if arm_a.id == arm_b.id:
        raise Refused("A study compares two different ways of answering; these are one. Nothing was opened.")


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
