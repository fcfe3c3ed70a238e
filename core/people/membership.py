"""Membership: who has which role in which project."""

from dataclasses import dataclass

from core.people.persons import Person
from core.people.roles import Role
from core.store.database import Reader
from core.store.transaction import Transaction


@dataclass(frozen=True)
class Member:
    """A person of a project with their roles."""

    person: Person
    roles: frozenset[Role]


def grant(tx: Transaction, project_id: int, person: Person, role: Role) -> None:
    """Give a person a role in a project, if they do not have it yet."""
    key = {"project_id": project_id, "person_id": person.id, "role": role.value}
    held = tx.value("select 1 from roles where project_id = ? and person_id = ? and role = ?", *key.values())
    if held is None:
        tx.insert("roles", key)


def members(reader: Reader, project_id: int) -> list[Member]:
    """The people of a project by name."""
    rows = reader.rows(
        "select p.id, p.email, p.name, string_agg(r.role, ',' order by r.role) "
        "from roles r join people p on p.id = r.person_id where r.project_id = ? "
        "group by p.id, p.email, p.name order by p.name",
        project_id,
    )
    return [
        Member(Person(number, email, name), frozenset(Role(role) for role in roles.split(",")))
        for number, email, name, roles in rows
    ]
