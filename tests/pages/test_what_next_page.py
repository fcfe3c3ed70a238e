"""The page What to write next: coverage by topic, and the questions furthest from all that is approved."""

import time

from tests import homes
from tests.pages.visiting import App, press, words

WHAT_NEXT = "pages/curate/what_next.py"


def test_questions_far_from_everything_approved_are_listed_after_a_look(app: App) -> None:
    page = app.visit(WHAT_NEXT, homes.OWNER)
    assert not page.exception
    assert "Every open question is compared with all approved ones" in words(page)

    press(page, "Look for them")
    while app.working():
        time.sleep(0.05)
    page.run()

    assert not page.exception
    assert "nearest approved question: similarity 0." in words(page)


def test_an_empty_project_says_where_topics_come_from(app: App) -> None:
    page = app.visit(WHAT_NEXT, homes.BEN, homes.EMPTY)

    assert not page.exception
    assert "It can be mapped at the import." in words(page)
