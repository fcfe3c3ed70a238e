"""Preview: what changed rules would notice in the replies that are approved already."""

from collections import Counter
from dataclasses import dataclass

from core.curation.checks.finding import Check, Finding
from core.curation.checks.form import length
from core.curation.checks.links import foreign_links
from core.curation.checks.personal import personal_data
from core.curation.checks.phrases import phrases
from core.curation.checks.rules import Rules
from core.curation.checks.standard import Standard, standard_of
from core.curation.projects import Project
from core.store.store import Store

MOST_READ = 2_000
"""Different replies that a preview reads, the newest."""
MOST_SHOWN = 5


@dataclass(frozen=True)
class Flagged:
    """An approved reply that would be noticed, and by what."""

    text: str
    n_items: int
    findings: tuple[Finding, ...]


@dataclass(frozen=True)
class Preview:
    """Of `n_read` approved replies (`n_approved` in all) `n_flagged` would be noticed, and by which check."""

    n_approved: int
    n_read: int
    n_flagged: int
    by_check: tuple[tuple[Check, int], ...]
    examples: tuple[Flagged, ...]


@dataclass(frozen=True)
class _Approved:
    text: str
    n_items: int


def preview(store: Store, project: Project, rules: Rules) -> Preview:
    """What these rules would notice; without those checks that depend on the question."""
    asked = ("rules preview", project, rules)
    return store.recall(("items", "replies"), asked, lambda: _preview(store, project, rules))


def _preview(store: Store, project: Project, rules: Rules) -> Preview:
    standard = Standard(project, rules, standard_of(store, project).usual)
    replies = _approved(store, project.id)
    flagged = [
        Flagged(reply.text, reply.n_items, tuple(findings))
        for reply in replies
        if (findings := _by_rules(standard, reply.text))
    ]
    by_check: Counter[Check] = Counter()
    for one in flagged:
        by_check.update({finding.check: one.n_items for finding in one.findings})
    n_approved: int = store.value(
        "select count(*) from items where project_id = ? and state = 'approved'", project.id
    )
    return Preview(
        n_approved,
        sum(reply.n_items for reply in replies),
        sum(one.n_items for one in flagged),
        tuple(by_check.most_common()),
        tuple(flagged[:MOST_SHOWN]),
    )


def _by_rules(standard: Standard, text: str) -> list[Finding]:
    return [
        *phrases(standard, text),
        *foreign_links(standard, text),
        *length(standard, text.strip()),
        *personal_data(standard, text),
    ]


def _approved(store: Store, project_id: int) -> list[_Approved]:
    rows = store.rows(
        "select r.text, count(*) from items i join replies r on r.id = i.reply_id "
        "where i.project_id = ? and i.state = 'approved' group by r.text order by max(r.id) desc limit ?",
        project_id,
        MOST_READ,
    )
    return [_Approved(*row) for row in rows]
