"""A page of the library: some thirty items of perhaps a million, and where the next page begins."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from core.curation.items import SELECT, Item, State, item_of
from core.curation.library.filter import Filter, condition
from core.people.persons import names_of
from core.store.database import Row
from core.store.store import Store

PAGE = 30


class Order(StrEnum):
    """How the list is sorted; the last one of two alike is the newer item."""

    CHANGED = "changed last"
    NEWEST = "newest first"
    OLDEST = "oldest first"


@dataclass(frozen=True)
class Place:
    """Where a page ends: its last item, by the list's order."""

    changed_at: datetime
    item_id: int


@dataclass(frozen=True)
class Entry:
    """One line of the list: the item, the reply at hand and who wrote it."""

    item: Item
    reply: str | None
    author: str | None


@dataclass(frozen=True)
class Page:
    """Some entries, and the place the next page begins behind; None on the last page."""

    entries: tuple[Entry, ...]
    next: Place | None


SORTS = {
    Order.CHANGED: ("i.changed_at desc, i.id desc", "i.changed_at <= ? and (i.changed_at, i.id) < (?, ?)"),
    Order.NEWEST: ("i.id desc", "i.id < ?"),
    Order.OLDEST: ("i.id", "i.id > ?"),
}


def page(
    store: Store, project_id: int, wanted: Filter, order: Order, behind: Place | None = None, size: int = PAGE
) -> Page:
    """One page of the items that pass the filter, behind a place of the same order."""
    found = condition(project_id, wanted)
    by, rest = SORTS[order]
    where, values = found.sql, list(found.asked)
    if behind is not None:
        where = f"{where} and {rest}"
        at = behind.changed_at
        values += [at, at, behind.item_id] if order is Order.CHANGED else [behind.item_id]
    numbers = [
        number
        for (number,) in store.rows(
            f"select i.id from items i where {where} order by {by} limit ?", *values, size + 1
        )
    ]
    entries = _entries(store, numbers[:size])
    last = entries[-1].item if len(numbers) > size else None
    return Page(entries, Place(last.changed_at, last.id) if last else None)


def count(store: Store, project_id: int, wanted: Filter) -> int:
    """How many items pass the filter."""
    found = condition(project_id, wanted)

    def ask() -> int:
        number: int = store.value(f"select count(*) from items i where {found.sql}", *found.asked)
        return number

    return store.recall(("items", "replies"), ("library count", project_id, wanted), ask)


def topics(store: Store, project_id: int) -> tuple[str, ...]:
    """The topics of a project, by name."""
    return _known(store, project_id, "topic")


def languages(store: Store, project_id: int) -> tuple[str, ...]:
    """The languages of a project's questions, as their files named them."""
    return _known(store, project_id, "language")


def _known(store: Store, project_id: int, column: str) -> tuple[str, ...]:
    def ask() -> tuple[str, ...]:
        sql = f"select distinct {column} from items where project_id = ? and {column} is not null order by 1"
        return tuple(name for (name,) in store.rows(sql, project_id))

    return store.recall(("items",), (column, project_id), ask)


def states(store: Store, project_id: int, wanted: Filter) -> dict[State, int]:
    """How many of the items that pass the filter are in each state, those with none left out."""
    found = condition(project_id, wanted)
    sql = f"select i.state, count(*) from items i where {found.sql} group by i.state"

    def ask() -> dict[State, int]:
        rows = store.rows(sql, *found.asked)
        return {state: number for state in State for named, number in rows if named == state.value}

    return store.recall(("items", "replies"), ("library states", project_id, wanted), ask)


def _entries(store: Store, numbers: list[int]) -> tuple[Entry, ...]:
    """The items of these numbers, in that order, then their replies: a join would read both tables whole."""
    items = {item.id: item for item in map(item_of, _of(store, SELECT, numbers))}
    chosen = [items[number] for number in numbers]
    replies = _of(store, REPLIES, [item.reply_id for item in chosen if item.reply_id is not None])
    names = names_of(store)
    told = {number: (text, names[author_id]) for number, text, author_id in replies}
    return tuple(Entry(item, *told.get(item.reply_id or 0, (None, None))) for item in chosen)


def _of(store: Store, select: str, numbers: list[int]) -> list[Row]:
    """The rows of these numbers, by their keys: DuckDB looks up a list of values so, but not a join."""
    return store.rows(f"{select} where id in ({', '.join('?' * len(numbers))})", *numbers) if numbers else []


REPLIES = "select id, text, author_id from replies"
