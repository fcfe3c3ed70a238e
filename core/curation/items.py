"""Items: a customer's question with its conversation, its state, and everything that happened to it."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from core.errors import Refused
from core.people.notices import Occasion, notice
from core.people.persons import Person
from core.people.roles import Action, require
from core.store.database import Reader, Row
from core.store.memory import part
from core.store.transaction import Transaction
from core.text.fingerprint import fingerprint


class State(StrEnum):
    """Where an item stands on its way to a golden reply."""

    WAITING = "waiting"
    DRAFT = "draft"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    APPROVED = "approved"


@dataclass(frozen=True)
class Turn:
    """One earlier message of the conversation: who spoke (user, assistant) and what."""

    role: str
    text: str


@dataclass(frozen=True)
class About:
    """What else is known of a question; None where it is unknown.

    Attributes:
        asked_at: when the customer asked.
        volume: how many customers ask this.
        language: the name of its language, as the file said it.
        details: further columns of the file, by their own names.
    """

    asked_at: datetime | None = None
    volume: int | None = None
    language: str | None = None
    details: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Item:
    """A customer's question; `conversation` is what was said before it."""

    id: int
    project_id: int
    question: str
    conversation: tuple[Turn, ...]
    topic: str | None
    ticket: str | None
    customer: str | None
    state: State
    reply_id: int | None
    changed_at: datetime
    version: int
    about: About = About()


@dataclass(frozen=True)
class NewItem:
    """An item before it is in the workspace."""

    question: str
    conversation: tuple[Turn, ...] = ()
    topic: str | None = None
    ticket: str | None = None
    customer: str | None = None


@dataclass(frozen=True)
class Event:
    """One line of an item's history."""

    happened_at: datetime
    person: str
    action: str
    state_from: State | None
    state_to: State
    reason: str | None
    comment: str | None


def add_item(tx: Transaction, project_id: int, new: NewItem, person: Person) -> Item:
    """Add a waiting item.

    Raises:
        NotAllowed: the person may not import items here.
    """
    require(tx, project_id, person, Action.IMPORT)
    item_id = tx.new_id("items")
    tx.insert(
        "items",
        {
            "id": item_id,
            "project_id": project_id,
            "question": new.question,
            "conversation": conversation_text(new.conversation),
            "topic": new.topic,
            "ticket": new.ticket,
            "customer": new.customer,
            "fingerprint": item_fingerprint(new.question, new.conversation),
            "state": State.WAITING.value,
            "created_at": tx.now,
            "changed_at": tx.now,
            "version": 1,
        },
    )
    item = item_by_id(tx, item_id)
    record(tx, item, person, "added", state_from=None, state_to=State.WAITING)
    return item


def item_by_id(reader: Reader, item_id: int) -> Item:
    """The item with this number.

    Raises:
        Refused: there is none.
    """
    asked = ("item", item_id)
    row = reader.recall(
        (part("items", "id", item_id),), asked, lambda: reader.row(f"{SELECT} where id = ?", item_id)
    )
    if row is None:
        raise Refused(f"There is no item with the number {item_id}.")
    return item_of(row)


def items_in(reader: Reader, project_id: int, state: State, limit: int = 50) -> list[Item]:
    """The items of a project in one state, longest untouched first."""
    rows = reader.rows(
        f"{SELECT} where project_id = ? and state = ? order by changed_at, id limit ?",
        project_id,
        state.value,
        limit,
    )
    return [item_of(row) for row in rows]


def count_by_state(reader: Reader, project_id: int) -> dict[State, int]:
    """How many items of a project are in each state, all states named."""
    rows = reader.rows("select state, count(*) from items where project_id = ? group by state", project_id)
    found = {State(state): count for state, count in rows}
    return {state: found.get(state, 0) for state in State}


