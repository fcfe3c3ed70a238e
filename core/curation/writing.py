"""Writing: an expert takes the next item, writes its ideal reply and submits it; nothing typed is lost."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from core.curation.checks.acceptance import must_pass
from core.curation.items import Item, State, item_by_id, move, record
from core.curation.labour import note_labour, show_sign
from core.curation.projects import Project
from core.curation.replies import Origin, Reply, add_reply, reply_by_id
from core.errors import Conflict, Refused
from core.people.persons import Person, importer_id
from core.people.roles import Action, require
from core.store.database import Reader
from core.store.store import Store
from core.store.transaction import Transaction

HELD = timedelta(minutes=15)
"""How long an item stays with the person it was handed to, counted from their last keystroke."""


WRITABLE = frozenset({State.WAITING, State.DRAFT, State.RETURNED})


@dataclass(frozen=True)
class Draft:
    """What a person typed and has not submitted."""

    text: str
    saved_at: datetime


@dataclass(frozen=True)
class Waiting:
    """How much there is to write for anybody, imported replies sent back among it, and for this person."""

    waiting: int
    returned_to_me: int


def waiting_for(store: Store, project: Project, person: Person) -> Waiting:
    """How many items wait for anybody, and how many came back to this person."""

    def ask() -> Waiting:
        row = store.row(
            "select count(*) filter (i.state in ('waiting', 'draft') or r.author_id = ?), "
            "count(*) filter (i.state = 'returned' and r.author_id = ?) "
            "from items i left join replies r on r.id = i.reply_id and i.state = 'returned' "
            "where i.project_id = ?",
            importer_id(store),
            person.id,
            project.id,
        )
        return Waiting(*row) if row else Waiting(0, 0)

    return store.recall(("items", "replies"), ("waiting for", project.id, person.id), ask)


def next_item(store: Store, project: Project, person: Person) -> Item | None:
    """Hand the person the item to write next: what came back to them, what they began, what is worth most.

    The item is theirs for a while; nobody else is handed it. What they skipped since is no longer first.
    """
    with store.transaction(person.email) as tx:
        require(tx, project.id, person, Action.WRITE)
        item = _worth_most(tx, project.id, person)
        if item is not None:
            _hold(tx, item.id, person)
        return item


def take_item(store: Store, item_id: int, person: Person) -> Item:
    """Hand the person this very item.

    Raises:
        Refused: it is submitted or approved, or with somebody else right now.
    """
    with store.transaction(person.email) as tx:
        item = _writable(tx, item_id, person)
        holder = _somebody_else(tx, item_id, person)
        if holder is not None:
            raise Refused(f"{holder} is writing this reply right now. Take another item.")
        _hold(tx, item_id, person)
        return item


def let_go(store: Store, item_id: int, person: Person) -> None:
    """The person turned to something else: the item is free for others at once; a draft of theirs stays.

    Raises:
        NotAllowed: the person may not write here.
        Refused: there is no such item any more.
    """
    with store.transaction(person.email) as tx:
        require(tx, item_by_id(tx, item_id).project_id, person, Action.WRITE)
        if tx.value("select person_id from item_locks where item_id = ?", item_id) == person.id:
            tx.delete("item_locks", {"item_id": item_id})


def draft_of(reader: Reader, item_id: int, person: Person) -> Draft | None:
    """What this person typed for this item and has not submitted."""
    row = reader.row(
        "select text, saved_at from drafts where item_id = ? and person_id = ?", item_id, person.id
    )
    return Draft(*row) if row else None


def save_draft(store: Store, item_id: int, text: str, person: Person) -> Draft:
    """Keep what the person typed so far; an empty text removes the draft.

    Raises:
        NotAllowed: the person may not write here.
        Refused: the item is submitted or approved meanwhile; the text is kept all the same.
    """
    with store.transaction(person.email) as tx:
        item = item_by_id(tx, item_id)
        require(tx, item.project_id, person, Action.WRITE)
        put_draft(tx, item, text, person)
        if item.state in WRITABLE and _somebody_else(tx, item_id, person) is None:
            _hold(tx, item_id, person)
        saved = Draft(text, tx.now)
    if item.state not in WRITABLE:
        raise Refused(f"This item is already {item.state.value}. Your text is kept as a draft of yours.")
    return saved


def submit(store: Store, item_id: int, text: str, person: Person, seen: int | None = None) -> None:
    """Submit a reply for review.

    Args:
        store: the store.
        item_id: the item.
        text: the reply.
        person: its author.
        seen: the item's version when the person opened it, if it must still be that.

    Raises:
        NotAllowed: the person may not write here.
        Refused: a check stops the reply and nobody accepted that, or the item is submitted already.
        Conflict: the item changed since.
    """
    with store.transaction(person.email) as tx:
        item = _writable(tx, item_id, person)
        if seen is not None and item.version != seen and item.state not in {State.DRAFT, State.WAITING}:
            raise Conflict("This item changed since you opened it. Your text is kept as a draft; look again.")
        must_pass(tx, item, text, "Nothing was submitted; your text is kept.")
        reply_id = add_reply(tx, item, text.strip(), person, _origin(tx, item_id, person))
        move(tx, item, State.SUBMITTED, person, "submitted", reply_id=reply_id)
        note_labour(tx, item_id, reply_id, person)
        tx.delete("drafts", {"item_id": item_id, "person_id": person.id})
        tx.delete("item_locks", {"item_id": item_id})


def skip(store: Store, item_id: int, reason: str, person: Person) -> None:
    """Put an item back at the end of the queue, with the reason in its history."""
    with store.transaction(person.email) as tx:
        item = _writable(tx, item_id, person)
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


def take_back(store: Store, item_id: int, person: Person) -> None:
    """Undo one's own submission while nobody has decided on it; the text becomes the draft again.

    Of an edited reply the version before it waits for review again.

    Raises:
        Refused: it was somebody else's, or it is decided already.
    """
    with store.transaction(person.email) as tx:
        item = item_by_id(tx, item_id)
        require(tx, item.project_id, person, Action.WRITE)
        reply = reply_by_id(tx, item.reply_id) if item.reply_id else None
        if item.state is not State.SUBMITTED or reply is None or reply.author_id != person.id:
            raise Refused("This reply can no longer be taken back: it is decided, or it is not yours.")
        _keep_text(tx, item_id, reply.text, person)
        if reply.origin is Origin.EDITED:
            move(tx, item, State.SUBMITTED, person, "edit taken back", reply_id=_before(tx, reply))
            return
        move(tx, item, State.DRAFT, person, "taken back")
        _hold(tx, item_id, person)


def _worth_most(tx: Transaction, project_id: int, person: Person) -> Item | None:
    """What came back, what was begun or is in hand, what was wished for, what a survey wants, the oldest."""
    mine = (person.id, importer_id(tx) or person.id)
    questions = (
        (f"{RETURNED} and r.decided_at >= i.changed_at", mine),
        (BEGUN, (person.id, *mine)),
        (IN_HAND, (person.id, *mine)),
    )
    for places, values in questions:
        found = _longest_untouched(tx, project_id, person, places, *values)
        if found is not None:
            return found
    for wanted in (WISHED, WORTH_MOST):
        number = tx.value(wanted, project_id, tx.now, person.id)
        if number is not None:
            return item_by_id(tx, number)
    either = (
        _longest_untouched(tx, project_id, person, "items i where i.state in ('waiting', 'draft')"),
        _longest_untouched(tx, project_id, person, RETURNED, *mine),
    )
    return min(filter(None, either), key=lambda item: (item.changed_at, item.id), default=None)


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


RETURNED = "items i join replies r on r.id = i.reply_id where i.state = 'returned' and r.author_id in (?, ?)"
FREE = (
    "where w.project_id = ? and i.state = 'waiting' and i.id not in "
    "(select item_id from item_locks where held_until > ? and person_id <> ?) "
)
WISHED = (
    f"select i.id from wishes w join items i on i.id = w.item_id {FREE}"
    "order by w.study_id desc, w.nearness desc, i.id limit 1"
)
WORTH_MOST = (
    f"select i.id from item_worth w join items i on i.id = w.item_id {FREE}"
    "order by w.worth desc, i.id limit 1"
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


def _before(tx: Transaction, reply: Reply) -> int:
    """The version that was edited."""
    sql = "select id from replies where item_id = ? and number < ? order by number desc limit 1"
    number: int = tx.value(sql, reply.item_id, reply.number)
    return number


def put_draft(tx: Transaction, item: Item, text: str, person: Person) -> None:
    """Keep a text as the person's draft; with its first one an item that waited is begun."""
    _keep_text(tx, item.id, text, person)
    if item.state is State.WAITING and text.strip():
        move(tx, item, State.DRAFT, person, "began")


