"""Import: a file of customers' questions, with or without replies, becomes items of this project."""

from collections.abc import Callable

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from core.curation.intake.intake import (
    ImportPlan,
    PreviewRow,
    import_file,
    plan_import,
    preview,
)
from core.curation.intake.mapping import Mapping, guess_mapping
from core.curation.intake.reading import read_file
from core.curation.intake.table import Table, counted
from core.curation.items import State
from core.errors import TouchstoneError
from core.people.roles import Action, Role
from ui import session, widgets
from ui.import_report import Done, shortened, show_done, show_past, show_rejected

UPLOADS = "import_uploads"
READ = "import_read"
PLAN = "import_plan"
DONE = "import_done"
FIELDS = {
    "question": "Customer's question",
    "reply": "Ideal reply",
    "topic": "Topic",
    "ticket": "Ticket",
    "customer": "Customer",
}
TARGETS = {
    State.SUBMITTED: "They wait for review",
    State.WAITING: "They become my drafts; the questions wait to be written",
    State.APPROVED: "They are approved now, in my name",
}

here = session.require(Action.IMPORT)


def read(upload: UploadedFile) -> Table | None:
    """The uploaded file as a table, read once; or the sentence that says why not."""
    held = st.session_state.get(READ)
    if held is None or held[0] != upload.file_id:
        try:
            held = (upload.file_id, read_file(upload.name, upload.getvalue()))
        except TouchstoneError as error:
            st.error(widgets.escaped(str(error)))
            return None
        st.session_state[READ] = held
    table: Table = held[1]
    return table


def choose_mapping(table: Table, file_id: str) -> Mapping | None:
    """Which column is what: a guess that can be changed."""
    guess = guess_mapping(table, here.project.labels)
    chosen: dict[str, str | None] = {}
    for place, (field, words) in zip(st.columns(len(FIELDS)), FIELDS.items(), strict=True):
        options = [None, *table.columns]
        chosen[field] = place.selectbox(
            words,
            options,
            index=options.index(getattr(guess, field) if guess else None),
            format_func=lambda column: "none" if column is None else column,
            key=f"import-{file_id}-{here.project.id}-{field}",
        )
    question = chosen.pop("question")
    if question is None:
        st.info("Choose the column that holds the customer's question.")
        return None
    return Mapping(question, **chosen)


def plan(table: Table, file_id: str, mapping: Mapping) -> ImportPlan:
    """What the import would do, worked out once for a mapping."""
    key = (file_id, here.project.id, mapping)
    held = st.session_state.get(PLAN)
    if held is None or held[0] != key:
        held = st.session_state[PLAN] = (key, plan_import(here.store, here.project, table, mapping))
    planned: ImportPlan = held[1]
    return planned


def show_row(row: PreviewRow) -> None:
    """One row as it would arrive."""
    with st.container(border=True):
        if row.arrival is None:
            problem = row.problem.reason if row.problem else ""
            st.caption(f":material/block: line {row.line}, rejected: {widgets.escaped(problem)}")
            return
        item = row.arrival.item
        chips = [f"line {row.line}", item.topic, item.ticket, item.customer]
        if item.conversation:
            chips.append(f"{counted(len(item.conversation), 'message')} before it")
        st.caption(" · ".join(widgets.escaped(chip) for chip in chips if chip))
        asked, replied = st.columns(2)
        with asked:
            widgets.text_block(shortened(item.question), label="customer")
        with replied:
            if row.arrival.reply is None:
                st.caption("no reply: it waits to be written")
            else:
                widgets.text_block(shortened(row.arrival.reply), label="ideal reply")


def show_counts(planned: ImportPlan, table: Table) -> None:
    """How many rows become items, are known already, are rejected."""
    rows, taken, known, rejected = st.columns(4)
    rows.metric("rows in the file", f"{planned.rows:,}")
    taken.metric("new items", f"{planned.taken:,}", help=f"{planned.with_reply:,} of them with a reply")
    known.metric(
        "known already", f"{planned.duplicates:,}", help="The same question is in the project or file."
    )
    rejected.metric("rejected", f"{len(planned.rejected):,}")
    for note in planned.notes:
        st.caption(f":material/info: {widgets.escaped(note)}")
    show_rejected(planned.rejected, table.name)


def choose_target() -> State:
    """What becomes of rows that bring a reply."""
    options = [state for state in TARGETS if state is not State.APPROVED or Role.OWNER in here.roles]
    words: Callable[[State], str] = TARGETS.__getitem__
    return st.radio("What happens to the replies?", options, format_func=words, key="import_target")


def bring(upload: UploadedFile, table: Table, mapping: Mapping, target: State) -> None:
    """Import, with progress, and show what came of it."""
    bar = st.progress(0.0, text="Reading …")

    def tell(done: int, total: int) -> None:
        bar.progress(done / max(total, 1), text=f"{done:,} of {total:,} rows checked")

    try:
        report = import_file(
            here.store,
            here.project,
            upload.name,
            upload.getvalue(),
            table,
            mapping,
            here.person,
            target,
            tell,
        )
    except TouchstoneError as error:
        bar.empty()
        st.error(widgets.escaped(str(error)))
        return
    st.session_state[DONE] = Done(here.project, table.name, target, report)
    st.session_state[UPLOADS] = st.session_state.get(UPLOADS, 0) + 1
    st.session_state.pop(READ, None)
    st.session_state.pop(PLAN, None)
    st.rerun()


st.title("Import")
st.caption(
    "Customers' questions, with or without replies: CSV, TSV, JSONL (also OpenAI chat) or a JSON list."
)
done = st.session_state.get(DONE)
upload = st.file_uploader("A file", key=f"import-upload-{st.session_state.get(UPLOADS, 0)}")
if upload is None:
    if done is not None and done.project.id == here.project.id:
        show_done(done)
    show_past(here.store, here.project)
    st.stop()

st.session_state.pop(DONE, None)
table = read(upload)
if table is None:
    st.stop()
st.caption(f"Read as {table.format}, encoding {table.encoding}.")
st.subheader("Which column is what?")
mapping = choose_mapping(table, upload.file_id)
if mapping is None:
    st.stop()
try:
    rows = preview(here.project, table, mapping)
    planned = plan(table, upload.file_id, mapping)
except TouchstoneError as error:
    st.error(widgets.escaped(str(error)))
    st.stop()
st.subheader("What will happen")
show_counts(planned, table)
target = choose_target() if planned.with_reply else State.SUBMITTED
if not planned.taken:
    st.info("Nothing in this file is new, so there is nothing to import.")
elif st.button(f"Import {counted(planned.taken, 'item')}", type="primary", icon=":material/upload_file:"):
    bring(upload, table, mapping, target)
st.subheader("The first rows, as they will arrive")
for row in rows:
    show_row(row)
