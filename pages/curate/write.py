"""Write: the next customer's question, and the ideal reply to it."""

from functools import partial

import streamlit as st

from core.curation import queue, writing
from core.curation.items import Item, State, item_by_id
from core.curation.projects import Kind
from core.curation.replies import Reply, reply_by_id
from core.curation.suggestions import newest_suggestion
from core.errors import TouchstoneError
from core.people.roles import Action
from ui import links, session, widgets
from ui.check_panel import Yardstick, while_writing, yardstick_for
from ui.editor import editor, held, typed
from ui.writing_parts import aside, header

EDITOR = "write_editor"
CURRENT = session.HANDED_OUT
PROBLEM = "write_problem"
KEPT = "write_kept"
LAST = "write_last"
MET = "write_met"
DIGITS = range(1, 10)

here = session.require(Action.WRITE)


def current_item() -> Item | None:
    """The item at hand, as long as it can be written; else the next one."""
    number = st.session_state.get(CURRENT)
    if number is not None:
        try:
            item = item_by_id(here.store, number)
        except TouchstoneError:
            item = None
        if item is not None and item.project_id == here.project.id and item.state in queue.WRITABLE:
            return item
    item = queue.next_item(here.store, here.project, here.person)
    st.session_state[CURRENT] = item.id if item else None
    return item


def follow_link(item_id: int) -> None:
    """Open the item that a link named, or say why it is not the one on the screen."""
    try:
        item = item_by_id(here.store, item_id)
        if item.project_id == here.project.id and item.state in queue.WRITABLE:
            st.session_state[CURRENT] = queue.take_item(here.store, item_id, here.person).id
            return
        st.toast("What the link named is written already, or not yours to write.")
    except TouchstoneError as error:
        st.toast(widgets.escaped(str(error)))


def place(item_id: int) -> str:
    """What the editor's text belongs to: the item, anew when a suggestion was taken over."""
    suggested = newest_suggestion(here.store, item_id, here.drawn_for)
    return f"{item_id}+{suggested.id}" if suggested is not None and suggested.taken else str(item_id)


def save(item_id: int) -> None:
    """Keep what was typed, also once the sign-in has ended; what left the screen was kept by its verb."""
    text = typed(EDITOR, place(item_id))
    if text is None or st.session_state.get(CURRENT) != item_id:
        return
    try:
        writing.save_draft(here.store, item_id, text, here.drawn_for)
        st.session_state.pop(PROBLEM, None)
    except TouchstoneError as error:
        st.session_state[PROBLEM], st.session_state[KEPT] = str(error), (item_id, text)


def come_back(shown: Item) -> bool:
    """Keep what a tab from before a restart held; whether that belongs to another item, which is at hand now.

    Only then the page is drawn again: who types meanwhile is not interrupted.
    """
    if MET in st.session_state:
        return False
    st.session_state[MET] = True
    number, _, _ = (held(EDITOR) or "").partition("+")
    if not number.isdecimal():
        return False
    st.session_state[CURRENT] = int(number)
    save(int(number))
    return int(number) != shown.id


def submit(item_id: int, text: str | None = None) -> None:
    """Submit what was typed, or a label, and go on; a second press on the same item does nothing."""
    if st.session_state.get(CURRENT) != item_id:
        return
    draft = writing.draft_of(here.store, item_id, here.drawn_for)
    words = text or typed(EDITOR, place(item_id)) or (draft.text if draft else "")
    try:
        writing.submit(here.store, item_id, words, here.person)
        st.session_state[LAST] = item_id
        st.session_state[CURRENT] = None
        st.session_state.pop(PROBLEM, None)
        st.session_state.pop(KEPT, None)
    except TouchstoneError as error:
        st.session_state[PROBLEM], st.session_state[KEPT] = str(error), (item_id, words)


def skip(item_id: int, reason: str) -> None:
    """Put it at the end of the queue."""
    save(item_id)
    try:
        queue.skip(here.store, item_id, reason, here.person)
        st.session_state[CURRENT] = None
    except TouchstoneError as error:
        st.session_state[PROBLEM] = str(error)


