"""What can be chosen of an import: how the file is read, which column is what, what becomes of it."""

from collections.abc import Callable

import streamlit as st

from core.curation.intake.intake import PreviewRow
from core.curation.intake.mapping import MOST_KEPT, Mapping, guess_mapping
from core.curation.intake.plain.decode import ENCODINGS
from core.curation.intake.reading import Wanted
from core.curation.intake.table import Reading, Turns, Unit, shortened
from core.curation.items import About, State
from core.curation.projects import Project
from core.text.figures import counted
from ui import widgets

FIELDS = {
    "question": "Customer's question",
    "reply": "Ideal reply",
    "topic": "Topic",
    "ticket": "Ticket",
    "customer": "Customer",
    "date": "Date",
    "volume": "How often asked",
    "language": "Language",
}
IN_A_ROW = 4
WIDE, NARROW = 480, 240
"""Pixels of a choice between sentences, and of one between names."""

TURNS = {
    Turns.LAST: "The customer's last message, with the reply to it",
    Turns.FIRST: "The customer's first message, with the reply to it",
    Turns.EVERY: "Every reply: each becomes an item, with what was said before it",
}
TARGETS = {
    State.SUBMITTED: "They wait for review",
    State.WAITING: "They become my drafts; the questions wait to be written",
    State.APPROVED: "They are approved now, in my name",
}
LONGEST_SHOWN = 600
GUESSED = "as recognised"


def choose_reading(reading: Reading, file_id: str) -> None:
    """The sheet, the turn and the encoding, where the file lets one choose; the next run reads it so."""
    with st.container(horizontal=True):
        if reading.has_turns:
            words: Callable[[Turns], str] = TURNS.__getitem__
            st.selectbox(
                "Which message is the question?",
                list(Turns),
                format_func=words,
                key=_key(file_id, "turns"),
                width=WIDE,
            )
        if len(reading.sheets) > 1:
            sheets = list(reading.sheets)
            chosen = sheets.index(reading.sheet) if reading.sheet in sheets else 0
            st.selectbox("Sheet", sheets, index=chosen, key=_key(file_id, "sheet"), width=NARROW)
        if reading.encoding != "binary":
            with st.popover("Do letters look wrong?", type="tertiary"):
                st.selectbox(
                    "Encoding",
                    ["", *ENCODINGS],
                    format_func=lambda one: one or f"{reading.encoding} ({GUESSED})",
                    key=_key(file_id, "encoding"),
                    width=NARROW,
                )


def chosen_reading(file_id: str) -> Wanted:
    """How the person wants the file to be read."""
    held = st.session_state
    turns = held.get(_key(file_id, "turns"), Turns.LAST)
    return Wanted(turns, held.get(_key(file_id, "sheet")), held.get(_key(file_id, "encoding")) or None)


def choose_mapping(reading: Reading, file_id: str, project: Project) -> Mapping | None:
    """Which column is what: a guess that can be changed."""
    guess = guess_mapping(reading, project.labels)
    chosen: dict[str, str | None] = {}
    named = list(FIELDS.items())
    about = f"{file_id}-{project.id}-{reading.sheet}"
    for start in range(0, len(named), IN_A_ROW):
        places = st.columns(IN_A_ROW)
        for place, (field, words) in zip(places, named[start : start + IN_A_ROW], strict=True):
            options = [None, *reading.columns]
            guessed = getattr(guess, field) if guess else None
            chosen[field] = place.selectbox(
                words,
                options,
                index=options.index(guessed),
                format_func=lambda column: "none" if column is None else column,
                key=_key(about, field),
            )
    mapped = set(chosen.values())
    others = [column for column in reading.columns if column not in mapped]
    keep = [column for column in (guess.keep if guess else ()) if column in others]
    kept = (
        st.multiselect(
            "Also keep, to read beside the question",
            others,
            default=keep,
            max_selections=MOST_KEPT,
            key=_key(about, "keep"),
            placeholder="nothing else",
        )
        if others
        else []
    )
    question = chosen.pop("question")
    if question is None:
        st.info("Choose the column that holds the customer's question.")
        return None
    return Mapping(question, **chosen, keep=tuple(kept))


def choose_target(*, may_approve: bool) -> State:
    """What becomes of rows that bring a reply."""
    options = [state for state in TARGETS if state is not State.APPROVED or may_approve]
    words: Callable[[State], str] = TARGETS.__getitem__
    return st.radio("What happens to the replies?", options, format_func=words, key="import_target")


def show_row(row: PreviewRow, unit: Unit) -> None:
    """One row as it would arrive."""
    with st.container(border=True):
        if row.arrival is None:
            problem = row.problem.reason if row.problem else ""
            st.caption(f":material/block: {unit.value} {row.line}, rejected: {widgets.escaped(problem)}")
            return
        one = row.arrival
        about = About(one.asked_at, one.volume, one.language, one.details)
        chips = [f"{unit.value} {row.line}", one.topic, one.ticket, one.customer, *widgets.about_chips(about)]
        if one.conversation:
            chips.append(f"{counted(len(one.conversation), 'message')} before it")
        st.caption(" · ".join(widgets.escaped(chip) for chip in chips if chip))
        asked, replied = st.columns(2)
        with asked:
            widgets.text_block(shortened(one.question, LONGEST_SHOWN), label="customer")
        with replied:
            if one.reply is None:
                st.caption("no reply: it waits to be written")
            else:
                widgets.text_block(shortened(one.reply, LONGEST_SHOWN), label="ideal reply")


def _key(about: str, field: str) -> str:
    return f"import-{about}-{field}"
