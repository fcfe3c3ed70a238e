"""Writing: an expert writes the ideal reply to the item in hand and submits it; nothing typed is lost."""

from dataclasses import dataclass
from datetime import datetime

from core.curation.checks.acceptance import must_pass
from core.curation.items import Item, State, item_by_id, move
from core.curation.labour import note_labour
from core.curation.queue import WRITABLE, held_by_another, hold, writable
from core.curation.replies import Origin, Reply, add_reply, reply_by_id
from core.errors import Conflict, Refused
from core.people.persons import Person
from core.people.roles import Action, require
from core.store.database import Reader
from core.store.memory import part
from core.store.store import Store
from core.store.transaction import Transaction


@dataclass(frozen=True)
class Draft:
    """What a person typed and has not submitted."""

    text: str
    saved_at: datetime


def draft_of(reader: Reader, item_id: int, person: Person) -> Draft | None:
    """What this person typed for this item and has not submitted."""
    sql = "select text, saved_at from drafts where item_id = ? and person_id = ?"
    tables = (part("drafts", "item_id", item_id),)
    asked = ("draft", item_id, person.id)
    row = reader.recall(tables, asked, lambda: reader.row(sql, item_id, person.id))
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
        if item.state in WRITABLE and not held_by_another(tx, item_id, person):
            hold(tx, item_id, person)
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
        item = writable(tx, item_id, person)
        if seen is not None and item.version != seen and item.state not in {State.DRAFT, State.WAITING}:
            raise Conflict("This item changed since you opened it. Your text is kept as a draft; look again.")
        must_pass(tx, item, text, "Nothing was submitted; your text is kept.")
        reply_id = add_reply(tx, item, text.strip(), person, _origin(tx, item_id, person))
        move(tx, item, State.SUBMITTED, person, "submitted", reply_id=reply_id)
        note_labour(tx, item_id, reply_id, person)
        tx.delete("drafts", {"item_id": item_id, "person_id": person.id})
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
        hold(tx, item_id, person)


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
    asked = ("suggestions taken", item_id, person.id)
    count = tx.recall(("suggestions",), asked, lambda: tx.value(taken, item_id, person.id))
    return Origin.DRAFTED if count else Origin.WRITTEN


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
