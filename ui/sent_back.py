"""A rule changed: the replies it touches go back to review, and what was made of them says so."""

import streamlit as st

from core.curation.library import bulk, pages
from core.curation.library.bulk import Change
from core.curation.library.filter import Filter
from core.datasets.sent_back import sent_back
from core.datasets.versions import Dataset
from core.people.roles import Action
from core.text.figures import counted
from ui import widgets
from ui.session import Session

PROBLEM = "sent_back_problem"
WORDS, TOPIC, WHY = "sent_back_words", "sent_back_topic", "sent_back_why"


def send_back_what_a_rule_touches(here: Session, version: int) -> None:
    """Choose the approved replies that a changed guideline touches, and send them to review again."""
    st.header("A rule has changed?")
    st.caption(
        "Approved replies that followed the old rule go back to review. What was made from them says so."
    )
    widgets.problem(PROBLEM)
    words, topic = st.columns(2)
    text = words.text_input("Words in the question or the reply", key=WORDS, placeholder="any")
    known = ("", *pages.topics(here.store, here.project.id))
    about = topic.selectbox("Topic", known, key=TOPIC, format_func=lambda name: name or "any topic")
    why = st.text_input(
        "What changed: the sentence reviewers will read", f"Guideline version {version}: ", key=WHY
    )
    wanted = Filter(text=text, topic=about or "")
    count = bulk.reach(here.store, here.project.id, wanted, Change.REVIEW_AGAIN)
    narrowed = bool(text.strip() or about)
    st.caption(
        f"This touches {counted(count, 'reply', 'replies')}. It can be undone in the Library."
        if narrowed
        else "Say which replies: words that stand in them, or their topic."
    )
    st.button(
        f"Send {counted(count, 'reply', 'replies')} to review again" if narrowed else "Send to review again",
        disabled=not (narrowed and count and here.may(Action.CHANGE_MANY)),
        on_click=_send,
        args=(here, wanted, why),
        icon=":material/undo:",
    )


def flags(here: Session, dataset: Dataset, *, made_of_it: str = "") -> None:
    """Say what of a dataset was sent back since, and so what is behind in what was made of it."""
    for one in sent_back(here.store, dataset):
        widgets.caution(
            f"{one.pairs:,} of {widgets.count(dataset.size, 'pair')} were sent back to review since by "
            f"{widgets.escaped(one.person)}: {widgets.escaped(one.reason)} {made_of_it}".strip()
        )


def _send(here: Session, wanted: Filter, why: str) -> None:
    with widgets.attempt(PROBLEM):
        bulk.begin(
            here.store,
            here.workspace.jobs,
            here.project.id,
            wanted,
            Change.REVIEW_AGAIN,
            why.rstrip(" :"),
            here.person,
        )
        st.toast("They go back to review now.")
