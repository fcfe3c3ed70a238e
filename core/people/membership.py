"""Membership: who has which role in which project."""

from dataclasses import dataclass

from core.people.persons import IMPORT_EMAIL, Person
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


def _roles(joined: str | None) -> frozenset[Role]:
    return frozenset(Role(role) for role in joined.split(",")) if joined else frozenset()
