"""Acceptance: a person says why a finding is fine as it is; for the same words it does not come back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from core.curation.checks.check import check_reply
from core.curation.checks.finding import Finding, Severity
from core.curation.checks.rulebook import rules_now
from core.curation.checks.standard import Standard
from core.curation.items import Item, item_by_id, record
from core.curation.projects import project_by_id
from core.errors import Refused
from core.people.persons import Person, names_of
from core.people.roles import Action, require
from core.store.database import Reader
from core.store.memory import part
from core.store.store import Store
from core.store.transaction import Transaction

TABLE = "accepted_findings"
LONGEST_REASON = 500

ACCEPTED = (
    "select id, check_name, finding_key, reason, person_id, accepted_at "
    "from accepted_findings where item_id = ? order by id"
)


@dataclass(frozen=True)
class Accepted:
    """A finding that somebody accepted for an item, with the reason."""

    id: int
    check: str
    key: str
    reason: str
    person: str
    accepted_at: datetime


def accept(store: Store, item_id: int, finding: Finding, reason: str, person: Person) -> None:
    """Accept a finding for an item; it does not come back there for the same words.

    Raises:
        NotAllowed: the person may not write here.
        Refused: no reason is given, it is too long, or this finding cannot be accepted.
    """
    said = sound_reason(reason)
    if not finding.acceptable:
        raise Refused(f"{finding.sentence} This cannot be accepted; change the reply.")
    with store.transaction(person.email) as tx:
        item = item_by_id(tx, item_id)
        require(tx, item.project_id, person, Action.WRITE)
        keep_acceptance(tx, item, finding.check, finding.key, said, person)


def withdraw(store: Store, accepted_id: int, person: Person) -> None:
    """Take an acceptance back: the finding shows again.

    Raises:
        NotAllowed: the person may not write here.
        Refused: it was taken back already.
    """
    with store.transaction(person.email) as tx:
        row = tx.row(f"select item_id, check_name from {TABLE} where id = ?", accepted_id)
        if row is None:
            raise Refused("This acceptance was taken back already. Nothing was changed.")
        item = item_by_id(tx, row[0])
        require(tx, item.project_id, person, Action.WRITE)
        tx.delete(TABLE, {"id": accepted_id})
        action = "no longer accepts a finding"
        record(tx, item, person, action, state_from=item.state, state_to=item.state, comment=row[1])


def accepted_of(reader: Reader, item_id: int) -> tuple[Accepted, ...]:
    """What was accepted for an item, oldest first."""
    tables, asked = (part(TABLE, "item_id", item_id),), ("accepted", item_id)
    rows = reader.recall(tables, asked, lambda: reader.rows(ACCEPTED, item_id))
    names = names_of(reader) if rows else {}
    return tuple(Accepted(row[0], row[1], row[2], row[3], names[row[4]], row[5]) for row in rows)


def still_open(
    findings: Sequence[Finding], accepted: Sequence[Accepted]
) -> tuple[tuple[Finding, ...], tuple[Accepted, ...]]:
    """The findings nobody accepted, and the acceptances that spare the others."""
    keys = {one.key for one in accepted}
    found = {finding.key for finding in findings}
    left = tuple(finding for finding in findings if finding.key not in keys)
    return left, tuple(one for one in accepted if one.key in found)


def open_findings(store: Store, standard: Standard, text: str, item: Item) -> tuple[Finding, ...]:
    """What is noticeable about a reply and not accepted for its item."""
    return still_open(check_reply(standard, text, item), accepted_of(store, item.id))[0]


def must_pass(tx: Transaction, item: Item, text: str, what_now: str) -> None:
    """Let a reply pass that nothing stops.

    Raises:
        Refused: something that nobody accepted stops it; `what_now` ends the sentence.
    """
    standard = Standard(project_by_id(tx, item.project_id), rules_now(tx, item.project_id).rules)
    left, _ = still_open(check_reply(standard, text, item), accepted_of(tx, item.id))
    for finding in left:
        if finding.severity is Severity.BLOCK:
            way = " Change it, or accept the finding with a reason." if finding.acceptable else ""
            raise Refused(f"{finding.words.rstrip('.')}. {what_now}{way}")


def keep_acceptance(tx: Transaction, item: Item, check: str, key: str, reason: str, person: Person) -> None:
    """Note an acceptance with its line in the history; what is accepted already stays as it is."""
    if any(one.key == key for one in accepted_of(tx, item.id)):
        return
    tx.insert(
        TABLE,
        {
            "id": tx.new_id(TABLE),
            "project_id": item.project_id,
            "item_id": item.id,
            "check_name": check,
            "finding_key": key,
            "reason": reason,
            "person_id": person.id,
            "accepted_at": tx.now,
        },
    )
    said = f"{check}: {reason}"
    record(tx, item, person, "accepted a finding", state_from=item.state, state_to=item.state, comment=said)


def sound_reason(reason: str) -> str:
    """The reason as it is kept.

    Raises:
        Refused: there is none, or it is too long.
    """
    said = " ".join(reason.split())
    if not said:
        raise Refused("Say why it is fine as it is; the reason stays in the history. Nothing was accepted.")
    if len(said) > LONGEST_REASON:
        raise Refused(f"A reason has at most {LONGEST_REASON} characters. Nothing was accepted.")
    return said
