"""Loading: new rows become items with their replies, drafts and history, in files that are loaded at once."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from pyarrow import compute, parquet

from core.curation.intake.arrival import Arrival
from core.curation.intake.table import Unit
from core.curation.items import State, conversation_text
from core.curation.replies import Origin
from core.store.blobs import Blobs
from core.store.transaction import Transaction

MOMENT = pa.timestamp("us", tz="UTC")
CHOSEN_FEW = (
    "topic",
    "customer",
    "state",
    "language",
    "origin",
    "decision",
    "action",
    "state_from",
    "state_to",
)
"""Columns with few different values, which are written once each."""


@dataclass(frozen=True)
class Arrivals:
    """How the rows of one import arrive: who brings them into which project, when, and in which state.

    `unit` is what a row's number counts.
    """

    unit: Unit
    project_id: int
    import_id: int
    person_id: int
    author_id: int
    target: State
    now: datetime


@dataclass(frozen=True)
class Numbers:
    """The first of the consecutive numbers for each kind of row."""

    items: int
    replies: int
    history: int


def new_numbers(tx: Transaction, part: Sequence[Arrival], target: State) -> Numbers:
    """Numbers for these rows that nothing else ever gets."""
    replied = 0 if target is State.WAITING else sum(one.reply is not None for one in part)
    steps = 2 if target is State.APPROVED else 1
    needed = {"items": len(part), "replies": replied, "history": len(part) + steps * replied}
    return Numbers(**{table: tx.new_ids(table, count)[0] if count else 0 for table, count in needed.items()})


@dataclass(frozen=True)
class Written:
    """A file of rows beside the blobs: for which table, and its columns."""

    table: str
    path: Path
    columns: tuple[str, ...]


def write_part(blobs: Blobs, part: Sequence[Arrival], arrivals: Arrivals, numbers: Numbers) -> list[Written]:
    """Write the rows as one file for each table, beside the blobs."""
    tables = {
        "items": _items(part, arrivals, numbers),
        "replies": _replies(part, arrivals, numbers),
        "history": _history(part, arrivals, numbers),
        "drafts": _drafts(part, arrivals, numbers),
    }
    written: list[Written] = []
    for name, table in tables.items():
        if table.num_rows:
            path = blobs.temporary()
            few = [column for column in CHOSEN_FEW if column in table.column_names]
            parquet.write_table(
                table,
                path,
                compression="snappy",
                use_dictionary=few,
                row_group_size=len(table),
            )
            written.append(Written(name, path, tuple(table.column_names)))
    return written


def _items(part: Sequence[Arrival], arrivals: Arrivals, numbers: Numbers) -> pa.Table:
    replied = _replied(part, arrivals)
    count = len(part)
    return pa.table(
        {
            "id": _counting(numbers.items, count),
            "project_id": _same(arrivals.project_id, count),
            "import_id": _same(arrivals.import_id, count),
            "question": _texts([one.question for one in part]),
            "conversation": _texts([conversation_text(one.conversation) for one in part]),
            "topic": _texts([one.topic for one in part]),
            "ticket": _texts([one.ticket for one in part]),
            "customer": _texts([one.customer for one in part]),
            "fingerprint": _texts([one.fingerprint for one in part]),
            "state": pa.array(np.where(replied, arrivals.target.value, State.WAITING.value)),
            "reply_id": pa.array(numbers.replies + np.cumsum(replied) - 1, mask=~replied),
            "created_at": _same(arrivals.now, count, MOMENT),
            "changed_at": _same(arrivals.now, count, MOMENT),
            "version": _same(1, count, pa.int32()),
            "asked_at": pa.array([one.asked_at for one in part], MOMENT),
            "volume": pa.array([one.volume for one in part], pa.int64()),
            "language": _texts([one.language for one in part]),
            "details": _texts([_details(one) for one in part]),
        }
    )


def _replies(part: Sequence[Arrival], arrivals: Arrivals, numbers: Numbers) -> pa.Table:
    replied = _replied(part, arrivals)
    count = int(replied.sum())
    columns = {
        "id": _counting(numbers.replies, count),
        "item_id": pa.array(numbers.items + np.flatnonzero(replied)),
        "number": _same(1, count, pa.int32()),
        "text": _texts([one.reply for one, is_replied in zip(part, replied, strict=True) if is_replied]),
        "origin": _same(Origin.IMPORTED.value, count, pa.string()),
        "author_id": _same(arrivals.author_id, count),
        "written_at": _same(arrivals.now, count, MOMENT),
        "version": _same(1, count, pa.int32()),
    }
    if arrivals.target is State.APPROVED:
        columns |= {
            "reviewer_id": _same(arrivals.person_id, count),
            "decided_at": _same(arrivals.now, count, MOMENT),
            "decision": _same(State.APPROVED.value, count, pa.string()),
        }
    return pa.table(columns)


def _history(part: Sequence[Arrival], arrivals: Arrivals, numbers: Numbers) -> pa.Table:
    """What happened to each item, in order: added, submitted by the import, approved by the person."""
    replied = _replied(part, arrivals)
    everyone = np.ones(len(part), dtype=bool)
    waiting, submitted = State.WAITING.value, State.SUBMITTED.value
    steps: list[tuple[Any, int, str, str | None, str]] = [
        (everyone, arrivals.person_id, "added", None, waiting),
        (replied, arrivals.author_id, "submitted", waiting, submitted),
    ]
    if arrivals.target is State.APPROVED:
        steps.append((replied, arrivals.person_id, "approved", submitted, State.APPROVED.value))
    taken = 1 + replied * (len(steps) - 1)
    first = numbers.history + np.cumsum(taken) - taken
    reply_ids = numbers.replies + np.cumsum(replied) - 1
    events = []
    for step, (whom, person_id, action, state_from, state_to) in enumerate(steps):
        rows = np.flatnonzero(whom)
        count = len(rows)
        events.append(
            pa.table(
                {
                    "id": pa.array(first[rows] + step),
                    "project_id": _same(arrivals.project_id, count),
                    "item_id": pa.array(numbers.items + rows),
                    "reply_id": pa.array(reply_ids[rows], mask=np.full(count, step == 0)),
                    "person_id": _same(person_id, count),
                    "action": _same(action, count, pa.string()),
                    "state_from": _same(state_from, count, pa.string()),
                    "state_to": _same(state_to, count, pa.string()),
                    "comment": _places(part, arrivals.unit) if step == 0 else _same(None, count, pa.string()),
                    "happened_at": _same(arrivals.now, count, MOMENT),
                }
            )
        )
    return pa.concat_tables(events).sort_by("id")


def _drafts(part: Sequence[Arrival], arrivals: Arrivals, numbers: Numbers) -> pa.Table:
    """Where replies wait, they are the drafts of who brings them."""
    kept = [place for place, one in enumerate(part) if one.reply and arrivals.target is State.WAITING]
    return pa.table(
        {
            "item_id": pa.array(numbers.items + np.array(kept, dtype=np.int64)),
            "person_id": _same(arrivals.person_id, len(kept)),
            "text": _texts([part[place].reply for place in kept]),
            "saved_at": _same(arrivals.now, len(kept), MOMENT),
        }
    )


def _replied(part: Sequence[Arrival], arrivals: Arrivals) -> "np.ndarray[Any, np.dtype[np.bool_]]":
    """Which of the rows come with a reply that is submitted or approved."""
    if arrivals.target is State.WAITING:
        return np.zeros(len(part), dtype=bool)
    return np.fromiter((one.reply is not None for one in part), dtype=bool, count=len(part))


def _places(part: Sequence[Arrival], unit: Unit) -> pa.Array:
    """Where in the file each row stood."""
    before = "row at line" if unit is Unit.LINE else unit.value
    lines = pa.array([one.line for one in part], pa.int64()).cast(pa.string())
    return compute.binary_join_element_wise(before, lines, "of the file", " ")


def _details(one: Arrival) -> str | None:
    return json.dumps(dict(one.details), ensure_ascii=False) if one.details else None


def _counting(first: int, count: int) -> pa.Array:
    return pa.array(np.arange(first, first + count, dtype=np.int64))


def _same(value: Any, count: int, kind: Any = None) -> pa.Array:
    return pa.repeat(pa.scalar(value, kind or pa.int64()), count)


def _texts(values: Sequence[str | None]) -> pa.Array:
    return pa.array(values, pa.string())
