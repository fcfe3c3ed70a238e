"""Membership: who has which role in which project."""

import re
from dataclasses import dataclass

from core.errors import Refused
from core.people.persons import IMPORT_EMAIL, Person, ensure_person, find_person
from core.people.roles import Action, Role, may, require, roles_of
from core.store.database import Reader
from core.store.store import Store
from core.store.transaction import Transaction

ADDRESS = re.compile(r"[^@\s]+@[^@\s]+")
"""Something, one at sign, something: a machine's own name may stand behind it."""


@dataclass(frozen=True)
class Member:
    """A person of a project with their roles."""

    person: Person
    roles: frozenset[Role]


def add_member(store: Store, project_id: int, email: str, name: str, role: Role, by: Person) -> Person:
    """Give somebody a role in a project; who is not in the workspace yet is added to it.

    Somebody who is there already keeps their name, and none needs to be given.

    Raises:
        NotAllowed: `by` may not manage the people of this project.
        Refused: the address is none, or belongs to the import; or somebody new has no name.
    """
    with store.transaction(by.email) as tx:
        require(tx, project_id, by, Action.MANAGE)
        address = _address(email)
        person = find_person(tx, address) or ensure_person(tx, address, name)
        grant(tx, project_id, person, role)
    return person


def remove_role(store: Store, project_id: int, person: Person, role: Role, by: Person) -> None:
    """Take a role from somebody; what they wrote, reviewed or rated stays.

    Raises:
        NotAllowed: `by` may not manage the people of this project.
        Refused: the person does not have the role, or is the last owner.
    """
    with store.transaction(by.email) as tx:
        require(tx, project_id, by, Action.MANAGE)
        holders = _holders(tx, project_id, role)
        if person.id not in holders:
            raise Refused(
                f"{person.name} does not have the role {role} in this project. Nothing was changed."
            )
        if role is Role.OWNER and len(holders) == 1:
            raise Refused(
                f"{person.name} is the last owner of this project, and nobody else could manage it. Nothing "
                "was changed; make somebody else an owner first."
            )
        tx.delete("roles", {"project_id": project_id, "person_id": person.id, "role": role.value})


def rename(store: Store, project_id: int, person: Person, name: str, by: Person) -> None:
    """Change what a member of a project is called, here and wherever else they work.

    Raises:
        NotAllowed: `by` may not manage the people of this project.
        Refused: the name is empty, or the person is not in the project.
    """
    with store.transaction(by.email) as tx:
        require(tx, project_id, by, Action.MANAGE)
        if not roles_of(tx, project_id, person.id):
            raise Refused(f"{person.name} is not in this project. Nothing was changed.")
        if not name.strip():
            raise Refused(f"A person needs a name. {person.name} is still called that.")
        tx.update("people", {"id": person.id}, {"name": name.strip()})


def grant(tx: Transaction, project_id: int, person: Person, role: Role) -> None:
    """Give a person a role in a project, if they do not have it yet."""
    key = {"project_id": project_id, "person_id": person.id, "role": role.value}
    held = tx.value("select 1 from roles where project_id = ? and person_id = ? and role = ?", *key.values())
    if held is None:
        tx.insert("roles", key)


def people(reader: Reader) -> list[Member]:
    """Everybody with all their roles, those with most roles first; the import's own author is left out."""
    rows = reader.rows(
        "select p.id, p.email, p.name, string_agg(distinct r.role, ',') "
        "from people p left join roles r on r.person_id = p.id where p.email <> ? "
        "group by p.id, p.email, p.name order by count(distinct r.role) desc, p.name",
        IMPORT_EMAIL,
    )
    return [Member(Person(*one), _roles(roles)) for *one, roles in rows]


def members(reader: Reader, project_id: int) -> list[Member]:
    """The people of a project by name."""
    rows = reader.rows(
        "select p.id, p.email, p.name, string_agg(r.role, ',' order by r.role) "
        "from roles r join people p on p.id = r.person_id where r.project_id = ? "
        "group by p.id, p.email, p.name order by p.name",
        project_id,
    )
    return [Member(Person(*one), _roles(roles)) for *one, roles in rows]


def somebody_else_may(reader: Reader, project_id: int, action: Action, person: Person) -> bool:
    """Whether anybody but this person may do this in the project."""
    others = (one for one in members(reader, project_id) if one.person.id != person.id)
    return any(may(one.roles, action) for one in others)


def _address(email: str) -> str:
    """The address as it is kept, or why it is none."""
    address = email.strip().lower()
    if address == IMPORT_EMAIL:
        raise Refused("This is the author of imported replies, not a person. Nobody was added.")
    if not ADDRESS.fullmatch(address):
        raise Refused(
            f"“{address}” does not look like an e-mail address, such as anna@example.com. Nobody was added."
            if address
            else "Give an e-mail address, such as anna@example.com. Nobody was added."
        )
    return address


def _holders(reader: Reader, project_id: int, role: Role) -> frozenset[int]:
    """The numbers of those who have a role in a project."""
    rows = reader.rows(
        "select person_id from roles where project_id = ? and role = ?", project_id, role.value
    )
    return frozenset(person_id for (person_id,) in rows)


def _roles(joined: str | None) -> frozenset[Role]:
    return frozenset(Role(role) for role in joined.split(",")) if joined else frozenset()
