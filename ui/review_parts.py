"""Parts of the Review page: which reply its reader has open, and what stands beside it."""

from dataclasses import dataclass

import streamlit as st

from core.curation.items import history_of
from core.curation.projects import Project, known_guideline
from core.curation.review import Submitted
from core.store.store import Store
from ui import widgets


@dataclass(frozen=True)
class Opened:
    """A reply on somebody's screen, with its text as it stood when it was opened."""

    project_id: int
    reply_id: int
    text: str


def beside(store: Store, project: Project, one: Submitted) -> None:
    """Beside a reply: what the checks noticed, contradictions, history, guideline."""
    st.caption("Checks")
    widgets.findings(one.findings)
    for text in one.contradicts:
        widgets.caution("The same question has another approved reply:")
        widgets.text_block(text)
    with st.expander("History", icon=":material/history:"):
        widgets.history(history_of(store, one.item.id))
    rules = known_guideline(store, project.id)
    if rules is not None:
        with st.expander("Guideline", icon=":material/menu_book:"):
            widgets.guideline(rules.text)
