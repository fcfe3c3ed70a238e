"""The report of an import on a page: what arrived, what did not and why, and the next step."""

from dataclasses import dataclass
from pathlib import PurePath

import streamlit as st

from core.curation.intake.intake import ImportReport
from core.curation.intake.rejects import past_imports, rejected_csv
from core.curation.intake.table import Rejected, counted
from core.curation.items import State
from core.curation.projects import Project
from core.store.store import Store
from ui import widgets

LONGEST_SHOWN = 600
LISTED = 5


@dataclass(frozen=True)
class Done:
    """An import that was done just now."""

    project: Project
    file_name: str
    target: State
    report: ImportReport


def show_done(done: Done) -> None:
    """What the last import did, and the next step."""
    report = done.report
    waiting = report.taken - (report.with_reply if done.target is not State.WAITING else 0)
    parts = [f"{counted(report.taken, 'item')} of {done.file_name} arrived in {done.project.name}"]
    if done.target is State.SUBMITTED and report.with_reply:
        parts.append(f"{counted(report.with_reply, 'reply', 'replies')} for review")
    if done.target is State.APPROVED and report.with_reply:
        parts.append(f"{report.with_reply:,} approved")
    if waiting:
        parts.append(f"{waiting:,} to be written")
    parts.append(f"{report.duplicates:,} known already, {len(report.rejected):,} rejected")
    st.success(widgets.escaped("; ".join(parts) + "."))
    show_rejected(report.rejected, done.file_name)
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
        st.caption(
            widgets.escaped(f"{one.file_name} · {counts} · {one.person}, {widgets.ago(one.created_at)}")
        )


def show_rejected(rejected: tuple[Rejected, ...], file_name: str) -> None:
    """The first rejected rows, and all of them as a file."""
    if not rejected:
        return
    with st.expander(f"{counted(len(rejected), 'row')} rejected, with line and reason"):
        for one in rejected[:LISTED]:
            field = f", {one.field}" if one.field else ""
            st.caption(widgets.escaped(f"Line {one.line}{field}: {shortened(one.reason)}"))
        if len(rejected) > LISTED:
            st.caption(f"… and {len(rejected) - LISTED:,} more in the file.")
        st.download_button(
            "Download the list (CSV)",
            rejected_csv(rejected),
            f"{PurePath(file_name).stem}-rejected.csv",
            "text/csv",
            on_click="ignore",
            icon=":material/download:",
        )


def shortened(text: str) -> str:
    """The beginning of a long text."""
    return text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]}…"
