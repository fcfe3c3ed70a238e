"""Guidelines: how ideal replies are to be written, version by version, with who wrote each and when."""

from dataclasses import dataclass
from datetime import datetime

from core.curation.projects import guideline, write_guideline
from core.errors import Conflict, Refused
from core.people.persons import Person
from core.people.roles import Action, require
from core.store.database import Reader
from core.store.store import Store

LONGEST = 50_000


@dataclass(frozen=True)
class Written:
    """One version of a guideline."""

    number: int
    text: str
    person: str
    written_at: datetime


def guideline_versions(reader: Reader | Store, project_id: int, limit: int = 50) -> tuple[Written, ...]:
    """The versions of a project's guideline, newest first."""
    rows = reader.rows(
        "select g.number, g.text, p.name, g.created_at from guidelines g join people p on p.id = g.person_id "
        "where g.project_id = ? order by g.number desc limit ?",
        project_id,
        limit,
    )
    return tuple(Written(*row) for row in rows)


def change_guideline(store: Store, project_id: int, text: str, person: Person, seen: int) -> int:
    """Keep a text as the guideline's next version and return its number.

    Args:
        store: the store.
        project_id: the project.
        text: the guideline from now on.
        person: who changes it.
        seen: the version the person changed; 0 where there was none.

    Raises:
        NotAllowed: the person does not own the project.
        Refused: the text is empty, too long, or what holds already.
        Conflict: somebody else changed the guideline meanwhile.
    """
    written = text.strip()
    if not written:
        raise Refused("A guideline cannot be empty. Nothing was saved.")
    if len(written) > LONGEST:
        raise Refused(
            f"A guideline has at most {LONGEST:,} characters; this one has {len(written):,}. Nothing was "
            "saved."
        )
    with store.transaction(person.email) as tx:
        require(tx, project_id, person, Action.RULES)
        now = guideline(tx, project_id)
        number = now.number if now else 0
        if number != seen:
            raise Conflict(
                f"Somebody else changed the guideline meanwhile (version {number}). Nothing of yours was "
                "saved; it is still on the page."
            )
        if now is not None and now.text == written:
            raise Refused("This guideline holds already. Nothing was changed.")
        write_guideline(tx, project_id, written, person)
        return number + 1
