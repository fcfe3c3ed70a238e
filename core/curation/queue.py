"""The queue: hands each writer the item worth most next, and keeps it theirs while they are at it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from core.curation.coverage.losses import MARKED, RAISED
from core.curation.items import Item, State, item_by_id, record
from core.curation.labour import show_sign
from core.curation.projects import Project
from core.errors import Refused
from core.people.persons import Person, importer_id, person_by_id
from core.people.roles import Action, require
from core.store.database import Reader
from core.store.memory import part
from core.store.store import Store
from core.store.transaction import Transaction

HELD = timedelta(minutes=15)
"""How long an item stays with the person it was handed to, counted from their last keystroke."""
RENEWED = timedelta(minutes=1)
"""A hold is written anew when it has grown this old, not at every keystroke."""

WRITABLE = frozenset({State.WAITING, State.DRAFT, State.RETURNED})
WAITING_ITEMS = (part("items", "state", State.WAITING), part("items", "state", State.DRAFT))
RETURNED_ITEMS = (part("items", "state", State.RETURNED),)


@dataclass(frozen=True)
class Waiting:
    """How much there is to write for anybody, imported replies sent back among it, and for this person."""

    waiting: int
    returned_to_me: int


def waiting_for(store: Store, project: Project, person: Person) -> Waiting:
    """How many items wait for anybody, and how many came back to this person."""
    sql = "select count(*) from items where project_id = ? and state in ('waiting', 'draft')"
    asked = ("waiting", project.id)
    waiting: int = store.recall(WAITING_ITEMS, asked, lambda: store.value(sql, project.id))
    returned = _returned(store, project.id)
    importer = importer_id(store)
    return Waiting(waiting + (returned.get(importer, 0) if importer else 0), returned.get(person.id, 0))


def next_item(store: Store, project: Project, person: Person) -> Item | None:
    """Hand the person the item to write next: what came back to them, what they began, what is worth most.

    The item is theirs for a while; nobody else is handed it. What they skipped since is no longer first.
    """
    with store.transaction(person.email) as tx:
        require(tx, project.id, person, Action.WRITE)
        item = _worth_most(tx, project.id, person)
        if item is not None:
            hold(tx, item.id, person)
        return item


def take_item(store: Store, item_id: int, person: Person) -> Item:
    """Hand the person this very item.

    Raises:
        Refused: it is submitted or approved, or with somebody else right now.
    """
    with store.transaction(person.email) as tx:
        item = writable(tx, item_id, person)
        holder = _somebody_else(tx, item_id, person)
        if holder is not None:
            raise Refused(f"{holder.name} is writing this reply right now. Take another item.")
        hold(tx, item_id, person)
        return item


def let_go(store: Store, item_id: int, person: Person) -> None:
    """The person turned to something else: the item is free for others at once; a draft of theirs stays.

    Raises:
        NotAllowed: the person may not write here.
        Refused: there is no such item any more.
    """
    with store.transaction(person.email) as tx:
        require(tx, item_by_id(tx, item_id).project_id, person, Action.WRITE)
        lock = _lock(tx, item_id)
        if lock is not None and lock[0] == person.id:
            tx.delete("item_locks", {"item_id": item_id})


def skip(store: Store, item_id: int, reason: str, person: Person) -> None:
    """Put an item back at the end of the queue, with the reason in its history."""
    with store.transaction(person.email) as tx:
        item = writable(tx, item_id, person)
        tx.update("items", {"id": item.id}, {"changed_at": tx.now}, version=item.version)
        record(
            tx,
            item,
            person,
            "skipped",
            state_from=item.state,
            state_to=item.state,
            comment=reason.strip() or None,
        )
        tx.delete("item_worth", {"item_id": item_id})
        tx.delete("wishes", {"item_id": item_id})
        tx.delete("item_locks", {"item_id": item_id})


def writable(tx: Transaction, item_id: int, person: Person) -> Item:
    """The item, if it can be written and the person may.

    Raises:
        NotAllowed: the person may not write here.
        Refused: it is submitted or approved.
    """
    item = item_by_id(tx, item_id)
    require(tx, item.project_id, person, Action.WRITE)
    if item.state not in WRITABLE:
        raise Refused(f"This item is already {item.state.value}. Your text was not saved over it.")
    return item


def held_by_another(tx: Transaction, item_id: int, person: Person) -> bool:
    """Whether somebody else has the item in hand now."""
    return _somebody_else(tx, item_id, person) is not None


def hold(tx: Transaction, item_id: int, person: Person) -> None:
    """The item is the person's for a while, counted from now."""
    show_sign(tx, item_id, person)
    until, lock = tx.now + HELD, _lock(tx, item_id)
    mine = {"person_id": person.id, "held_until": until}
    if lock is None:
        tx.insert("item_locks", {"item_id": item_id, **mine})
    elif lock[0] != person.id or until - lock[1] >= RENEWED:
        tx.update("item_locks", {"item_id": item_id}, mine)


