"""Navigation: the pages in the order of the loop, and who sees which."""

from dataclasses import dataclass

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from core.people.roles import Action, Role, may
from ui import session


@dataclass(frozen=True)
class Entry:
    """One page of the menu and what somebody must be allowed to do to see it."""

    section: str
    path: str
    title: str
    icon: str
    action: Action


ENTRIES = (
    Entry("", "pages/start/overview.py", "Overview", "home", Action.READ),
    Entry("Curate", "pages/curate/write.py", "Write", "edit_note", Action.WRITE),
    Entry("Curate", "pages/curate/review.py", "Review", "fact_check", Action.REVIEW),
    Entry("Curate", "pages/curate/review_quality.py", "Review quality", "balance", Action.REVIEW),
    Entry("Curate", "pages/curate/what_next.py", "What to write next", "explore", Action.REVIEW),
    Entry("Curate", "pages/curate/contradictions.py", "Contradictions", "compare_arrows", Action.REVIEW),
    Entry("Curate", "pages/curate/library.py", "Library", "search", Action.READ),
    Entry("Curate", "pages/curate/import_file.py", "Import", "upload_file", Action.IMPORT),
    Entry("Curate", "pages/curate/rules.py", "Checks and guideline", "rule", Action.RULES),
    Entry("Train", "pages/train/dataset.py", "Dataset", "dataset", Action.FREEZE),
    Entry("Train", "pages/train/fine_tune.py", "Fine-tune", "model_training", Action.TRAIN),
    Entry("Train", "pages/train/learning_curve.py", "Learning curve", "show_chart", Action.TRAIN),
    Entry("Compare", "pages/compare/side_by_side.py", "Side by side", "compare", Action.ASK),
    Entry("Compare", "pages/compare/study.py", "Study", "experiment", Action.STUDY),
    Entry("Compare", "pages/compare/rate.py", "Rate", "thumbs_up_down", Action.RATE),
    Entry("Compare", "pages/compare/verdict.py", "Verdict", "gavel", Action.JUDGE),
    Entry("Decide", "pages/decide/hand_over.py", "Hand-over", "rocket_launch", Action.JUDGE),
    Entry("Decide", "pages/decide/rounds.py", "Rounds", "cycle", Action.JUDGE),
    Entry("Admin", "pages/admin/people.py", "People", "group", Action.MANAGE),
    Entry("Admin", "pages/admin/notifications.py", "Notifications", "notifications", Action.NOTIFY),
    Entry("Admin", "pages/admin/forget.py", "Forget a customer", "person_remove", Action.FORGET),
)


Menu = dict[str, list[StreamlitPage]]
MADE = "menu"


def pages_for(roles: frozenset[Role] | None) -> Menu:
    """The menu of somebody with these roles; of somebody not known yet, all pages, each of which asks who.

    A page of another role is not in the menu, and still has its address: it says there whose it is. The bare
    address leads to the first page: were that page itself the default, its own address would be unknown.
    Somebody not known yet is asked there, because the first page of all may not be one of theirs.

    It is made once for a session: each page looks for its file on the disk.
    """
    made: tuple[frozenset[Role] | None, Menu] | None = st.session_state.get(MADE)
    if made is None or made[0] != roles:
        st.session_state[MADE] = made = (roles, _menu(roles))
    return made[1]


def _menu(roles: frozenset[Role] | None) -> Menu:
    menu: Menu = {"": []}
    own = []
    for entry in ENTRIES:
        theirs = roles is None or may(roles, entry.action)
        page = st.Page(
            entry.path,
            title=entry.title,
            icon=f":material/{entry.icon}:",
            visibility="visible" if theirs else "hidden",
        )
        menu.setdefault(entry.section, []).append(page)
        if theirs:
            own.append(page)

    def land() -> None:
        if session.visitor() is None:
            session.ask_who()
        else:
            st.switch_page(own[0])

    menu[""].insert(0, st.Page(land, title="Touchstone", url_path="start", default=True, visibility="hidden"))
    return menu
