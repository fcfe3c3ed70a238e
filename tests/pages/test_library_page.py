"""The Library page: everybody who may see the project finds its items; few may change many."""

import time

import pytest

from core.curation.library.bulk import Change
from tests import homes
from tests.pages.visiting import App, obeyed, press, words

LIBRARY = "pages/curate/library.py"


def test_the_library_says_how_many_items_there_are_and_lists_the_first(app: App) -> None:
    page = app.visit(LIBRARY, homes.EVA)

    assert not page.exception
    assert "339 items" in words(page)
    assert "1 to 30 of 339" in words(page)
    assert len(page.dataframe[0].value) == 30


def test_a_word_narrows_the_list_at_once(app: App) -> None:
    page = app.visit(LIBRARY, homes.ANNA)

    page.text_input(key="library_text").set_value("no such word anywhere").run()

    assert "No item passes this filter. Take a word or a state away." in words(page)
    page.text_input(key="library_text").set_value("badge").run()
    shown = page.dataframe[0].value
    assert shown.apply(lambda line: "parking" in (line["question"] + line["reply"]).lower(), axis=1).all()


def test_further_and_earlier_turn_the_pages(app: App) -> None:
    page = app.visit(LIBRARY, homes.ANNA)
    first = list(page.dataframe[0].value["question"])

    press(page, "Further")
    second = list(page.dataframe[0].value["question"])
    press(page, "Earlier")

    assert not set(first) & set(second)
    assert list(page.dataframe[0].value["question"]) == first


def test_another_filter_begins_at_the_first_page(app: App) -> None:
    page = press(app.visit(LIBRARY, homes.ANNA), "Further")

    page.selectbox(key="library_topic").set_value("Parking").run()

    assert "\n1 to " in words(page)


@pytest.mark.parametrize("email", [homes.ANNA, homes.EVA])
def test_who_may_not_change_many_is_not_offered_it(app: App, email: str) -> None:
    page = app.visit(LIBRARY, email)

    assert "This changes" not in words(page)


def test_a_topic_for_all_of_them_and_back(app: App) -> None:
    page = app.visit(LIBRARY, homes.BEN)
    page.text_input(key="library_text").set_value("badge").run()
    count = len(page.dataframe[0].value)
    page.text_input(key="library_value").set_value("Cars").run()

    press(page, f"Change {count}")
    while app.working():
        time.sleep(0.05)
    page.run()

    assert f"set the topic, Cars: {count} of {count} items, done" in words(page)
    assert set(page.dataframe[0].value["topic"]) == {"Cars"}
    press(page, "Undo")
    while app.working():
        time.sleep(0.05)
    assert "Cars" not in set(page.run().dataframe[0].value["topic"])


def test_the_dry_run_counts_only_what_would_change(app: App) -> None:
    page = app.visit(LIBRARY, homes.BEN)

    page.radio(key="library_change").set_value(Change.REVIEW_AGAIN).run()

    assert "This changes 308 items. It can be undone." in words(page)


def test_what_others_wrote_is_never_obeyed(app: App) -> None:
    page = app.visit(LIBRARY, homes.VERA, homes.SUSPECT)

    assert not page.exception
    assert obeyed(page) == []