def _worth_most(tx: Transaction, project_id: int, person: Person) -> Item | None:
    """What came back, what was begun or is in hand, what was wished for, what a survey wants, the oldest."""
    mine = (person.id, importer_id(tx) or person.id)
    returned = not _returned(tx, project_id).keys().isdisjoint(mine)
    if returned and (back := _longest_untouched(tx, project_id, person, BACK, *mine)) is not None:
        return back
    if tx.value(AT_IT, person.id, person.id) is not None:
        for places in (BEGUN, IN_HAND):
            if (begun := _longest_untouched(tx, project_id, person, places, person.id, *mine)) is not None:
                return begun
    if (wanted := _wanted_most(tx, project_id, person)) is not None:
        return wanted
    either = [_longest_untouched(tx, project_id, person, "items i where i.state in ('waiting', 'draft')")]
    if returned:
        either.append(_longest_untouched(tx, project_id, person, RETURNED, *mine))
    return min(filter(None, either), key=lambda item: (item.changed_at, item.id), default=None)


def _returned(reader: Reader, project_id: int) -> dict[int, int]:
    """How many replies were sent back to each author."""

    def ask() -> dict[int, int]:
        return dict(reader.rows(RETURNED_TO, project_id))

    return reader.recall(RETURNED_ITEMS, ("returned", project_id), ask)


def _wanted_most(tx: Transaction, project_id: int, person: Person) -> Item | None:
    """What was wished for because a model lost on its like, else what a survey weighed highest."""
    for table, most in (("wishes", WISHED), ("item_worth", WORTH_MOST)):
        sql, asked = f"select 1 from {table} where project_id = ? limit 1", ("any", table, project_id)
        if tx.recall((table,), asked, partial(tx.value, sql, project_id)) is None:
            continue
        number = tx.value(most, project_id, tx.now, person.id)
        if number is not None:
            return item_by_id(tx, number)
    return None


def _longest_untouched(
    tx: Transaction, project_id: int, person: Person, places: str, *values: Any
) -> Item | None:
    """Of the items in these places the one that nobody else holds and nobody touched for longest."""
    number = tx.value(
        f"select i.id from {places} and i.project_id = ? and i.id not in "
        "(select item_id from item_locks where held_until > ? and person_id <> ?) "
        "order by i.changed_at, i.id limit 1",
        *values,
        project_id,
        tx.now,
        person.id,
    )
    return None if number is None else item_by_id(tx, number)


AT_IT = (
    "select 1 from drafts where person_id = ? union all select 1 from item_locks where person_id = ? limit 1"
)
RETURNED_TO = (
    "select r.author_id, count(*) from items i join replies r on r.id = i.reply_id "
    "where i.project_id = ? and i.state = 'returned' group by r.author_id"
)
RETURNED = "items i join replies r on r.id = i.reply_id where i.state = 'returned' and r.author_id in (?, ?)"
BACK = f"{RETURNED} and r.decided_at >= i.changed_at"
FREE = (
    "where w.project_id = ? and i.state = 'waiting' and i.id not in "
    "(select item_id from item_locks where held_until > ? and person_id <> ?) "
)
WISHED = (
    f"select i.id from wishes w join items i on i.id = w.item_id {FREE}"
    "order by w.study_id desc, w.nearness desc, i.id limit 1"
)
WORTH_MOST = (
    f"select i.id from item_worth w join items i on i.id = w.item_id {MARKED} {FREE}"
    f"order by {RAISED} desc, i.id limit 1"
)
OPEN = "(i.state in ('waiting', 'draft') or i.state = 'returned' and r.author_id in (?, ?))"
BEGUN = (
    "drafts d join items i on i.id = d.item_id left join replies r on r.id = i.reply_id "
    f"where d.person_id = ? and d.saved_at >= i.changed_at and {OPEN}"
)
IN_HAND = (
    "item_locks l join items i on i.id = l.item_id left join replies r on r.id = i.reply_id "
    f"where l.person_id = ? and {OPEN}"
)


def _lock(tx: Transaction, item_id: int) -> tuple[int, datetime] | None:
    """Who was handed the item last, and until when it is theirs."""
    sql = "select person_id, held_until from item_locks where item_id = ?"
    asked = (part("item_locks", "item_id", item_id),)
    row = tx.recall(asked, ("lock", item_id), lambda: tx.row(sql, item_id))
    return None if row is None else (row[0], row[1])


def _somebody_else(tx: Transaction, item_id: int, person: Person) -> Person | None:
    """Another person who holds the item now."""
    lock = _lock(tx, item_id)
    if lock is None or lock[0] == person.id or lock[1] <= tx.now:
        return None
    return person_by_id(tx, lock[0])
