"""Checking: everything that is noticeable about a reply, and about the question it answers."""

from collections.abc import Iterator

from core.curation.checks.finding import Finding, Place, Severity
from core.curation.checks.form import empty, length, no_label
from core.curation.checks.language import language
from core.curation.checks.leftovers import leftovers
from core.curation.checks.links import foreign_links
from core.curation.checks.personal import asked_with, personal_data
from core.curation.checks.phrases import phrases
from core.curation.checks.standard import Standard
from core.curation.items import Item
from core.curation.projects import Kind

ORDER = tuple(Severity)


def check_reply(standard: Standard, text: str, item: Item | None = None) -> list[Finding]:
    """What is noticeable about a reply, the gravest first; what needs the question only with its item."""
    stripped = text.strip()
    if not stripped:
        return [empty(text)]
    if standard.project.kind is Kind.LABEL:
        return no_label(standard, stripped)
    once: dict[str, Finding] = {}
    for finding in _noticed(standard, text, item):
        once.setdefault(finding.key, finding)
    return sorted(once.values(), key=lambda finding: ORDER.index(finding.severity))


def check_question(standard: Standard, item: Item) -> list[Finding]:
    """What a model should not learn by heart of what the customer wrote."""
    once = {finding.key: finding for finding in asked_with(standard, item.question, Place.QUESTION)}
    for turn in item.conversation:
        once |= {finding.key: finding for finding in asked_with(standard, turn.text, Place.CONVERSATION)}
    return [*once.values()]


def _noticed(standard: Standard, text: str, item: Item | None) -> Iterator[Finding]:
    yield from leftovers(text)
    yield from personal_data(standard, text, item)
    yield from phrases(standard, text)
    yield from foreign_links(standard, text)
    yield from length(standard, text.strip())
    if item is not None:
        yield from language(standard, text, item)
