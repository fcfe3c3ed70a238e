"""What a page says of a dataset, a run or a study that held something of a customer who was forgotten."""

import streamlit as st

from ui import widgets


def mark(sentence: str) -> None:
    """Show the mark; nothing where there is none."""
    if sentence:
        st.info(widgets.escaped(sentence), icon=":material/person_remove:")
