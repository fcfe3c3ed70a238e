"""What can be taken away from a closed study: the report, the votes, and examples of preference."""

import streamlit as st

from core.people.roles import Action
from core.rating.studies import Study
from core.rating.taking_out import preferences_jsonl, votes_csv
from core.report.html_page import html_page
from core.report.markdown_page import markdown_page
from core.report.one_page import one_page
from ui.session import Session


def take_away(here: Session, study: Study) -> None:
    """The files, each made when it is asked for."""
    with st.container(horizontal=True):
        st.download_button(
            "One-page report",
            lambda: html_page(one_page(here.store, study, here.person)).encode(),
            file_name=f"study-{study.id}.html",
            icon=":material/article:",
            on_click="ignore",
            type="primary",
        )
        with st.popover("More files", icon=":material/download:"):
            st.download_button(
                "Report as Markdown",
                lambda: markdown_page(one_page(here.store, study, here.person)).encode(),
                file_name=f"study-{study.id}.md",
                on_click="ignore",
                width="stretch",
            )
            st.download_button(
                "Votes (CSV)",
                lambda: votes_csv(here.store, study, here.person),
                file_name=f"study-{study.id}-votes.csv",
                on_click="ignore",
                width="stretch",
            )
            if here.may(Action.FREEZE):
                st.download_button(
                    "Preferences for dpo (JSONL)",
                    lambda: preferences_jsonl(here.store, study, here.person),
                    file_name=f"study-{study.id}-preferences.jsonl",
                    on_click="ignore",
                    width="stretch",
                )
                st.caption("They are held-out questions: what learns from them cannot be tested on them.")
