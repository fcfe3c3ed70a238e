"""The browser remembers who was chosen and which project, so that a reload does not ask again."""

import streamlit as st

COOKIE = "touchstone_person"
PROJECT_COOKIE = "touchstone_project"
REMEMBERED = "remembered"
LONGEST = 16
"""No number that was given out has so many digits."""

_COMPONENT = st.components.v2.component(
    "touchstone_remember",
    js="""
export default function (component) {
  for (const [name, value] of Object.entries(component.data)) {
    document.cookie = `${name}=${value}; path=/; max-age=2592000; SameSite=Strict`
  }
}
""",
)


def remember(person_id: int, project_id: int | None) -> None:
    """Write the choice into the browser, when it changed.

    It takes a place at the end of the sidebar: what comes and goes above a page moves all that is below, and
    what somebody opened there closes.
    """
    if st.session_state.get(REMEMBERED) == (person_id, project_id):
        return
    st.session_state[REMEMBERED] = (person_id, project_id)
    data = {COOKIE: str(person_id)}
    if project_id is not None:
        data[PROJECT_COOKIE] = str(project_id)
    with st.sidebar:
        _COMPONENT(key="remember", data=data, height=1)


def remembered_person() -> int | None:
    """Who was chosen in this browser before."""
    return number_in(st.context.cookies.get(COOKIE, ""))


def remembered_project() -> int | None:
    """Which project was looked at in this browser before."""
    return number_in(st.context.cookies.get(PROJECT_COOKIE, ""))


def number_in(text: str) -> int | None:
    """The number that a text from a browser is; None where it is none that was ever given out."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < LONGEST else None
