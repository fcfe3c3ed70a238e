"""The standard: what the replies of a project are held against: its rules, and how long its replies are."""

from dataclasses import dataclass, field

from core.curation.checks.rulebook import rules_now
from core.curation.checks.rules import Rules
from core.curation.items import APPROVED
from core.curation.projects import Project
from core.store.database import Reader
from core.store.store import Store

ENOUGH = 30
"""Different approved replies from which on a project's own lengths are the measure."""
TAIL = 0.05
"""The share of approved replies on either side that says nothing of what is usual."""


@dataclass(frozen=True)
class Usual:
    """How long nine in ten of `n` different approved replies are, in characters, to two digits."""

    n: int = field(compare=False)
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
    rules = rules_now(reader, project.id).rules
    asked = ("usual lengths", project.id)
    row = reader.recall(APPROVED, asked, lambda: reader.row(LENGTHS, TAIL, 1 - TAIL, project.id))
    if row is None or row[0] < ENOUGH:
        return Standard(project, rules)
    return Standard(project, rules, Usual(row[0], _told(row[1]), _told(row[2])))


def _told(length: float) -> int:
    """A length as one would tell it, which does not change with every reply that is approved."""
    return int(float(f"{length:.2g}"))


LENGTHS = (
    "select count(*), quantile_cont(long, ?), quantile_cont(long, ?) from ("
    "select distinct r.text, length(r.text) as long from items i join replies r on r.id = i.reply_id "
    "where i.project_id = ? and i.state = 'approved')"
)
