"""Saved views: filters a person comes back to, by name."""

from dataclasses import dataclass

from core.curation.library.filter import Filter
from core.errors import Refused
from core.people.persons import Person
from core.people.roles import Action, require
from core.store.store import Store

LONGEST_NAME = 60


@dataclass(frozen=True)
class View:
    """A filter under a name; it is its person's own."""

    id: int
    name: str
    filter: Filter


def views_of(store: Store, project_id: int, person: Person) -> tuple[View, ...]:
    """A person's views of a project, by name."""
    sql = "select id, name, filter from views where project_id = ? and person_id = ? order by lower(name), id"
    rows = store.recall(
        ("views",), ("views", project_id, person.id), lambda: store.rows(sql, project_id, person.id)
    )
    return tuple(View(number, name, Filter.from_json(kept)) for number, name, kept in rows)


def save_view(store: Store, project_id: int, name: str, wanted: Filter, person: Person) -> None:
    """Keep a filter under a name; one of that name is replaced.

    Raises:
        NotAllowed: the person may not see this project.
        Refused: the name is missing or too long.
    """
    name = " ".join(name.split())
    if not name or len(name) > LONGEST_NAME:
        raise Refused(f"A view needs a name of at most {LONGEST_NAME} characters. Nothing was saved.")
    with store.transaction(person.email) as tx:
        require(tx, project_id, person, Action.READ)
        known = tx.value(
            "select id from views where project_id = ? and person_id = ? and name = ?",
            project_id,
            person.id,
            name,
        )
        if known is not None:
            tx.update("views", {"id": known}, {"filter": wanted.to_json()})
            return
        tx.insert(
            "views",
            {
                "id": tx.new_id("views"),
                "project_id": project_id,
                "person_id": person.id,
                "name": name,
                "filter": wanted.to_json(),
                "created_at": tx.now,
            },
        )


def delete_view(store: Store, view_id: int, person: Person) -> None:
    """Forget a view of one's own; one that is gone already, or somebody else's, is left alone."""
    with store.transaction(person.email) as tx:
        if tx.value("select person_id from views where id = ?", view_id) == person.id:
            tx.delete("views", {"id": view_id})
