"""The report as Markdown: the same words, for a wiki or a ticket."""

import re
from collections.abc import Iterator

from core.report.one_page import OnePage

SPECIAL = re.compile(r"([\\`*_\[\]<>#!|~$])")


def markdown_page(report: OnePage) -> str:
    """The report as Markdown, without its drawings."""
    return "\n".join(_lines(report)) + "\n"


def _lines(report: OnePage) -> Iterator[str]:
    verdict = report.verdict
    closed = f", closed {report.closed_at:%d %B %Y}" if report.closed_at else ""
    yield from (f"# {_plain(report.project)}", "", f"Blind study {report.study_id}{closed}", "")
    yield from (f"> {_plain(verdict.sentence)}", "", f"**What to do.** {_plain(report.recommendation)}", "")
    pair = verdict.pair
    if pair is not None and pair.mean is not None:
        first, second = verdict.arms
        shares = (
            (f"{second.words} better", pair.win),
            ("tie", pair.tie),
            ("both bad", pair.both_bad),
            (f"{first.words} better", pair.loss),
        )
        yield from ("| votes | share |", "|---|---|")
        yield from (f"| {_plain(name)} | {100 * (share or 0):.0f} % |" for name, share in shares)
        yield ""
    if verdict.accuracy is not None:
        yield from ("## Word for word", "", _plain(verdict.accuracy.sentence), "")
    yield from ("## What it rests on", "")
    yield from (f"- **{_plain(one.name)}:** {_plain(one.value)}" for one in report.facts)
    yield from ("", "## How to read it", "")
    yield from (f"- {_plain(line)}" for line in (*report.cautions, *verdict.beside))


def _plain(text: str) -> str:
    """A text as it stands, whatever signs are in it."""
    return SPECIAL.sub(r"\\\1", " ".join(text.split()))
