"""Links from outside: a message names an item or a study, and the app opens it in its project."""

import streamlit as st

from core.curation.items import item_by_id
from core.errors import Refused
from core.rating.studies import study_by_id
from core.store.store import Store
from ui import session
from ui.remember import number_in

ITEM = "item"
STUDY = "study"
WANTED = "linked_item"


def follow() -> None:
    """Take up the link somebody came by, once; its project becomes the one they look at.

    Until they said who they are it stays in the address.
    """
    kind = next((name for name in (ITEM, STUDY) if name in st.query_params), None)
    visitor = session.visitor() if kind is not None else None
    if kind is None or visitor is None:
        return
    number = number_in(st.query_params[kind]) or 0
    del st.query_params[kind]
    project_id = _project_of(session.workspace().store, kind, number)
    if project_id in {project.id for project in visitor.projects}:
        st.session_state[session.PROJECT] = project_id
    if kind == ITEM:
        st.session_state[WANTED] = number


def wanted() -> int | None:
    """The number of the item that a link named, told once."""
    number: int | None = st.session_state.pop(WANTED, None)
    return number


def _project_of(store: Store, kind: str, number: int) -> int | None:
    try:
        found = item_by_id(store, number) if kind == ITEM else study_by_id(store, number)
    except Refused:
        return None
    return found.project_id
