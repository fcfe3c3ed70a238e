"""A button that takes the words somebody has selected on the page."""

from collections.abc import Callable

import streamlit as st

_COMPONENT = st.components.v2.component(
    "touchstone_marking",
    html='<button type="button"></button>',
    css="""
button {
  font: 400 1rem var(--st-font); color: var(--st-text-color); background: var(--st-background-color);
  border: 1px solid var(--st-border-color); border-radius: var(--st-base-radius);
  padding: .4rem .8rem; cursor: pointer;
}
button:hover, button:focus-visible { border-color: var(--st-primary-color); color: var(--st-primary-color); }
""",
    js="""
export default function ({ data, parentElement, setTriggerValue }) {
  const button = parentElement.querySelector("button")
  button.textContent = data.label
  button.onmousedown = (event) => event.preventDefault()
  button.onclick = () => {
    const words = String(document.getSelection()).trim()
    if (words) setTriggerValue("selected", words)
  }
}
""",
)


def selection_button(label: str, *, key: str, on_selected: Callable[[], None]) -> None:
    """Draw it; pressing it leaves the selection as it is, and does nothing where nothing is selected."""
    _COMPONENT(key=key, data={"label": label}, on_selected_change=on_selected, height="content")


def selected(key: str) -> str:
    """The words that were selected."""
    return str((st.session_state.get(key) or {}).get("selected") or "")
