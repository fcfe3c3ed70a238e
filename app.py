"""Touchstone: start-up, the question who you are, and navigation by role; nothing else."""

from pathlib import Path

import streamlit as st
from streamlit.runtime.pages_manager import PagesManager
from streamlit.runtime.scriptrunner import get_script_run_ctx

from ui import links, session, sidebar
from ui.headers import security_headers
from ui.navigation import pages_for

MARK = Path(__file__).parent / "ui" / "mark.svg"


def main() -> None:
    """Draw the frame around the current page."""
    st.set_page_config(page_title="Touchstone", page_icon=str(MARK), layout="wide")
    session.refuse_open_network()
    links.follow()
    visitor = session.visitor()
    roles = visitor.roles if visitor is not None and visitor.roles else None
    page = st.navigation(pages_for(roles), position="hidden" if visitor is None else "sidebar", expanded=True)
    sidebar.draw(visitor)
    page.run()


if get_script_run_ctx(suppress_warning=True) is None:
    PagesManager.uses_pages_directory = False
    app = st.App(__file__, middleware=[security_headers()])
else:
    main()
