"""Links: those that lead where the project's list does not, and those made to mislead."""

from collections.abc import Iterator

from core.curation.checks.finding import Check, Finding, Severity, quoted
from core.curation.checks.standard import Standard
from core.text.found import Found
from core.text.links import is_allowed, links, misleading


def foreign_links(standard: Standard, text: str) -> Iterator[Finding]:
    """Without a list only misleading links are noticed."""
    noticed: dict[str, list[Found]] = {}
    for link in links(text):
        sentence = _noticed(link.text, standard.rules.links)
        if sentence is not None:
            noticed.setdefault(sentence, []).append(link)
    for sentence, found in noticed.items():
        yield from quoted(Check.LINK, Severity.WARN, sentence, found)


def _noticed(address: str, allowed: tuple[str, ...]) -> str | None:
    if is_allowed(address, allowed):
        return None
    why = misleading(address)
    if why is not None:
        return f"The link {why}."
    return "This link is not on the project's list." if allowed else None
