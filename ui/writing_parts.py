"""Parts of the Write page: its head, what helps beside the editor, and the sheet of keys."""

from collections.abc import Callable

import streamlit as st

from core.curation.items import Item
from core.curation.projects import Kind, guideline
from core.curation.queue import Waiting
from core.curation.similar import similar_replies
from ui import widgets
from ui.session import Session
from ui.suggesting import suggesting


def aside(here: Session, item: Item, *, before_taking: Callable[[], None]) -> None:
    """What helps: the guideline, a model's draft, and what colleagues answered.

    `before_taking` keeps what was typed, before a draft is put below it.
    """
    rules = guideline(here.store, here.project.id)
    with st.expander("Guideline", expanded=False, icon=":material/menu_book:"):
        if rules is None:
            st.caption("No guideline was written yet.")
        else:
            widgets.guideline(rules.text)
    if here.project.kind is Kind.REPLY:
        suggesting(here, item, before_taking=before_taking)
        st.caption("Similar approved replies")
        found = similar_replies(here.store, item)
        if not found:
            st.caption("None that share words with this question.")
        for one in found:
            with st.container(border=True):
                widgets.text_block(one.question, label="asked")
                widgets.text_block(one.reply, label="approved reply")


def header(waiting: Waiting, last: int | None, take_back: Callable[[int], None]) -> None:
    """How much there is to do, the way to undo the last submission, and the sheet of keys."""
    title, undo, sheet = st.columns([5, 2.2, 1], vertical_alignment="bottom")
    returned = f" · {waiting.returned_to_me} returned to you" if waiting.returned_to_me else ""
    title.title("Write")
    title.caption(f"{waiting.waiting} waiting{returned}")
    if last is not None:
        undo.button("Undo", on_click=take_back, args=(last,), shortcut="Alt+U", icon=":material/undo:")
    sheet.button("Keys", on_click=keys, shortcut="H", icon=":material/keyboard:", type="tertiary")


@st.dialog("Keys")
def keys() -> None:
    """The cheat sheet."""
    st.markdown(
        "| key | what it does |\n|---|---|\n"
        "| Ctrl+Enter | submit what you wrote |\n| Alt+S | skip this question |\n"
        "| Alt+D | start from the draft a model suggested |\n| Alt+U | undo the last submission |\n"
        "| 1 … 9 | choose a label, in label projects |\n| H | this sheet |\n\n"
        "Everything you type is kept within two seconds; there is no save button."
    )
