"""Suggestions: what a model would answer, for an expert to start from; marked as such in review."""

from dataclasses import dataclass

from core.curation.items import item_by_id
from core.curation.writing import draft_of, put_draft
from core.errors import Refused
from core.people.persons import Person
from core.people.roles import Action, require
from core.store.store import Store


@dataclass(frozen=True)
class Suggestion:
    """What a model suggested to one person for one item; `taken`: it went into their draft."""

    id: int
    item_id: int
    model: str
    text: str
    taken: bool


def keep_suggestion(store: Store, item_id: int, model: str, text: str, person: Person) -> None:
    """Keep what a model answered, so that it is asked once.

    Raises:
        NotAllowed: the person does not write here.
        Refused: the answer is empty.
    """
    if not text.strip():
        raise Refused(f"{model} had nothing to suggest. Write the reply yourself.")
    with store.transaction(person.email) as tx:
        item = item_by_id(tx, item_id)
        require(tx, item.project_id, person, Action.WRITE)
        tx.insert(
            "suggestions",
            {
                "id": tx.new_id("suggestions"),
                "project_id": item.project_id,
                "item_id": item_id,
                "person_id": person.id,
                "model": model,
                "text": text.strip(),
                "taken": False,
                "suggested_at": tx.now,
            },
        )


def take_suggestion(store: Store, suggestion: Suggestion, person: Person) -> None:
    """Put a suggestion into the person's draft, below what they typed already.

    Raises:
        NotAllowed: the person does not write here.
    """
    with store.transaction(person.email) as tx:
        item = item_by_id(tx, suggestion.item_id)
        require(tx, item.project_id, person, Action.WRITE)
        typed = draft_of(tx, item.id, person)
        text = f"{typed.text.rstrip()}\n\n{suggestion.text}" if typed else suggestion.text
        put_draft(tx, item, text, person)
        tx.update("suggestions", {"id": suggestion.id}, {"taken": True})


def newest_suggestion(store: Store, item_id: int, person: Person) -> Suggestion | None:
    """What was suggested last to this person for this item."""
    return _first(store, f"{SELECT} where item_id = ? and person_id = ? order by id desc", item_id, person.id)


def taken_suggestion(store: Store, item_id: int, author_id: int) -> Suggestion | None:
    """What the author of an item's reply started from, if a model suggested it."""
    return _first(
        store, f"{SELECT} where item_id = ? and person_id = ? and taken order by id desc", item_id, author_id
    )


def _first(store: Store, sql: str, item_id: int, person_id: int) -> Suggestion | None:
    row = store.recall(
        ("suggestions",), (sql, item_id, person_id), lambda: store.row(f"{sql} limit 1", item_id, person_id)
    )
    return Suggestion(*row) if row else None


SELECT = "select id, item_id, model, text, taken from suggestions"
