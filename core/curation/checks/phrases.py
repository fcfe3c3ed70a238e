"""Phrases: what a project forbids, requires, and would rather have said otherwise."""

from collections.abc import Iterator

from core.curation.checks.finding import Check, Finding, Severity, quoted, whole
from core.curation.checks.standard import Standard
from core.text.phrases import occurrences


def phrases(standard: Standard, text: str) -> Iterator[Finding]:
    """By the project's own lists."""
    for phrase in standard.rules.forbidden:
        sentence = "This phrase is forbidden in this project."
        yield from quoted(Check.FORBIDDEN, Severity.BLOCK, sentence, occurrences(phrase, text))
    for phrase in standard.rules.required:
        if not occurrences(phrase, text):
            sentence = f"The reply lacks the phrase “{phrase}”."
            yield whole(Check.REQUIRED, Severity.WARN, sentence, text, phrase)
    for tone in standard.rules.tone:
        sentence = f"Rather write “{tone.instead}”." if tone.instead else "A word to avoid in this project."
        found = occurrences(tone.avoid, text)
        yield from quoted(Check.TONE, Severity.NOTE, sentence.replace("{", "{{").replace("}", "}}"), found)
