"""Language: a reply in another language than its question."""

from collections.abc import Iterator

from core.curation.checks.finding import Check, Finding, Severity, whole
from core.curation.checks.standard import Standard
from core.curation.items import Item
from core.text.language import language_of


def language(standard: Standard, text: str, item: Item) -> Iterator[Finding]:
    """Noticed only where both languages are certain; short and mixed texts are left alone."""
    if standard.rules.any_language:
        return
    asked = language_of(_said_by_customer(item))
    answered = language_of(text) if asked is not None else None
    if asked is not None and answered is not None and asked != answered:
        sentence = f"The question is in {asked}, the reply in {answered}."
        yield whole(Check.LANGUAGE, Severity.WARN, sentence, text)


def _said_by_customer(item: Item) -> str:
    return "\n".join([*(turn.text for turn in item.conversation if turn.role == "user"), item.question])
