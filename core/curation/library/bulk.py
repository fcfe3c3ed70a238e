"""Changing many items at once: counted before, done in the background a few at a time, and undone as one."""

import json
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

import pandas as pd

from core.curation.items import Item, State, item_by_id, move, record
from core.curation.library.filter import Filter, condition
from core.errors import Refused
from core.jobs.jobs import Jobs, Task, Work
from core.people.persons import Person, find_person
from core.people.roles import Action, require
from core.store.database import Reader, Row
from core.store.store import Store
from core.store.transaction import Transaction

KIND = "bulk change"
AT_ONCE = 40
"""Items of one transaction: others may save between two."""

LONGEST_TOPIC = 80


class Change(StrEnum):
    """What can be done to many items."""

    TOPIC = "set the topic"
    REVIEW_AGAIN = "send approved replies to review again"


class Step(StrEnum):
    """Where one item of a change of many stands."""

    TO_DO = "to do"
    DONE = "done"
    LEFT = "left as it was"
    UNDONE = "undone"


class Phase(StrEnum):
    """Where a change of many stands."""

    DOING = "doing"
    DONE = "done"
    UNDOING = "undoing"
    UNDONE = "undone"


@dataclass(frozen=True)
class Bulk:
    """One change of many items; `done` of its `total` items carry it now."""

    id: int
    project_id: int
    person: str
    change: Change
    value: str
    phase: Phase
    created_at: datetime
    total: int
    done: int


def reach(store: Store, project_id: int, wanted: Filter, change: Change) -> int:
    """How many items a change would touch: the dry run."""
    found = condition(project_id, wanted)
    number: int = store.value(
        f"select count(*) from items i where {found.sql}{APPLIES[change]}", *found.asked
    )
    return number


def begin(
    store: Store, jobs: Jobs, project_id: int, wanted: Filter, change: Change, value: str, person: Person
) -> int:
    """Note which items will be changed, start changing them in the background, and return the number of it.

    Args:
        store: the store.
        jobs: the background work.
        project_id: the project.
        wanted: which items.
        change: what is done to them.
        value: the topic, or why they are to be reviewed again.
        person: who wants it.

    Raises:
        NotAllowed: the person may not change many items here.
        Refused: nothing passes the filter, or the value is missing or too long.
    """
    value = " ".join(value.split())
    if not value:
        raise Refused("Say the topic, or the reason. Nothing was changed.")
    if change is Change.TOPIC and len(value) > LONGEST_TOPIC:
        raise Refused(f"A topic has at most {LONGEST_TOPIC} characters. Nothing was changed.")
    found = condition(project_id, wanted)
    with store.transaction(person.email) as tx:
        require(tx, project_id, person, Action.CHANGE_MANY)
        rows = tx.rows(
            f"select i.id from items i where {found.sql}{APPLIES[change]} order by i.id", *found.asked
        )
        if not rows:
            raise Refused("No item passes this filter any more. Nothing was changed.")
        bulk_id = tx.new_id("bulk_changes")
        tx.insert(
            "bulk_changes",
            {
                "id": bulk_id,
                "project_id": project_id,
                "person_id": person.id,
                "action": change.value,
                "value": value,
                "filter": wanted.to_json(),
                "state": Phase.DOING.value,
                "created_at": tx.now,
                "version": 1,
            },
        )
        numbers = [number for (number,) in rows]
        tx.load(
            "bulk_items", pd.DataFrame({"bulk_id": bulk_id, "item_id": numbers, "state": Step.TO_DO.value})
        )
    jobs.submit(KIND, str(bulk_id), person, project_id)
    return bulk_id


def undo(store: Store, jobs: Jobs, bulk_id: int, person: Person) -> None:
    """Take a change of many back, in the background; what was changed again since is left as it is.

    Raises:
        NotAllowed: the person may not change many items here.
        Refused: it still goes on, or it was undone already.
    """
    if _at_work(jobs, bulk_id):
        raise Refused("This change still goes on. Stop it first, then undo it. Nothing was changed.")
    with store.transaction(person.email) as tx:
        bulk = bulk_by_id(tx, bulk_id)
        require(tx, bulk.project_id, person, Action.CHANGE_MANY)
        if bulk.phase is Phase.UNDONE:
            raise Refused("This change was undone already. Nothing was changed.")
        tx.update("bulk_changes", {"id": bulk_id}, {"state": Phase.UNDOING.value})
    jobs.submit(KIND, str(bulk_id), person, bulk.project_id)


def go_on(store: Store, jobs: Jobs, bulk_id: int, person: Person) -> None:
    """Finish a change of many that was stopped in the middle.

    Raises:
        NotAllowed: the person may not change many items here.
    """
    bulk = bulk_by_id(store, bulk_id)
    require(store, bulk.project_id, person, Action.CHANGE_MANY)
    jobs.submit(KIND, str(bulk_id), person, bulk.project_id)


def stopped(jobs: Jobs, bulk: Bulk) -> bool:
    """Whether it was begun, is not at its end, and nobody works on it."""
    return bulk.phase in {Phase.DOING, Phase.UNDOING} and not _at_work(jobs, bulk.id)


def bulk_by_id(reader: Reader, bulk_id: int) -> Bulk:
    """The change of many with this number.

    Raises:
        Refused: there is none.
    """
    rows = reader.rows(f"{BULKS} where b.id = ? group by all", bulk_id)
    if not rows:
        raise Refused(f"There is no change of many with the number {bulk_id}.")
    return _bulk(rows[0])


