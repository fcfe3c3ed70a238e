"""Projects: one desk, one set of instructions, one set of golden replies."""

import json
from dataclasses import dataclass
from enum import StrEnum

from core.errors import NotAllowed, Refused
from core.people.membership import grant
from core.people.persons import Person
from core.people.roles import Action, Role, may, require
from core.settings import LOCAL_EMAIL
from core.store.database import Reader
from core.store.store import Store
from core.store.transaction import Transaction


class Kind(StrEnum):
    """What an ideal reply is: free text, or one of the project's labels."""

    REPLY = "reply"
    LABEL = "label"


@dataclass(frozen=True)
class Project:
    """A project; `instructions` is the system prompt of every training example and every arm."""

    id: int
    name: str
    kind: Kind
    instructions: str
    labels: tuple[str, ...]
    version: int


@dataclass(frozen=True)
class Guideline:
    """One version of how ideal replies are to be written."""

    number: int
    text: str


def create_project(
    tx: Transaction,
    name: str,
    owner: Person,
    *,
    kind: Kind = Kind.REPLY,
    instructions: str = "",
    labels: tuple[str, ...] = (),
) -> Project:
    """Make a project; who makes it owns it.

    Raises:
        Refused: the name is empty or taken, or a label project has fewer than two labels.
    """
    called = name.strip()
    if not called:
        raise Refused("A project needs a name.")
    if find_project(tx, called) is not None:
        raise Refused(f"There is a project {called!r} already. Choose another name.")
    if kind is Kind.LABEL and len(set(labels)) < 2:  # noqa: PLR2004 - one label is no choice
        raise Refused("A label project needs at least two different labels.")
    project = Project(tx.new_id("projects"), called, kind, instructions.strip(), labels, 1)
    tx.insert(
        "projects",
        {
            "id": project.id,
            "name": called,
            "kind": kind.value,
            "instructions": project.instructions,
            "labels": json.dumps(labels, ensure_ascii=False),
            "created_at": tx.now,
            "version": 1,
        },
    )
    grant(tx, project.id, owner, Role.OWNER)
    return project


def start_project(
    store: Store,
    name: str,
    person: Person,
    *,
    kind: Kind = Kind.REPLY,
    instructions: str = "",
    labels: tuple[str, ...] = (),
) -> Project:
    """Start a project of one's own.

    Raises:
        NotAllowed: the person is in no project, so nobody invited them here.
        Refused: as for `create_project`.
    """
    with store.transaction(person.email) as tx:
        must_be_allowed_to_start(tx, person)
        return create_project(tx, name, person, kind=kind, instructions=instructions, labels=labels)


def may_start_a_project(reader: Reader, person: Person) -> bool:
    """Whether somebody may start one: they see a project here, sit at this machine, or are the first."""
    if person.email == LOCAL_EMAIL or reader.value("select 1 from projects limit 1") is None:
        return True
    held = reader.rows("select role from roles where person_id = ?", person.id)
    return may(frozenset(Role(role) for (role,) in held), Action.READ)


def must_be_allowed_to_start(reader: Reader, person: Person) -> None:
    """Let the person start a project, or not.

    Raises:
        NotAllowed: they may not.
    """
    if not may_start_a_project(reader, person):
        raise NotAllowed(
            f"{person.name} sees no project here and so may not start one. Ask an owner for an invitation. "
            "Nothing was changed."
        )


def find_project(reader: Reader, name: str) -> Project | None:
    """The project of this name, if there is one."""
    row = reader.row(f"{SELECT} where name = ?", name.strip())
    return _project(row) if row else None


def project_by_id(reader: Reader, project_id: int) -> Project:
    """The project with this number.

    Raises:
        Refused: there is none.
    """
    asked = ("project", project_id)
    row = reader.recall(("projects",), asked, lambda: reader.row(f"{SELECT} where id = ?", project_id))
    if row is None:
        raise Refused(f"There is no project with the number {project_id}.")
    return _project(row)


def projects_of(reader: Reader, person: Person) -> list[Project]:
    """The projects in which a person has any role, oldest first."""
    rows = reader.rows(
        f"{SELECT} where id in (select project_id from roles where person_id = ?) order by id", person.id
    )
    return [_project(row) for row in rows]


def change_instructions(store: Store, project: Project, instructions: str, person: Person) -> None:
    """Replace the instructions; datasets frozen before keep theirs.

    Raises:
        NotAllowed: the person does not own the project.
        Conflict: somebody else changed the project meanwhile.
    """
    with store.transaction(person.email) as tx:
        require(tx, project.id, person, Action.FREEZE)
        tx.update(
            "projects", {"id": project.id}, {"instructions": instructions.strip()}, version=project.version
        )


def guideline(reader: Reader, project_id: int) -> Guideline | None:
    """The newest guideline of a project, if one was written."""
    sql = "select number, text from guidelines where project_id = ? order by number desc limit 1"
    asked = ("guideline", project_id)
    row = reader.recall(("guidelines",), asked, lambda: reader.row(sql, project_id))
    return Guideline(*row) if row else None


def write_guideline(tx: Transaction, project_id: int, text: str, person: Person) -> None:
    """Add a new version of the guideline.

    Raises:
        NotAllowed: the person does not own the project.
    """
    require(tx, project_id, person, Action.RULES)
    newest = guideline(tx, project_id)
    tx.insert(
        "guidelines",
        {
            "id": tx.new_id("guidelines"),
            "project_id": project_id,
            "number": newest.number + 1 if newest else 1,
            "text": text.strip(),
            "person_id": person.id,
            "created_at": tx.now,
        },
    )


SELECT = "select id, name, kind, instructions, labels, version from projects"


def _project(row: tuple[int, str, str, str, str, int]) -> Project:
    number, name, kind, instructions, labels, version = row
    return Project(number, name, Kind(kind), instructions, tuple(json.loads(labels)), version)
