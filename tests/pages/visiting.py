"""Visits: the app opened as a person, and what can be read on a page."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from streamlit.testing.v1 import AppTest

from core.curation.projects import find_project
from core.people.persons import Person
from core.store.store import Store
from core.text.unbroken import JOINED, NO_BREAK
from tests import homes
from ui import session

ROOT = Path(__file__).parents[2]

OVERVIEW = "pages/start/overview.py"
WRITE = "pages/curate/write.py"
REVIEW = "pages/curate/review.py"
IMPORT = "pages/curate/import_file.py"
DATASET = "pages/train/dataset.py"
FINE_TUNE = "pages/train/fine_tune.py"
SIDE_BY_SIDE = "pages/compare/side_by_side.py"
RATE = "pages/compare/rate.py"
VERDICT = "pages/compare/verdict.py"

SECONDS = 30


class App:
    """The app on a seeded workspace, opened anew for each visit."""

    def __init__(self, home: Path) -> None:
        self.home = home

    @property
    def store(self) -> Store:
        """The store as the app holds it."""
        return session.workspace().store

    def person(self, email: str) -> Person:
        """Somebody of the workspace."""
        return homes.person(self.store, email)

    def project_id(self, name: str) -> int:
        """The number of a project."""
        found = find_project(self.store, name)
        assert found is not None, name
        return found.id

    def working(self) -> bool:
        """Whether anything goes on in the background."""
        return bool(session.workspace().jobs.unfinished())

    def visit(self, page: str, email: str, project: str = homes.DEMO) -> AppTest:
        """The page as this person sees it in this project, reached through the menu."""
        return self.enter(email, project).switch_page(page).run()

    def enter(self, email: str, project: str = homes.DEMO) -> AppTest:
        """Where the app takes this person first."""
        return self._as(
            AppTest.from_file(str(ROOT / "app.py"), default_timeout=SECONDS), email, project
        ).run()

    def bare(self, page: str, email: str | None, project: str = homes.DEMO) -> AppTest:
        """The page alone, run without the app around it; nobody looks at it where no one is named."""
        alone = AppTest.from_file(str(ROOT / page), default_timeout=SECONDS)
        if email is None:
            alone.session_state[session.LEFT] = True
            return alone.run()
        return self._as(alone, email, project).run()

    def _as(self, app: AppTest, email: str, project: str) -> AppTest:
        app.session_state[session.PERSON] = self.person(email).id
        app.session_state[session.PROJECT] = self.project_id(project)
        return app


def words(app: AppTest) -> str:
    """Everything readable on a page, in the order it stands there, without markdown's signs of escape."""
    return plain_words("\n".join(_texts(app)))


def said(app: AppTest, kind: str) -> str:
    """All messages of a kind (error, warning, info, success, caption), without signs of escape."""
    return plain_words("\n".join(str(getattr(one, "value", "")) for one in app.get(kind)))


def plain_words(shown: str) -> str:
    """As one reads it: without signs of escape, and every space a space."""
    return shown.replace("\\", "").replace(NO_BREAK, " ").replace(JOINED, "–")


def press(app: AppTest, label: str) -> AppTest:
    """Press the first button of this name on the page."""
    return next(button for button in app.main.button if button.label == label).click().run()


def obeyed(app: AppTest) -> list[str]:
    """The places of a page where untrusted text would be read as markdown or HTML."""
    found = []
    for kind, text in _kinds_and_texts(app):
        if kind in PLAIN:
            continue
        if TAG.search(text) or (kind != "html" and MARKDOWN.search(text)):
            found.append(f"{kind}: {text[:200]}")
    return found


TAG = re.compile(r"(?<!\\)<img")
MARKDOWN = re.compile(r"!\[picture\]\(|(?<!\\)\[press\]\(")

PLAIN = frozenset({"text_area", "text_input", "selectbox", "bidi_component"})
"""Elements that show their value as it is."""


def _texts(app: AppTest) -> Iterator[str]:
    return (text for _, text in _kinds_and_texts(app))


def _kinds_and_texts(app: AppTest) -> Iterator[tuple[str, str]]:
    for part in (app.main, app.sidebar):
        for node in part:
            kind = str(node.type)
            for text in _proto_texts(getattr(node, "proto", None)):
                yield kind, text


def _proto_texts(proto: Any) -> Iterator[str]:
    """Every text in what is sent to the browser for one element."""
    if proto is None:
        return
    for field, value in proto.ListFields():
        if field.type == field.TYPE_MESSAGE:
            repeated = not hasattr(value, "ListFields")
            for one in value if repeated else (value,):
                yield from _proto_texts(one)
        elif field.type == field.TYPE_STRING:
            yield from [value] if isinstance(value, str) else list(value)
