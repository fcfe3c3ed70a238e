"""Import: a file of customers' questions, with or without replies, becomes items of this project."""

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from core.curation.intake import background
from core.curation.intake.background import Finished
from core.curation.intake.intake import import_file, plan_import, preview
from core.curation.intake.mapping import Mapping
from core.curation.intake.reading import Wanted, read_file
from core.curation.intake.source import Source, source_of
from core.curation.intake.table import Reading
from core.curation.intake.upload import ImportReport, Upload
from core.curation.items import State
from core.errors import TouchstoneError
from core.jobs.jobs import Job, JobState
from core.people.roles import Action, Role
from core.text.figures import counted
from ui import import_choices, session, widgets
from ui.import_report import show_counts, show_done, show_past

UPLOADS = "import_uploads"
READ = "import_read"
PLAN = "import_plan"
DONE = "import_done"
FOLLOWED = "import_followed"
AT_ONCE = 12_000_000
"""Bytes of a text file that is checked while one waits; a larger one is read in the background."""

PACKED_AT_ONCE = 3_000_000
"""The same of a workbook or a Parquet file, which is packed."""

here = session.require(Action.IMPORT)


def read(source: Source, wanted: Wanted, file_id: str) -> Reading | None:
    """How the uploaded file is read, told once; or the sentence that says why it cannot be."""
    held = st.session_state.get(READ)
    if held is None or held[0] != (file_id, wanted):
        try:
            held = ((file_id, wanted), read_file(source, wanted))
        except TouchstoneError as error:
            st.error(widgets.escaped(str(error)))
            return None
        st.session_state[READ] = held
    reading: Reading = held[1]
    return reading


def plan(reading: Reading, file_id: str, mapping: Mapping) -> ImportReport:
    """What the import would do, worked out once for a way of reading and a mapping."""
    key = (file_id, here.project.id, reading, mapping)
    held = st.session_state.get(PLAN)
    if held is None or held[0] != key:
        with st.spinner("Checking every row …"):
            held = st.session_state[PLAN] = (key, plan_import(here.store, here.project, reading, mapping))
    planned: ImportReport = held[1]
    return planned


def bring(upload: Upload) -> None:
    """Import, and show what came of it."""
    try:
        report = import_file(here.store, here.project, upload, here.person)
    except TouchstoneError as error:
        st.session_state[DONE] = str(error)
        return
    st.session_state[DONE] = Finished(upload.reading.name, upload.reading.unit, upload.target, report)
    forget_upload()


def begin(upload: Upload) -> None:
    """Import in the background."""
    try:
        job = background.begin_import(here.store, here.workspace.jobs, here.project, upload, here.person)
    except TouchstoneError as error:
        st.session_state[DONE] = str(error)
        return
    st.session_state[FOLLOWED] = job.id
    forget_upload()


def forget_upload() -> None:
    """Empty the uploader, for the next file."""
    st.session_state[UPLOADS] = st.session_state.get(UPLOADS, 0) + 1
    st.session_state.pop(READ, None)
    st.session_state.pop(PLAN, None)


def stop(job: Job) -> None:
    """Stop an import in the background."""
    try:
        background.stop_import(here.store, here.workspace.jobs, job, here.person)
    except TouchstoneError as error:
        st.toast(widgets.escaped(str(error)))


@st.fragment(run_every=1)
def follow(job_id: int) -> None:
    """How far an import in the background is; the page is drawn anew when it ends."""
    job = here.workspace.jobs.get(job_id)
    widgets.job_line(job)
    if job.unfinished:
        st.caption(
            "It goes on in the background; you may leave this page. Stopped, it leaves nothing behind."
        )
        st.button("Stop", on_click=stop, args=(job,), icon=":material/stop_circle:", key=f"stop-{job_id}")
    else:
        st.rerun()


def show_background() -> None:
    """The imports that are under way, and the one that has just ended."""
    at_work = [job for job in here.workspace.jobs.unfinished(here.project.id) if job.kind == background.KIND]
    for job in at_work:
        st.session_state.setdefault(FOLLOWED, job.id)
        follow(job.id)
    followed = st.session_state.get(FOLLOWED)
    if followed is None or any(job.id == followed for job in at_work):
        return
    job = here.workspace.jobs.get(followed)
    st.session_state.pop(FOLLOWED)
    finished = background.finished_import(here.store, int(job.subject))
    if job.state is JobState.CANCELLED:
        st.session_state[DONE] = "The import was stopped. Nothing of the file was imported."
    else:
        st.session_state[DONE] = finished or job.outcome


def show_outcome() -> None:
    """What the last import did, or why it did not."""
    done = st.session_state.get(DONE)
    if isinstance(done, Finished):
        show_done(done, here.project)
    elif done:
        st.error(widgets.escaped(done))


st.title("Import")
st.caption(
    "Customers' questions, with or without replies: CSV, Excel, Parquet, JSON and JSONL (chat, tickets, "
    "instructions, preference pairs), exports of Zendesk and Intercom, or a transcript."
)
show_background()
uploaded: UploadedFile | None = st.file_uploader(
    "A file", key=f"import-upload-{here.project.id}-{st.session_state.get(UPLOADS, 0)}"
)
if uploaded is None:
    show_outcome()
    show_past(here.store, here.project)
    st.stop()

if isinstance(failed := st.session_state.pop(DONE, None), str):
    st.error(widgets.escaped(failed))
source = source_of(uploaded.name, uploaded.getvalue())
wanted = import_choices.chosen_reading(uploaded.file_id)
reading = read(source, wanted, uploaded.file_id)
if reading is None:
    st.stop()
of_sheet = f", sheet {reading.sheet}" if reading.sheet else ""
st.caption(widgets.escaped(f"Read as {reading.format}{of_sheet}."))
import_choices.choose_reading(reading, uploaded.file_id)
st.header("Which column is what?")
mapping = import_choices.choose_mapping(reading, uploaded.file_id, here.project)
if mapping is None:
    st.stop()
packed = reading.encoding == "binary"
waits = source.size <= (PACKED_AT_ONCE if packed else AT_ONCE)
try:
    rows = preview(here.project, reading, mapping)
    planned = plan(reading, uploaded.file_id, mapping) if waits else None
except TouchstoneError as error:
    st.error(widgets.escaped(str(error)))
    st.stop()
st.header("What will happen")
if planned is None:
    st.info(
        f"This file is large ({source.size >> 20:,} MB): it is read in the background, and every row is then "
        "new, known already, or listed with the reason. Its first rows are below."
    )
else:
    show_counts(planned, reading.name, reading.unit)
may_approve = Role.OWNER in here.roles
brings_replies = mapping.reply is not None if planned is None else planned.with_reply > 0
target = import_choices.choose_target(may_approve=may_approve) if brings_replies else State.SUBMITTED
upload = Upload(source, reading, mapping, target, wanted)
if planned is None:
    st.button(
        "Import in the background",
        type="primary",
        icon=":material/upload_file:",
        on_click=begin,
        args=(upload,),
    )
elif planned.taken:
    words = f"Import {counted(planned.taken, 'item')}"
    st.button(words, type="primary", icon=":material/upload_file:", on_click=bring, args=(upload,))
else:
    st.info("There is nothing to import: every row of this file is known already or rejected.")
st.header("The first rows, as they will arrive")
for row in rows:
    import_choices.show_row(row, reading.unit)
