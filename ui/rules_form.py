"""The form of a project's checks: its lists as one reads and types them, and what they would notice."""

import streamlit as st

from core.curation.checks.finding import Check
from core.curation.checks.preview import Preview
from core.curation.checks.rulebook import Version
from core.curation.checks.rules import MOST_WORDS, Rules, lines_of, tone_of
from ui import checks, widgets

LISTS = {
    "forbidden": ("Forbidden phrases", "They stop a reply. One a line; * stands for any ending: guarantee*"),
    "required": ("Required phrases", "Every reply has to hold them, a sign-off for example."),
    "tone": ("Words to avoid", "A remark, no more. What to write instead after an arrow: kindly → please"),
    "links": ("Links may lead to", "Hosts like help.example.com, or a host with a path. Empty: anywhere."),
    "contacts": (
        "Our own contacts",
        "Addresses and numbers that are no personal data; @example.com means all of it.",
    ),
}
HEIGHT = 130


def rules_form(now: Version, key: str) -> Rules:
    """Draw the lists with what holds in them, and return what stands in them."""
    texts = {name: _list(name, now.rules, key) for name in LISTS}
    low, high = st.columns(2)
    with low:
        fewest = _limit("At least so many words", now.rules.fewest_words, f"{key}-fewest")
    with high:
        most = _limit("At most so many words", now.rules.most_words, f"{key}-most")
    names = _choice("Replies may say the customer's name", now.rules.customer_names, f"{key}-names")
    language = _choice(
        "Replies may be in another language than the question", now.rules.any_language, f"{key}-language"
    )
    return Rules(
        forbidden=lines_of(texts["forbidden"]),
        required=lines_of(texts["required"]),
        tone=tone_of(texts["tone"]),
        links=lines_of(texts["links"]),
        contacts=lines_of(texts["contacts"]),
        fewest_words=fewest,
        most_words=most,
        customer_names=names,
        any_language=language,
    )


def would_notice(found: Preview) -> None:
    """Of how many approved replies how many would be noticed, by which check, with some of them."""
    if not found.n_read:
        st.caption("No reply is approved yet, so there is nothing to try these rules on.")
        return
    read = widgets.count(found.n_read, "approved reply", "approved replies")
    st.markdown(f"**These rules would notice {found.n_flagged:,} of {read}.**")
    if found.n_read < found.n_approved:
        st.caption(f"Tried on the newest {found.n_read:,} of {found.n_approved:,}.")
    for check, number in found.by_check:
        st.caption(f"{_named(check)}: {number:,}")
    for one in found.examples:
        with st.container(border=True):
            checks.marked(one.text, one.findings, label=widgets.count(one.n_items, "item"))
            for finding in one.findings:
                st.caption(checks.line(finding))


def _list(name: str, rules: Rules, key: str) -> str:
    label, help_text = LISTS[name]
    return st.text_area(
        label,
        "\n".join(map(str, getattr(rules, name))),
        height=HEIGHT,
        key=f"{key}-{name}",
        help=help_text,
        persist_state="session",
    )


def _limit(label: str, now: int | None, key: str) -> int | None:
    return st.number_input(
        label, 1, MOST_WORDS, now, placeholder="no limit", key=key, persist_state="session"
    )


def _choice(label: str, now: bool, key: str) -> bool:
    return st.checkbox(label, now, key=key, persist_state="session")


def _named(check: Check) -> str:
    return check.value.capitalize()