def move(
    tx: Transaction,
    item: Item,
    to: State,
    person: Person,
    action: str,
    *,
    reply_id: int | None = None,
    reason: str | None = None,
    comment: str | None = None,
) -> None:
    """Change an item's state, with its history, and what people are told of it, in the same transaction.

    Raises:
        Conflict: the item changed since it was read.
    """
    tx.update(
        "items",
        {"id": item.id},
        {"state": to.value, "reply_id": reply_id or item.reply_id, "changed_at": tx.now},
        version=item.version,
    )
    if to in CALLING:
        notice(tx, item.project_id, CALLING[to], item.id)
    record(
        tx,
        item,
        person,
        action,
        state_from=item.state,
        state_to=to,
        reply_id=reply_id or item.reply_id,
        reason=reason,
        comment=comment,
    )


def record(
    tx: Transaction,
    item: Item,
    person: Person,
    action: str,
    *,
    state_from: State | None,
    state_to: State,
    reply_id: int | None = None,
    reason: str | None = None,
    comment: str | None = None,
) -> None:
    """Add one line to an item's history."""
    tx.insert(
        "history",
        {
            "id": tx.new_id("history"),
            "project_id": item.project_id,
            "item_id": item.id,
            "reply_id": reply_id,
            "person_id": person.id,
            "action": action,
            "state_from": state_from.value if state_from else None,
            "state_to": state_to.value,
            "reason": reason,
            "comment": comment,
            "happened_at": tx.now,
        },
    )


def history_of(reader: Reader, item_id: int) -> list[Event]:
    """What happened to an item, oldest first."""
    rows = reader.rows(
        "select h.happened_at, p.name, h.action, h.state_from, h.state_to, h.reason, h.comment "
        "from history h join people p on p.id = h.person_id where h.item_id = ? order by h.id",
        item_id,
    )
    return [
        Event(at, person, action, State(old) if old else None, State(new), reason, comment)
        for at, person, action, old, new, reason, comment in rows
    ]


def item_fingerprint(question: str, conversation: Sequence[Turn] = ()) -> str:
    """What makes two items the same: the whole conversation, read without case and spacing."""
    return fingerprint(*(turn.text for turn in conversation), question)


def conversation_text(conversation: Sequence[Turn]) -> str | None:
    """A conversation as the store keeps it."""
    if not conversation:
        return None
    turns = [{"role": turn.role, "content": turn.text} for turn in conversation]
    return json.dumps(turns, ensure_ascii=False)


def turns_of(text: str | None) -> tuple[Turn, ...]:
    """A conversation from how the store keeps it."""
    return tuple(Turn(turn["role"], turn["content"]) for turn in json.loads(text or "[]"))


CALLING = {State.SUBMITTED: Occasion.WAITING, State.RETURNED: Occasion.RETURNED}
"""What people may be told of when an item comes into this state."""

APPROVED = (part("items", "state", State.APPROVED),)
"""What all that is asked of the approved items depends on: their replies change with them only."""

DECIDED = (*APPROVED, part("items", "state", State.SUBMITTED))
"""The same, for what waits for a decision too."""

COLUMNS = (
    "id",
    "project_id",
    "question",
    "conversation",
    "topic",
    "ticket",
    "customer",
    "state",
    "reply_id",
    "changed_at",
    "version",
    "asked_at",
    "volume",
    "language",
    "details",
)
SELECT = f"select {', '.join(COLUMNS)} from items"


def item_columns(alias: str) -> str:
    """The columns of an item for a query that joins items under this name."""
    return ", ".join(f"{alias}.{column}" for column in COLUMNS)


def item_of(row: Row) -> Item:
    """An item from a row of SELECT."""
    number, project_id, question, turns, topic, ticket, customer, state, *rest = row
    reply_id, changed_at, version, *about = rest
    return Item(
        number, project_id, question, turns_of(turns), topic, ticket, customer,
        State(state), reply_id, changed_at, version, _about(*about),
    )  # fmt: skip


def _about(asked_at: datetime | None, volume: int | None, language: str | None, details: str | None) -> About:
    return About(asked_at, volume, language, tuple(json.loads(details).items()) if details else ())
