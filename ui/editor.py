"""The editor: a text area that saves what is typed while it is typed.

Streamlit's own text area sends nothing until it loses the focus. This one sends after 0.7 s of quiet, at
most 1.5 s after the first unsent key and at once before a shortcut, and keeps the text in the open tab while
the server is away. The server's text is put in only when the item changes, so the caret never jumps.
"""

from collections.abc import Callable

import streamlit as st

QUIET_MS = 700
LONGEST_MS = 1_500

_COMPONENT = st.components.v2.component(
    "touchstone_editor",
    html="""
<label for="text"></label>
<textarea id="text" spellcheck="true"></textarea>
""",
    css="""
:host { display: block; }
label { display: block; font: 400 .875rem var(--st-font); color: var(--st-text-color); margin-bottom: .3rem; }
textarea {
  box-sizing: border-box; width: 100%; min-height: 16rem; resize: vertical; padding: .75rem .9rem;
  font: 400 1rem/1.55 var(--st-font); color: var(--st-text-color);
  background: var(--st-background-color);
  border: 1px solid var(--st-border-color); border-radius: var(--st-base-radius);
}
textarea:focus { outline: 2px solid var(--st-primary-color); outline-offset: -1px; }
""",
    js=f"""
export default function (component) {{
  const {{ data, parentElement, setStateValue, setTriggerValue }} = component
  const area = parentElement.querySelector("textarea")
  const label = parentElement.querySelector("label")
  label.textContent = data.label
  area.setAttribute("aria-label", data.label)
  if (area.dataset.item !== data.item) {{
    area.dataset.item = data.item
    area.value = data.text
    if (data.focus) area.focus()
  }}
  const send = () => {{
    clearTimeout(area.quiet)
    clearTimeout(area.longest)
    area.longest = undefined
    setStateValue("text", {{ item: area.dataset.item, text: area.value }})
  }}
  area.oninput = () => {{
    clearTimeout(area.quiet)
    area.quiet = setTimeout(send, {QUIET_MS})
    area.longest = area.longest ?? setTimeout(send, {LONGEST_MS})
  }}
  area.onblur = () => {{ if (area.longest !== undefined) send() }}
  area.onkeydown = (event) => {{
    if (!event.ctrlKey && !event.altKey && !event.metaKey) return
    if (area.longest !== undefined) send()
    if (event.key === "Enter" && !event.altKey) {{
      event.preventDefault()
      setTriggerValue("submitted", {{ item: area.dataset.item, text: area.value }})
    }}
  }}
  return () => {{ if (area.longest !== undefined) send() }}
}}
""",
)


def editor(
    label: str,
    item: str,
    text: str,
    *,
    key: str,
    on_text: Callable[[], None],
    on_submitted: Callable[[], None],
) -> None:
    """Draw the editor.

    Args:
        label: what the text is.
        item: what the text belongs to; another one replaces what stands in the editor.
        text: what stands in it at first.
        key: the widget's key; `typed(key, item)` reads it.
        on_text: called when the person has typed.
        on_submitted: called on Ctrl+Enter.
    """
    _COMPONENT(
        key=key,
        data={"label": label, "item": item, "text": text, "focus": True},
        on_text_change=on_text,
        on_submitted_change=on_submitted,
        height="content",
    )


def typed(key: str, item: str) -> str | None:
    """What the person last typed for this item, as far as it reached the server."""
    state = st.session_state.get(key) or {}
    for name in ("submitted", "text"):
        sent = state.get(name)
        if sent and sent.get("item") == item:
            return str(sent["text"])
    return None


def held(key: str) -> str | None:
    """What the text belongs to that the browser sent last, whichever item the page now shows."""
    sent = (st.session_state.get(key) or {}).get("text")
    return str(sent["item"]) if sent else None
