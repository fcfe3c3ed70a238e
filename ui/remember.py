"""The browser remembers who was chosen, so that a reload does not ask again."""

import streamlit as st

COOKIE = "touchstone_person"

_COMPONENT = st.components.v2.component(
    "touchstone_remember",
    js="""
export default function (component) {
  const { data } = component
  document.cookie = `${data.name}=${data.value}; path=/; max-age=2592000; SameSite=Strict`
}
""",
)


def remember_person(person_id: int) -> None:
    """Write the choice into the browser, once a session."""
    if st.session_state.get("remembered_person") != person_id:
        st.session_state["remembered_person"] = person_id
        _COMPONENT(key="remember", data={"name": COOKIE, "value": str(person_id)}, height=1)


def remembered_person() -> int | None:
    """Who was chosen in this browser before."""
    value = st.context.cookies.get(COOKIE, "")
    return int(value) if value.isdigit() else None