def latest_bulk(store: Store, project_id: int) -> Bulk | None:
    """The newest change of many of a project."""
    sql = f"{BULKS} where b.project_id = ? group by all order by b.id desc limit 1"
    rows = store.recall(
        ("bulk_changes", "bulk_items"), ("latest bulk", project_id), lambda: store.rows(sql, project_id)
    )
    return _bulk(rows[0]) if rows else None


def carry_out(store: Store) -> Work:
    """The background work: goes on wherever it was cut off."""

    def work(task: Task) -> str:
        bulk = bulk_by_id(store, int(task.subject))
        back = bulk.phase is Phase.UNDOING
        step = Step.DONE if back else Step.TO_DO
        numbers = [number for (number,) in store.rows(STANDING, bulk.id, step.value)]
        for start in range(0, len(numbers), AT_ONCE):
            task.progress(start, len(numbers), f"{len(numbers):,} items: {bulk.change.value}")
            with store.transaction(bulk.person) as tx:
                by = _person(tx, bulk)
                for number in numbers[start : start + AT_ONCE]:
                    (_restore if back else _change)(tx, bulk, item_by_id(tx, number), by)
        with store.transaction(bulk.person) as tx:
            phase = Phase.UNDONE if back else Phase.DONE
            tx.update("bulk_changes", {"id": bulk.id}, {"state": phase.value})
        return f"{bulk_by_id(store, bulk.id).done} items changed."

    return work


def _change(tx: Transaction, bulk: Bulk, item: Item, by: Person) -> None:
    """Change one item, if it is still one that this change is for."""
    key = {"bulk_id": bulk.id, "item_id": item.id}
    if bulk.change is Change.TOPIC:
        tx.update("items", {"id": item.id}, {"topic": bulk.value, "changed_at": tx.now})
        record(tx, item, by, "topic set", state_from=item.state, state_to=item.state, comment=bulk.value)
        tx.update("bulk_items", key, {"before": item.topic, "state": Step.DONE.value})
        return
    decided = _decision(tx, item)
    if decided is None:
        tx.update("bulk_items", key, {"state": Step.LEFT.value})
        return
    tx.update("replies", {"id": item.reply_id}, dict.fromkeys(DECISION))
    move(tx, item, State.SUBMITTED, by, "sent to review again", comment=bulk.value)
    tx.update("bulk_items", key, {"before": decided, "state": Step.DONE.value})


def _restore(tx: Transaction, bulk: Bulk, item: Item, by: Person) -> None:
    """Give one item back what it had, unless somebody has changed it since."""
    key = {"bulk_id": bulk.id, "item_id": item.id}
    before = tx.value("select before from bulk_items where bulk_id = ? and item_id = ?", bulk.id, item.id)
    if bulk.change is Change.TOPIC and item.topic == bulk.value:
        tx.update("items", {"id": item.id}, {"topic": before, "changed_at": tx.now})
        record(tx, item, by, "topic undone", state_from=item.state, state_to=item.state, comment=before)
        tx.update("bulk_items", key, {"state": Step.UNDONE.value})
    elif bulk.change is Change.REVIEW_AGAIN and (decided := json.loads(before))["reply_id"] == item.reply_id:
        _approve_as_before(tx, item, decided, by)
        tx.update("bulk_items", key, {"state": Step.UNDONE.value})
    else:
        tx.update("bulk_items", key, {"state": Step.LEFT.value})


def _approve_as_before(tx: Transaction, item: Item, decided: dict[str, Any], by: Person) -> None:
    if item.state is State.SUBMITTED:
        tx.update("replies", {"id": item.reply_id}, {name: decided[name] for name in DECISION})
        move(tx, item, State.APPROVED, by, "approved as before")


def _decision(tx: Transaction, item: Item) -> str | None:
    """The decision on an approved item's reply, to be given back if the change is undone."""
    row = tx.row(f"select id, {', '.join(DECISION)} from replies where id = ?", item.reply_id)
    if row is None or item.state is not State.APPROVED:
        return None
    return json.dumps(dict(zip(("reply_id", *DECISION), row, strict=True)), default=str, ensure_ascii=False)


def _person(reader: Reader, bulk: Bulk) -> Person:
    found = find_person(reader, bulk.person)
    if found is None:
        raise Refused(f"{bulk.person} is not in the workspace any more. Nothing more was changed.")
    return found


def _at_work(jobs: Jobs, bulk_id: int) -> bool:
    return any(job.kind == KIND and job.subject == str(bulk_id) for job in jobs.unfinished())


def _bulk(row: Row) -> Bulk:
    number, project_id, person, change, value, phase, created_at, total, done = row
    return Bulk(number, project_id, person, Change(change), value, Phase(phase), created_at, total, done)


DECISION = ("reviewer_id", "decided_at", "decision", "reason", "comment")
STANDING = "select item_id from bulk_items where bulk_id = ? and state = ? order by item_id"
APPLIES = {Change.TOPIC: "", Change.REVIEW_AGAIN: " and i.state = 'approved'"}
BULKS = (
    "select b.id, b.project_id, p.email, b.action, b.value, b.state, b.created_at, "
    "count(*), count(*) filter (n.state = 'done') "
    "from bulk_changes b join people p on p.id = b.person_id join bulk_items n on n.bulk_id = b.id"
)
