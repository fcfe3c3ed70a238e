"""The rulebook: a project's rules as they were kept, version by version, with who wrote each and when."""

from dataclasses import dataclass
from datetime import datetime

from core.curation.checks.rules import Rules, must_be_sound
from core.errors import Conflict, Refused
from core.people.persons import Person
from core.people.roles import Action, require
from core.store.database import Reader
from core.store.store import Store

TABLE = "check_rules"


@dataclass(frozen=True)
class Version:
    """One version of a project's rules; number 0 is what holds before anybody wrote any."""

    number: int
    rules: Rules
    person: str = ""
    written_at: datetime | None = None


def rules_now(reader: Reader | Store, project_id: int) -> Version:
    """The newest version."""

    def ask() -> Version:
        return next(iter(rules_versions(reader, project_id, limit=1)), Version(0, Rules()))

    return reader.recall((TABLE, "people"), ("rules", project_id), ask)


def rules_versions(reader: Reader | Store, project_id: int, limit: int = 50) -> tuple[Version, ...]:
    """The versions, newest first."""
    rows = reader.rows(
        "select c.number, c.rules, p.name, c.created_at from check_rules c "
        "join people p on p.id = c.person_id where c.project_id = ? order by c.number desc limit ?",
        project_id,
        limit,
    )
    return tuple(Version(number, Rules.from_json(text), person, at) for number, text, person, at in rows)


def change_rules(store: Store, project_id: int, rules: Rules, person: Person, seen: int) -> Version:
    """Keep new rules as the next version.

    Args:
        store: the store.
        project_id: the project.
        rules: what holds from now on.
        person: who changes them.
        seen: the version the person changed.

    Raises:
        NotAllowed: the person does not own the project.
        Refused: the rules cannot be kept, or are those that hold already.
        Conflict: somebody else changed them meanwhile.
    """
    must_be_sound(rules)
    with store.transaction(person.email) as tx:
        require(tx, project_id, person, Action.RULES)
        now = rules_now(tx, project_id)
        if now.number != seen:
            raise Conflict(
                f"{now.person} changed the rules meanwhile (version {now.number}). Nothing of yours was "
                "saved; it is still on the page."
            )
        if now.rules == rules:
            raise Refused("These rules hold already. Nothing was changed.")
        tx.insert(
            TABLE,
            {
                "id": tx.new_id(TABLE),
                "project_id": project_id,
                "number": now.number + 1,
                "rules": rules.to_json(),
                "person_id": person.id,
                "created_at": tx.now,
            },
        )
        return rules_now(tx, project_id)
