"""Leftovers: what a template or a mail program left in a reply."""

from collections.abc import Iterator

from core.curation.checks.finding import Check, Finding, Severity, quoted
from core.text.mail_tails import mail_tails
from core.text.placeholders import placeholders


def leftovers(text: str) -> Iterator[Finding]:
    """Placeholders, signatures and quoted mails."""
    yield from quoted(Check.PLACEHOLDER, Severity.WARN, "A placeholder was left in.", placeholders(text))
    yield from quoted(Check.MAIL_TAIL, Severity.WARN, "There is {what} in it.", mail_tails(text))
