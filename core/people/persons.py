"""Persons: an e-mail address and a name."""

from dataclasses import dataclass

from core.errors import Refused
from core.store.database import Reader
from core.store.store import Store
from core.store.transaction import Transaction

IMPORT_EMAIL = "import"
"""The author of replies that came with a file."""


@dataclass(frozen=True)
class Person:
    """Somebody who works here."""

    id: int
    email: str
    name: str


def find_person(reader: Reader, email: str) -> Person | None:
    """The person with this address, if there is one."""
    row = reader.row("select id, email, name from people where email = ?", email.strip().lower())
    return Person(*row) if row else None


def find_person_by_id(reader: Reader, person_id: int) -> Person | None:
    """The person with this number, if there is one."""
    row = reader.row("select id, email, name from people where id = ?", person_id)
    return Person(*row) if row else None


def person_by_id(reader: Reader, person_id: int) -> Person:
    """The person with this number.

    Raises:
        Refused: there is none.
    """
    person = find_person_by_id(reader, person_id)
    if person is None:
        raise Refused("This person is not in the workspace.")
    return person


def names_of(reader: Reader) -> dict[int, str]:
    """What everybody is called, by their numbers."""
    return reader.recall(("people",), "names", lambda: dict(reader.rows("select id, name from people")))


def importer_id(reader: Reader) -> int | None:
    """The number of the import's own author, once something was imported."""
    sql = "select id from people where email = ?"
    number: int | None = reader.recall(("people",), "importer", lambda: reader.value(sql, IMPORT_EMAIL))
    return number


def add_person(store: Store, email: str, name: str) -> Person:
    """Add somebody; a person who is there already is returned as they are.

    Raises:
        Refused: the address or the name is empty.
    """
    with store.transaction(email) as tx:
        return ensure_person(tx, email, name)


def ensure_person(tx: Transaction, email: str, name: str) -> Person:
    """The person with this address, added if missing."""
    address, called = email.strip().lower(), name.strip()
    if not address or not called:
        raise Refused("A person needs a name and an e-mail address.")
    found = find_person(tx, address)
    if found is not None:
        return found
    person = Person(tx.new_id("people"), address, called)
    tx.insert(
        "people",
        {"id": person.id, "email": address, "name": called, "created_at": tx.now, "version": 1},
    )
    return person
