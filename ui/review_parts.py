"""Parts of the Review page: which reply its reader has open, and what stands beside it."""

from dataclasses import dataclass

import streamlit as st

from core.curation.items import history_of
from core.curation.projects import known_guideline
from core.curation.review import Submitted
from ui import widgets
from ui.check_panel import Tell, while_reviewing
from ui.session import Session


@dataclass(frozen=True)
class Opened:
    """A reply on somebody's screen, with its text as it stood when it was opened."""

    project_id: int
    reply_id: int
    text: str


def beside(here: Session, one: Submitted, tell: Tell) -> None:
    """Beside a reply: what the checks noticed, contradictions, history, guideline."""
    while_reviewing(here, one, tell)
    with st.expander("History", icon=":material/history:"):
        widgets.history(history_of(here.store, one.item.id))
    rules = known_guideline(here.store, here.project.id)
    if rules is not None:
        with st.expander("Guideline", icon=":material/menu_book:"):
            widgets.guideline(rules.text)