def take_back(item_id: int) -> None:
    """Undo the last submission."""
    save(st.session_state[CURRENT])
    try:
        writing.take_back(here.store, item_id, here.person)
        st.session_state[CURRENT] = item_id
        st.session_state.pop(LAST, None)
    except TouchstoneError as error:
        st.session_state[PROBLEM] = str(error)


def trouble() -> None:
    """What was refused; and what was typed for an item that is gone from the screen, to copy from."""
    if problem := st.session_state.get(PROBLEM):
        st.error(widgets.escaped(problem))
    if (kept := st.session_state.get(KEPT)) and kept[0] != st.session_state.get(CURRENT):
        widgets.text_block(kept[1], label="What you typed, to copy from")


@st.fragment
def write_text(item: Item, yardstick: Yardstick) -> None:
    """The autosaving editor with its checks; a fragment, so that saving redraws nothing else."""
    if here.ended or st.session_state.get(CURRENT) != item.id:
        st.rerun()
    draft = writing.draft_of(here.store, item.id, here.person)
    back = returned(item)
    text = draft.text if draft else back.text if back else ""
    editor(
        "Your ideal reply",
        place(item.id),
        text,
        key=EDITOR,
        on_text=lambda: save(item.id),
        on_submitted=lambda: submit(item.id),
    )
    if come_back(item):
        st.rerun()
    now = typed(EDITOR, place(item.id))
    now = text if now is None else now
    saved = f"saved {widgets.ago(draft.saved_at)}" if draft else "nothing to save yet"
    st.caption(f"{widgets.count(len(now.split()), 'word')} · {saved}")
    trouble()
    while_writing(here, item, now, yardstick, lambda problem: st.session_state.update({PROBLEM: problem}))


def returned(item: Item) -> Reply | None:
    """The reply that came back to its author, with the reason."""
    if item.state is not State.RETURNED or item.reply_id is None:
        return None
    return reply_by_id(here.store, item.reply_id)


def choose_label(item: Item) -> None:
    """One click, or one key, is a reply."""
    trouble()
    st.caption("Which one is it?")
    for number, label in enumerate(here.project.labels, start=1):
        st.button(
            label,
            key=f"label-{number}",
            on_click=submit,
            args=(item.id, label),
            shortcut=str(number) if number in DIGITS else None,
            width="stretch",
        )


if (linked := links.wanted()) is not None:
    follow_link(linked)
waiting = queue.waiting_for(here.store, here.project, here.person)
header(waiting, st.session_state.get(LAST), take_back)
item = current_item()
if item is None:
    trouble()
    widgets.empty(
        "Every question has a reply. New ones come with an import.",
        action="Import a file",
        page="pages/curate/import_file.py" if here.may(Action.IMPORT) else "",
    )
    st.stop()

asked, written, beside = st.columns([3, 4, 3], gap="medium")
with asked, st.container(border=True):
    widgets.state_badge(item.state)
    widgets.conversation(item)
    if (back := returned(item)) is not None:
        said = f": {back.comment}" if back.comment else ""
        reason = (back.reason or "").replace("_", " ")
        widgets.caution(widgets.escaped(f"{back.reviewer} sent it back, {reason}{said}"))
with written:
    if here.project.kind is Kind.LABEL:
        choose_label(item)
    else:
        write_text(item, yardstick_for(here, item))
        st.button("Submit (Ctrl+Enter)", on_click=submit, args=(item.id,), type="primary", width="stretch")
    with st.container(horizontal=True):
        st.button("Skip", on_click=skip, args=(item.id, ""), shortcut="Alt+S", icon=":material/skip_next:")
        with st.popover("Skip with a reason"):
            reason = st.text_input("Why? (kept in the history)", key=f"skip-{item.id}")
            st.button("Put it at the end of the queue", on_click=skip, args=(item.id, reason))
with beside:
    aside(here, item, before_taking=partial(save, item.id))
