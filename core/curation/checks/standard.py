"""The standard: what the replies of a project are held against: its rules, and how long its replies are."""

from dataclasses import dataclass, field

from core.curation.checks.rulebook import TABLE, rules_now
from core.curation.checks.rules import Rules
from core.curation.projects import Project
from core.store.database import Reader
from core.store.store import Store

ENOUGH = 30
"""Different approved replies from which on a project's own lengths are the measure."""
TAIL = 0.05
"""The share of approved replies on either side that says nothing of what is usual."""


@dataclass(frozen=True)
class Usual:
    """How long nine in ten of `n` different approved replies are, in characters."""

    n: int
    low: int
    high: int


@dataclass(frozen=True)
class Standard:
    """What a reply of a project is held against; `usual` is None until enough replies are approved."""

    project: Project
    rules: Rules = field(default_factory=Rules)
    usual: Usual | None = None


def standard_of(reader: Reader | Store, project: Project) -> Standard:
    """The standard of a project as it is now."""
    return Standard(project, rules_now(reader, project.id).rules, _usual(reader, project.id))


def known_standard(store: Store, project: Project) -> Standard:
    """The same, remembered until a rule, an item or a reply is written."""
    asked = ("standard", project)
    return store.recall((TABLE, "items", "replies"), asked, lambda: standard_of(store, project))


def _usual(reader: Reader | Store, project_id: int) -> Usual | None:
    row = reader.row(
        "select count(*), quantile_cont(long, ?), quantile_cont(long, ?) from ("
        "select distinct r.text, length(r.text) as long from items i join replies r on r.id = i.reply_id "
        "where i.project_id = ? and i.state = 'approved')",
        TAIL,
        1 - TAIL,
        project_id,
    )
    if row is None or row[0] < ENOUGH:
        return None
    return Usual(row[0], round(row[1]), round(row[2]))
