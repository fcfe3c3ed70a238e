"""What the checks noticed, drawn: findings with a way to accept them, and their words marked in a text."""

import html
from collections.abc import Callable, Iterable, Sequence

import streamlit as st

from core.curation.checks.acceptance import Accepted
from core.curation.checks.finding import Finding, Place, Severity, Span
from core.curation.contradictions.sides import Pair
from ui import widgets

ICONS = {Severity.BLOCK: "block", Severity.WARN: "visibility", Severity.NOTE: "info"}
LONGEST_QUOTE = 80
MARK = "background:rgba(80,120,190,.20);color:inherit;border-bottom:2px solid rgba(80,120,190,.9)"

Accept = Callable[[Finding, str], None]
"""Told which finding is accepted, and the key of the session's state that holds the reason."""


def findings(found: Sequence[Finding], key: str, on_accept: Accept) -> None:
    """Each finding with its severity, and below them the way to accept one with a reason."""
    st.markdown("\n\n".join(map(line, found)))
    acceptable = [finding for finding in found if finding.acceptable]
    if acceptable:
        _accepting(acceptable, key, on_accept)


def line(finding: Finding) -> str:
    """A finding as one line of markdown: its severity as an icon, the sentence, the words it is about."""
    stopped = "**Stops the reply.** " if finding.severity is Severity.BLOCK else ""
    return f":material/{ICONS[finding.severity]}: {stopped}{widgets.escaped(told(finding))}"


def told(finding: Finding) -> str:
    """A finding in one sentence."""
    quote = shortened(finding.quote)
    return f"{finding.sentence.rstrip('.')}: “{quote}”" if quote else finding.sentence


def accepted(spared: Sequence[Accepted], key: str, on_withdraw: Callable[[int], None]) -> None:
    """What somebody accepted, with the reason, and the way back."""
    for one in spared:
        with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
            said = f"{one.check}, accepted by {one.person}: {one.reason} ({widgets.ago(one.accepted_at)})"
            st.caption(f":material/check: {widgets.escaped(said)}", width="stretch")
            st.button(
                "Take back",
                key=f"{key}-withdraw-{one.id}",
                on_click=on_withdraw,
                args=(one.id,),
                type="tertiary",
            )


def marked(text: str, found: Iterable[Finding], *, label: str = "", place: Place = Place.REPLY) -> None:
    """A text, shown as it is, with the words the findings are about marked."""
    spans = [span for finding in found if finding.place is place for span in finding.spans]
    marked_text(text, spans, label=label)


def marked_text(text: str, spans: Iterable[Span], *, label: str = "") -> None:
    """A text, shown as it is, with these stretches marked."""
    head = f'<div style="{widgets.LABEL}">{html.escape(label)}</div>' if label else ""
    st.html(f'{head}<div style="{widgets.READING}">{marked_html(text, spans)}</div>')


def marked_html(text: str, spans: Iterable[Span]) -> str:
    """The HTML of a text with these stretches marked; everything is escaped."""
    parts, at = [], 0
    for span in sorted(spans, key=lambda span: (span.start, -span.end)):
        if span.start < at or span.end > len(text):
            continue
        parts.append(html.escape(text[at : span.start]))
        parts.append(f'<mark style="{MARK}">{html.escape(text[span.start : span.end])}</mark>')
        at = span.end
    return "".join([*parts, html.escape(text[at:])])


def contradiction(pair: Pair) -> None:
    """What an approved reply to nearly the same question says otherwise, beside what is being read."""
    widgets.caution(widgets.escaped(pair.sentence))
    if pair.other.asked != pair.one.asked:
        widgets.text_block(pair.other.question, label=f"asked in item {pair.other.item_id}")
    widgets.text_block(pair.other.reply, label=f"approved reply by {pair.other.author}")


def shortened(text: str) -> str:
    """A quote on one line, not too long."""
    one_line = " ".join(text.split())
    return one_line if len(one_line) <= LONGEST_QUOTE else f"{one_line[: LONGEST_QUOTE - 1]}…"


def _accepting(found: Sequence[Finding], key: str, on_accept: Accept) -> None:
    by_key = {finding.key: finding for finding in found}
    with st.popover("Fine as it is", type="tertiary", icon=":material/check:", key=f"{key}-popover"):
        chosen = st.radio(
            "What is fine as it is?",
            list(by_key),
            format_func=lambda one: widgets.escaped(told(by_key[one])),
            key=f"{key}-which",
        )
        st.text_input("Why? (kept in the history)", key=f"{key}-why")
        st.button(
            "Accept it",
            key=f"{key}-done",
            on_click=on_accept,
            args=(by_key[chosen or found[0].key], f"{key}-why"),
        )
