"""Contradictions: questions that ask the same, and approved replies to them that do not agree."""

import streamlit as st

from core.curation.contradictions.judging import Relation
from core.curation.contradictions.listing import PAGE, Scan, count_pairs, last_scan, pairs_page
from core.curation.contradictions.scan import KIND, start_scan
from core.errors import TouchstoneError
from core.people.roles import Action
from ui import pairs, session, widgets

PROBLEM = "contradictions_problem"
RELATION = "contradictions_relation"
AT = "contradictions_page"
NAMES = {
    Relation.CONTRADICTION: "Contradictions",
    Relation.OTHER_REPLY: "Other words",
    Relation.REPEAT: "Repeats",
}
ABOUT = {
    Relation.CONTRADICTION: "Figures, times, amounts, a yes or a negation differ.",
    Relation.OTHER_REPLY: "Nothing clashes, but the two replies are worded differently.",
    Relation.REPEAT: "Asked and answered twice in almost the same words. Nothing is wrong with that.",
}

here = session.require(Action.REVIEW)


def tell(problem: str) -> None:
    """Say on the next drawing what was refused."""
    st.session_state[PROBLEM] = problem


def scan_now() -> None:
    """Look through the whole project in the background."""
    try:
        start_scan(here.workspace.jobs, here.store, here.project, here.person)
    except TouchstoneError as error:
        tell(str(error))


def turn(page: int) -> None:
    """Go to a page of the list."""
    st.session_state[AT] = page


def freshness(scan: Scan) -> None:
    """What the list is of."""
    changed = f" · {widgets.count(scan.changed_since, 'item')} changed since" if scan.changed_since else ""
    more = f" · {scan.n_left_out:,} more pairs, less grave, were not kept" if scan.n_left_out else ""
    st.caption(
        f"{widgets.count(scan.n_compared, 'item')} compared {widgets.ago(scan.scanned_at)}{changed}{more}"
    )


def listed(relation: Relation, total: int) -> None:
    """One page of the pairs."""
    st.caption(ABOUT[relation])
    last = max(0, (total - 1) // PAGE)
    at = min(st.session_state.get(AT, 0), last)
    for pair in pairs_page(here.store, here.project, (relation,), at):
        pairs.card(here, pair, tell)
    if not total:
        st.write("None.")
    if last:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.button("Earlier", disabled=at == 0, on_click=turn, args=(at - 1,), shortcut="Alt+Left")
            st.caption(f"page {at + 1} of {last + 1}")
            st.button("Further", disabled=at == last, on_click=turn, args=(at + 1,), shortcut="Alt+Right")


title, begin = st.columns([6, 2], vertical_alignment="bottom")
title.title("Contradictions")
title.caption("Questions that ask the same, and approved replies to them that do not agree.")
widgets.problem(PROBLEM)
job = here.workspace.jobs.latest(KIND, str(here.project.id))
scan = last_scan(here.store, here.project.id)
if job is not None and job.unfinished:
    widgets.while_it_works(here.workspace.jobs, KIND, str(here.project.id), here.stop)
else:
    word = "Scan now" if scan is None else "Scan again"
    begin.button(word, on_click=scan_now, type="primary", icon=":material/search:", shortcut="S")
    if job is not None and not job.unfinished and job.outcome and scan is None:
        st.caption(widgets.escaped(job.outcome))
if scan is None:
    if job is None or not job.unfinished:
        widgets.empty(
            "A scan compares all questions that have an approved or submitted reply, in the background. What "
            "it finds is listed here, both sides beside each other."
        )
    st.stop()

freshness(scan)
counts = count_pairs(here.store, here.project.id)
chosen = st.radio(
    "What to show",
    list(Relation),
    key=RELATION,
    format_func=lambda relation: f"{NAMES[relation]} {counts[relation]:,}",
    horizontal=True,
    label_visibility="collapsed",
    on_change=turn,
    args=(0,),
)
relation = chosen or Relation.CONTRADICTION
listed(relation, counts[relation])
