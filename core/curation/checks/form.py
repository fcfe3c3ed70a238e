"""Form: whether there is a reply at all, whether it is a label where it must be one, and how long it is."""

from collections.abc import Iterator

from core.curation.checks.finding import Check, Finding, Severity, whole
from core.curation.checks.standard import Standard
from core.text.words import count_words

SHORTEST = 20
LONGEST = 1_500
"""Characters, as long as a project has too few approved replies of its own."""
HALF = 0.5
HALF_AS_MUCH_AGAIN = 1.5
"""How far beyond what is usual a reply is noticed."""


def empty(text: str) -> Finding:
    """There is nothing."""
    return whole(Check.EMPTY, Severity.BLOCK, "The reply is empty.", text)


def no_label(standard: Standard, text: str) -> list[Finding]:
    """In a label project the reply is one of the labels."""
    if text in standard.project.labels:
        return []
    labels = ", ".join(standard.project.labels)
    sentence = f"{text!r} is not one of this project's labels: {labels}."
    return [whole(Check.LABEL, Severity.BLOCK, sentence, text)]


def length(standard: Standard, text: str) -> Iterator[Finding]:
    """Too short or too long: by the project's limits, else by its own approved replies."""
    if (limit := _limit(standard, text)) is not None:
        yield whole(Check.LENGTH, Severity.WARN, limit, text)
    elif (odd := _unusual(standard, len(text))) is not None:
        yield whole(Check.LENGTH, Severity.WARN, odd, text)


def _limit(standard: Standard, text: str) -> str | None:
    n_words, rules = count_words(text), standard.rules
    if rules.fewest_words is not None and n_words < rules.fewest_words:
        return f"The reply has {n_words:,} words; this project asks for at least {rules.fewest_words:,}."
    if rules.most_words is not None and n_words > rules.most_words:
        return f"The reply has {n_words:,} words; this project asks for at most {rules.most_words:,}."
    return None


def _unusual(standard: Standard, n: int) -> str | None:
    usual, rules = standard.usual, standard.rules
    if usual is None:
        if n < SHORTEST:
            return f"The reply is very short: {n} characters."
        return f"The reply is very long: {n:,} characters." if n > LONGEST else None
    here = f"nine in ten approved replies here have {usual.low:,} to {usual.high:,}"
    if rules.fewest_words is None and n < HALF * usual.low:
        return f"The reply is very short: {n:,} characters; {here}."
    if rules.most_words is None and n > HALF_AS_MUCH_AGAIN * usual.high:
        return f"The reply is very long: {n:,} characters; {here}."
    return None
