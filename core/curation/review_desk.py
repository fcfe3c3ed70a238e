"""Review desks: which reply each reviewer has open, so that the others are offered another one first."""

from datetime import UTC, datetime, timedelta

from core.curation.items import item_by_id
from core.people.persons import Person
from core.people.roles import Action, require
from core.store.database import Reader
from core.store.store import Store

HELD = timedelta(minutes=5)
"""How long a reply counts as open after its reviewer opened it; nothing forbids others to decide on it."""


def open_for_review(store: Store, item_id: int, person: Person) -> None:
    """The person reads this item's reply now, and no other.

    Raises:
        NotAllowed: the person does not review here.
    """
    with store.transaction(person.email) as tx:
        require(tx, item_by_id(tx, item_id).project_id, person, Action.REVIEW)
        opened = {"item_id": item_id, "held_until": tx.now + HELD}
        if any(one == person.id for one, _, _ in _desks(tx)):
            tx.update("review_desks", {"person_id": person.id}, opened)
        else:
            tx.insert("review_desks", {"person_id": person.id, **opened})


def open_at_others(store: Store, person: Person) -> frozenset[int]:
    """The items whose replies other reviewers have open now."""
    now = datetime.now(UTC)
    return frozenset(item_id for one, item_id, until in _desks(store) if one != person.id and until > now)


def _desks(reader: Reader) -> list[tuple[int, int, datetime]]:
    """Everybody's desk: who, which item, until when."""
    sql = "select person_id, item_id, held_until from review_desks"
    return reader.recall(("review_desks",), "review desks", lambda: [(*row,) for row in reader.rows(sql)])
