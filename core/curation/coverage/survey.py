"""The survey: in the background every open question is weighed by how often it is asked and how new it is."""

from dataclasses import dataclass
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from core.curation.coverage.losses import MARKED, RAISED
from core.curation.projects import Project
from core.jobs.jobs import Job, Jobs, Task, Work
from core.people.persons import Person
from core.people.roles import Action, require
from core.store.store import Store
from core.text.nearest import nearness

KIND = "survey of what to write next"
MOST_OPEN = 20_000
MOST_APPROVED = 20_000
"""The newest of each are compared; more of them would change little and take long."""
MOST_KEPT = 500
"""So many questions are handed out in the order of their worth; then the queue goes on by age."""
SAVED_AT_ONCE = 100

Vector = NDArray[np.float64]


@dataclass(frozen=True)
class Survey:
    """When the open questions were weighed last, and against how many approved ones."""

    n_open: int
    n_approved: int
    surveyed_at: datetime


@dataclass(frozen=True)
class Gap:
    """An open question far from all that is approved; `nearness` is a cosine, 0 to 1.

    `loss_rate` is of the last study's prompts of its topic; None where it says nothing of that.
    """

    item_id: int
    question: str
    topic: str | None
    volume: int
    nearness: float
    worth: float
    loss_rate: float | None


def start_survey(jobs: Jobs, store: Store, project: Project, person: Person) -> Job:
    """Weigh the open questions in the background; what is under way is returned instead.

    Raises:
        NotAllowed: the person may not review here.
    """
    require(store, project.id, person, Action.REVIEW)
    return jobs.submit(KIND, str(project.id), person, project.id)


def work_of(store: Store) -> Work:
    """The background work; it begins from the start each time, and keeps what it found at its end."""

    def work(task: Task) -> str:
        project_id = int(task.subject)
        waiting = store.rows(OPEN, project_id, MOST_OPEN)
        approved = [question for (question,) in store.rows(APPROVED, project_id, MOST_APPROVED)]

        def tell(done: int, total: int) -> None:
            task.progress(done, total, f"Comparing {len(waiting):,} open questions")

        near = nearness([question for _, question, _ in waiting], approved, tell)
        volumes = np.array([volume for _, _, volume in waiting], dtype=np.float64)
        _keep(store, project_id, [number for number, _, _ in waiting], near, volumes, len(approved))
        return f"{len(waiting):,} open questions compared with {len(approved):,} approved ones."

    return work


def last_survey(store: Store, project_id: int) -> Survey | None:
    """The last survey of a project; its end is written to the jobs."""
    sql = "select n_open, n_approved, surveyed_at from surveys where project_id = ?"
    row = store.recall(("jobs",), ("survey", project_id), lambda: store.row(sql, project_id))
    return Survey(*row) if row else None


def gaps(store: Store, project_id: int, limit: int = 20) -> tuple[Gap, ...]:
    """The open questions that are worth most, the best first."""
    return store.recall(
        ("items", "jobs", "loss_marks"),
        ("gaps", project_id, limit),
        lambda: tuple(Gap(*row) for row in store.rows(GAPS, project_id, limit)),
    )


def _keep(
    store: Store, project_id: int, numbers: list[int], near: Vector, volumes: Vector, n_approved: int
) -> None:
    """A question's worth is how often it is asked, times how far it is from all that is approved."""
    worth = volumes * (1 - near)
    best = np.argsort(-worth, kind="stable")[:MOST_KEPT]
    with store.transaction("system") as tx:
        tx.delete("item_worth", {"project_id": project_id})
        tx.delete("surveys", {"project_id": project_id})
    for start in range(0, len(best), SAVED_AT_ONCE):
        with store.transaction("system") as tx:
            for place in best[start : start + SAVED_AT_ONCE]:
                row = {"item_id": numbers[place], "project_id": project_id}
                tx.insert("item_worth", {**row, "worth": float(worth[place]), "nearness": float(near[place])})
    with store.transaction("system") as tx:
        tx.insert(
            "surveys",
            {
                "project_id": project_id,
                "n_open": len(numbers),
                "n_approved": n_approved,
                "surveyed_at": tx.now,
            },
        )


OPEN = (
    "select id, question, coalesce(volume, 1) from items "
    "where project_id = ? and state in ('waiting', 'draft') order by id desc limit ?"
)
APPROVED = (
    "select question from items where project_id = ? and state = 'approved' order by changed_at desc limit ?"
)
GAPS = (
    f"select i.id, i.question, i.topic, coalesce(i.volume, 1), w.nearness, {RAISED} as worth, m.loss_rate "
    f"from item_worth w join items i on i.id = w.item_id {MARKED} "
    "where w.project_id = ? and i.state in ('waiting', 'draft') order by worth desc, i.id limit ?"
)