def _origin(tx: Transaction, item_id: int, person: Person) -> Origin:
    """Whether the person started from what a model suggested."""
    taken = "select count(*) from suggestions where item_id = ? and person_id = ? and taken"
    return Origin.DRAFTED if tx.value(taken, item_id, person.id) else Origin.WRITTEN


def _keep_text(tx: Transaction, item_id: int, text: str, person: Person) -> None:
    """One draft for an item and a person; an empty one is none."""
    key = {"item_id": item_id, "person_id": person.id}
    saved = draft_of(tx, item_id, person)
    if not text.strip():
        tx.delete("drafts", key)
    elif saved is None:
        tx.insert("drafts", {**key, "text": text, "saved_at": tx.now})
    elif saved.text != text:
        tx.update("drafts", key, {"text": text, "saved_at": tx.now})


def _writable(tx: Transaction, item_id: int, person: Person) -> Item:
    item = item_by_id(tx, item_id)
    require(tx, item.project_id, person, Action.WRITE)
    if item.state not in WRITABLE:
        raise Refused(f"This item is already {item.state.value}. Your text was not saved over it.")
    return item


def _somebody_else(tx: Transaction, item_id: int, person: Person) -> str | None:
    """The name of another person who holds the item now."""
    name: str | None = tx.value(
        "select p.name from item_locks l join people p on p.id = l.person_id "
        "where l.item_id = ? and l.held_until > ? and l.person_id <> ?",
        item_id,
        tx.now,
        person.id,
    )
    return name


def _hold(tx: Transaction, item_id: int, person: Person) -> None:
    show_sign(tx, item_id, person)
    tx.delete("item_locks", {"item_id": item_id})
    tx.insert("item_locks", {"item_id": item_id, "person_id": person.id, "held_until": tx.now + HELD})
