"""The report of an import on a page: what arrived, what did not and why, and the next step."""

from collections.abc import Callable
from functools import partial
from pathlib import PurePath

import streamlit as st

from core.curation.intake.background import Finished
from core.curation.intake.rejects import past_imports, rejected_csv, rejected_of
from core.curation.intake.table import Rejected, Unit, shortened
from core.curation.intake.upload import ImportReport
from core.curation.items import State
from core.curation.projects import Project
from core.store.store import Store
from core.text.figures import counted
from ui import widgets

LONGEST_SHOWN = 600
LISTED = 5


def show_done(done: Finished, project: Project) -> None:
    """What an import did, and the next step."""
    report = done.report
    waiting = report.taken - (report.with_reply if done.target is not State.WAITING else 0)
    parts = [f"{counted(report.taken, 'item')} of {done.file_name} arrived in {project.name}"]
    if done.target is State.SUBMITTED and report.with_reply:
        parts.append(f"{counted(report.with_reply, 'reply', 'replies')} for review")
    if done.target is State.APPROVED and report.with_reply:
        parts.append(f"{report.with_reply:,} approved")
    if waiting:
        parts.append(f"{waiting:,} to be written")
    parts.append(f"{report.duplicates:,} known already, {len(report.rejected):,} rejected")
    st.success(widgets.escaped("; ".join(parts) + "."))
    show_notes(report)
    show_rejected(report.rejected, done.file_name, done.unit)
    if done.target is State.SUBMITTED and report.with_reply:
        st.page_link("pages/curate/review.py", label="Review the replies", icon=":material/arrow_forward:")
    elif waiting:
        st.page_link("pages/curate/write.py", label="Write the replies", icon=":material/arrow_forward:")
    elif report.taken:
        st.page_link("pages/train/dataset.py", label="Freeze a dataset", icon=":material/arrow_forward:")


def show_past(store: Store, project: Project) -> None:
    """What was imported before."""
    before = past_imports(store, project.id)
    if not before:
        st.caption(
            "Nothing was imported here yet. A table needs a column with the customer's question; a column "
            "with the ideal reply is welcome. Nothing changes until you have seen what will happen."
        )
        return
    st.caption("Imported before")
    for one in before:
        counts = f"{one.taken:,} taken, {one.duplicates:,} known, {one.rejected:,} rejected"
        said = f"{one.file_name} · {counts} · {one.person}, {widgets.ago(one.created_at)}"
        with st.container(horizontal=True, vertical_alignment="center"):
            st.caption(widgets.escaped(said), width="content")
            if one.rejected:
                _download(
                    "The rejected rows", partial(rejected_of, store, one.id), one.file_name, f"past-{one.id}"
                )


def show_counts(planned: ImportReport, file_name: str, unit: Unit) -> None:
    """How many rows become items, are known already, are rejected."""
    with st.container(horizontal=True):
        st.metric("rows in the file", f"{planned.rows:,}", width="content")
        st.metric("new items", f"{planned.taken:,}", width="content")
        st.metric("of them with a reply", f"{planned.with_reply:,}", width="content")
        st.metric(
            "known already",
            f"{planned.duplicates:,}",
            help="The same question is in the project or file.",
            width="content",
        )
        st.metric("rejected", f"{len(planned.rejected):,}", width="content")
    show_notes(planned)
    show_rejected(planned.rejected, file_name, unit)


def show_notes(report: ImportReport) -> None:
    """What was left out or set right on the way."""
    for note in report.notes:
        st.caption(f":material/info: {widgets.escaped(note)}")


def show_rejected(rejected: tuple[Rejected, ...], file_name: str, unit: Unit) -> None:
    """The first rejected rows, and all of them as a file."""
    if not rejected:
        return
    with st.expander(f"{counted(len(rejected), 'row')} rejected, with {unit.value} and reason"):
        for one in rejected[:LISTED]:
            field = f", {one.field}" if one.field else ""
            reason = shortened(one.reason, LONGEST_SHOWN)
            st.caption(widgets.escaped(f"{unit.value.capitalize()} {one.line}{field}: {reason}"))
        if len(rejected) > LISTED:
            st.caption(f"… and {len(rejected) - LISTED:,} more in the list below.")
        _download("Download the list (CSV)", lambda: rejected, file_name, "rejected")


def _download(words: str, rejected: Callable[[], tuple[Rejected, ...]], file_name: str, key: str) -> None:
    """A button that makes the list of rejected rows when it is pressed."""
    st.download_button(
        words,
        lambda: rejected_csv(rejected()),
        f"{PurePath(file_name).stem}-rejected.csv",
        "text/csv",
        on_click="ignore",
        icon=":material/download:",
        key=f"import-{key}",
    )
