"""Dataset versions: approved replies frozen under an id that always means the same bytes."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pandas as pd

from core.curation.items import State, Turn, conversation_text
from core.curation.projects import Project, project_by_id
from core.datasets.planning import FreezePlan, plan_freeze, planned
from core.datasets.splitting import Shares, Split
from core.errors import Refused
from core.people.persons import Person
from core.people.roles import Action, require
from core.store.database import Reader
from core.store.store import Store
from core.store.transaction import Transaction


@dataclass(frozen=True)
class Dataset:
    """One frozen version; `sha256` is that of its content, which includes the splits and the seed."""

    id: str
    project_id: int
    number: int
    sha256: str
    seed: int
    split: str
    instructions: str
    n_train: int
    n_validation: int
    n_test: int
    created_at: datetime

    @property
    def size(self) -> int:
        """All rows."""
        return self.n_train + self.n_validation + self.n_test


@dataclass(frozen=True)
class FrozenRow:
    """One golden pair of a dataset."""

    position: int
    item_id: int
    question: str
    conversation: tuple[Turn, ...]
    reply: str
    topic: str | None
    split: Split


def freeze(store: Store, project: Project, shares: Shares, seed: int, person: Person) -> Dataset:
    """Freeze what is approved now; unchanged content with the same seed and split is the same dataset.

    Everything is prepared before the transaction, so that nobody's save waits for it; what changed meanwhile
    is prepared again, and the last time inside.

    Raises:
        NotAllowed: the person may not freeze here.
        Refused: nothing is approved yet, or the seed is none.
    """
    require(store, project.id, person, Action.FREEZE)
    for _ in range(TRIES):
        now = project_by_id(store, project.id)
        version = _prepared(store, now, planned(store, now, shares, seed), shares, seed)
        with store.transaction(person.email) as tx:
            require(tx, project.id, person, Action.FREEZE)
            if _is_current(tx, version) and store.blobs.path(version.sha256).exists():
                _keep(tx, version, person)
                return dataset_by_id(tx, version.id)
    with store.transaction(person.email) as tx:
        require(tx, project.id, person, Action.FREEZE)
        now = project_by_id(tx, project.id)
        version = _prepared(store, now, plan_freeze(tx, now, shares, seed), shares, seed)
        _keep(tx, version, person)
        return dataset_by_id(tx, version.id)


def dataset_by_id(reader: Reader, dataset_id: str) -> Dataset:
    """The dataset with this id.

    Raises:
        Refused: there is none.
    """
    row = reader.row(f"{SELECT} where id = ?", dataset_id)
    if row is None:
        raise Refused(f"There is no dataset {dataset_id!r}. The Dataset page lists all of them.")
    return Dataset(*row)


def datasets_of(reader: Reader, project_id: int) -> list[Dataset]:
    """The datasets of a project, newest first."""
    rows = reader.rows(f"{SELECT} where project_id = ? order by number desc", project_id)
    return [Dataset(*row) for row in rows]


def rows_of(store: Store, dataset_id: str, split: Split | None = None) -> list[FrozenRow]:
    """The rows of a dataset, of one split or of all, read from its frozen bytes."""
    dataset = dataset_by_id(store, dataset_id)
    item_ids = store.rows(
        "select item_id from dataset_rows where dataset_id = ? order by position", dataset_id
    )
    lines = store.blobs.get(dataset.sha256).decode("utf-8", "surrogatepass").rstrip("\n").split("\n")
    rows = [
        _frozen(json.loads(line), position, item_id)
        for position, (line, (item_id,)) in enumerate(zip(lines[1:], item_ids, strict=True))
    ]
    return [row for row in rows if split is None or row.split is split]


TRIES = 3
"""So often a freeze is prepared before the transaction, while others go on approving."""

SELECT = (
    "select id, project_id, number, sha256, seed, split, instructions, n_train, n_validation, n_test, "
    "created_at from datasets"
)


@dataclass(frozen=True)
class _Version:
    """A dataset whose bytes are on disk and whose rows are not in the database yet."""

    id: str
    sha256: str
    project: Project
    plan: FreezePlan
    shares: Shares
    seed: int


def _prepared(store: Store, project: Project, plan: FreezePlan, shares: Shares, seed: int) -> _Version:
    """Put the bytes of a plan on disk."""
    if not plan.rows:
        raise Refused(
            f"There is nothing to freeze in {project.name!r}: no reply is approved yet. "
            "Write and approve some replies first."
        )
    sha256 = store.blobs.put(_content(project, plan, shares, seed))
    return _Version(f"ds-{sha256[:12]}", sha256, project, plan, shares, seed)


def _is_current(tx: Transaction, version: _Version) -> bool:
    """Whether what is approved and the project are still what the version was prepared from."""
    approved = tx.rows(
        "select id, reply_id from items where project_id = ? and state = ?",
        version.project.id,
        State.APPROVED.value,
    )
    prepared = {(candidate.item_id, candidate.reply_id) for candidate, _ in version.plan.rows}
    return set(approved) == prepared and project_by_id(tx, version.project.id) == version.project


def _content(project: Project, plan: FreezePlan, shares: Shares, seed: int) -> bytes:
    """The frozen bytes: a line about the whole, then a line for each row in an order of their own."""
    head = {
        "project": project.name,
        "kind": project.kind.value,
        "instructions": project.instructions,
        "split": str(shares),
        "seed": seed,
    }
    lines: list[dict[str, Any]] = [head]
    for candidate, split in plan.rows:
        conversation = conversation_text(candidate.conversation)
        lines.append(
            {
                "split": split.value,
                "question": candidate.question,
                "conversation": json.loads(conversation) if conversation else [],
                "reply": candidate.reply,
                "topic": candidate.topic,
            }
        )
    text = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
    return text.encode("utf-8", "surrogatepass")


def _frozen(line: dict[str, Any], position: int, item_id: int) -> FrozenRow:
    conversation = tuple(Turn(turn["role"], turn["content"]) for turn in line["conversation"])
    return FrozenRow(
        position, item_id, line["question"], conversation, line["reply"], line["topic"], Split(line["split"])
    )


def _keep(tx: Transaction, version: _Version, person: Person) -> None:
    """Write the version down, unless it is known already."""
    if tx.value("select 1 from datasets where id = ?", version.id) is not None:
        return
    project, plan = version.project, version.plan
    newest = tx.value("select max(number) from datasets where project_id = ?", project.id)
    tx.insert(
        "datasets",
        {
            "id": version.id,
            "project_id": project.id,
            "number": (newest or 0) + 1,
            "sha256": version.sha256,
            "seed": version.seed,
            "split": str(version.shares),
            "instructions": project.instructions,
            "n_train": plan.count(Split.TRAIN),
            "n_validation": plan.count(Split.VALIDATION),
            "n_test": plan.count(Split.TEST),
            "person_id": person.id,
            "created_at": tx.now,
        },
    )
    tx.load("dataset_rows", _row_frame(version.id, plan))


def _row_frame(dataset_id: str, plan: FreezePlan) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "dataset_id": dataset_id,
            "position": range(len(plan.rows)),
            "item_id": [candidate.item_id for candidate, _ in plan.rows],
            "reply_id": [candidate.reply_id for candidate, _ in plan.rows],
            "split": [split.value for _, split in plan.rows],
        }
    )
