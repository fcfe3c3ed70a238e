"""Loading: many new items with their replies, drafts and history, written as frames."""

from collections.abc import Sequence
from typing import Any

import pandas as pd

from core.curation.intake.arrival import Arrival
from core.curation.items import State, conversation_text
from core.curation.projects import Project
from core.curation.replies import Origin
from core.people.persons import IMPORT_EMAIL, Person, ensure_person
from core.store.transaction import Transaction

IMPORT_NAME = "Import"


def load_items(
    tx: Transaction,
    project: Project,
    import_id: int,
    new: Sequence[Arrival],
    person: Person,
    target: State,
) -> int:
    """Write the items in the state they arrive in, and return how many came with a reply."""
    if not new:
        return 0
    author = ensure_person(tx, IMPORT_EMAIL, IMPORT_NAME)
    replied = [one.reply is not None and target is not State.WAITING for one in new]
    item_ids = tx.new_ids("items", len(new))
    numbers = iter(tx.new_ids("replies", sum(replied)) if any(replied) else ())
    reply_ids = [next(numbers) if has_reply else None for has_reply in replied]
    states = [target if has_reply else State.WAITING for has_reply in replied]
    tx.load("items", _items(tx, project, import_id, new, item_ids, reply_ids, states))
    tx.load("replies", _replies(tx, new, item_ids, reply_ids, author, person, target))
    tx.load("history", _history(tx, project, new, item_ids, reply_ids, states, author, person))
    if target is State.WAITING:
        tx.load("drafts", _drafts(tx, new, item_ids, person))
    return sum(one.reply is not None for one in new)


def _items(
    tx: Transaction,
    project: Project,
    import_id: int,
    new: Sequence[Arrival],
    item_ids: Sequence[int],
    reply_ids: Sequence[int | None],
    states: Sequence[State],
) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "id": item_ids,
            "project_id": project.id,
            "import_id": import_id,
            "question": _words([one.item.question for one in new]),
            "conversation": _words([conversation_text(one.item.conversation) for one in new]),
            "topic": _words([one.item.topic for one in new]),
            "ticket": _words([one.item.ticket for one in new]),
            "customer": _words([one.item.customer for one in new]),
            "fingerprint": _words([one.fingerprint for one in new]),
            "state": _words([state.value for state in states]),
            "reply_id": pd.array(list(reply_ids), dtype="Int64"),
            "created_at": tx.now,
            "changed_at": tx.now,
            "version": 1,
        }
    )


def _replies(
    tx: Transaction,
    new: Sequence[Arrival],
    item_ids: Sequence[int],
    reply_ids: Sequence[int | None],
    author: Person,
    person: Person,
    target: State,
) -> pd.DataFrame:
    with_reply = [
        (reply_id, item_id, one.reply)
        for reply_id, item_id, one in zip(reply_ids, item_ids, new, strict=True)
        if reply_id is not None
    ]
    frame = pd.DataFrame(
        {
            "id": [reply_id for reply_id, _, _ in with_reply],
            "item_id": [item_id for _, item_id, _ in with_reply],
            "number": 1,
            "text": _words([text for _, _, text in with_reply]),
            "origin": Origin.IMPORTED.value,
            "author_id": author.id,
            "written_at": tx.now,
            "version": 1,
        }
    )
    if target is State.APPROVED:
        frame = frame.assign(reviewer_id=person.id, decided_at=tx.now, decision=State.APPROVED.value)
    return frame


def _history(
    tx: Transaction,
    project: Project,
    new: Sequence[Arrival],
    item_ids: Sequence[int],
    reply_ids: Sequence[int | None],
    states: Sequence[State],
    author: Person,
    person: Person,
) -> pd.DataFrame:
    """What happened to each item: added, submitted by the import, approved by the person."""
    columns = ("item_id", "reply_id", "person_id", "action", "state_from", "state_to", "comment")
    events: list[tuple[Any, ...]] = []
    for one, item_id, reply_id, state in zip(new, item_ids, reply_ids, states, strict=True):
        line = f"row at line {one.line} of the file"
        events.append((item_id, None, person.id, "added", None, State.WAITING.value, line))
        if state is State.WAITING:
            continue
        submitted = (State.WAITING.value, State.SUBMITTED.value)
        events.append((item_id, reply_id, author.id, "submitted", *submitted, None))
        if state is State.APPROVED:
            approved = (State.SUBMITTED.value, State.APPROVED.value)
            events.append((item_id, reply_id, person.id, "approved", *approved, None))
    frame = pd.DataFrame(
        {
            column: _words(list(values))
            for column, values in zip(columns, zip(*events, strict=True), strict=True)
        }
    )
    return frame.assign(
        id=tx.new_ids("history", len(events)),
        project_id=project.id,
        reply_id=frame["reply_id"].astype("Int64"),
        happened_at=tx.now,
    )


def _drafts(tx: Transaction, new: Sequence[Arrival], item_ids: Sequence[int], person: Person) -> pd.DataFrame:
    kept = [(item_id, one.reply) for item_id, one in zip(item_ids, new, strict=True) if one.reply]
    return pd.DataFrame(
        {
            "item_id": [item_id for item_id, _ in kept],
            "person_id": person.id,
            "text": _words([text for _, text in kept]),
            "saved_at": tx.now,
        }
    )


def _words(values: list[Any]) -> "pd.Series[Any]":
    """A column of plain objects: None stays null."""
    return pd.Series(values, dtype=object)
