"""A server just started: whoever comes first, to whichever address, sees what is theirs and nothing else."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from core.curation.items import State, items_in
from core.curation.projects import find_project
from core.store.store import Store
from tests import homes
from tests.e2e.conftest import copy_of
from tests.e2e.screen import Visitors
from tests.e2e.server import Server


@pytest.fixture(scope="module")
def secrets(seeded: Path) -> list[str]:
    """The beginnings of every question and reply that waits for review."""
    store = Store(seeded)
    found = []
    for name in (homes.DEMO, homes.LABELS):
        project = find_project(store, name)
        assert project is not None
        items = items_in(store, project.id, State.SUBMITTED)
        found += [item.question[:30] for item in items]
        found += [
            str(store.value("select text from replies where id = ?", item.reply_id))[:30]
            for item in items
            if name == homes.DEMO
        ]
    store.close()
    assert len(found) > 20
    return found


@pytest.fixture
def fresh(seeded: Path, tmp_path: Path) -> Iterator[Server]:
    """A server that nobody has visited."""
    server = Server(copy_of(seeded, tmp_path / "home")).start()
    yield server
    server.stop()


def test_a_rater_at_the_review_address_receives_nothing_of_it(
    fresh: Server, visitors: Visitors, numbers: dict[str, int], secrets: list[str]
) -> None:
    screen = visitors.arrive(fresh, numbers[homes.CHRIS]).open("/review")

    expect(screen.page.get_by_text("may not review replies")).to_be_visible()
    expect(screen.page.get_by_role("dialog")).to_have_count(0)
    shown = screen.text()
    assert [text for text in secrets if text in shown] == []
    assert screen.wire.frames
    assert [text for text in secrets if screen.wire.received(text)] == []
    reviewer = visitors.arrive(fresh, numbers[homes.BEN]).open("/review")
    assert any(reviewer.wire.received(text) for text in secrets)


def test_the_menu_holds_the_pages_of_ones_role_and_no_other(
    fresh: Server, visitors: Visitors, numbers: dict[str, int]
) -> None:
    viewer = visitors.arrive(fresh, numbers[homes.EVA]).open("/library")
    viewer.see_title("Library")

    menu = viewer.page.get_by_test_id("stSidebarNav").get_by_role("link")

    expect(menu).to_have_count(6)
    assert [link.rsplit("\n", 1)[-1] for link in menu.all_inner_texts()] == [
        "Overview",
        "Library",
        "Side by side",
        "Verdict",
        "Hand-over",
        "Rounds",
    ]


def test_somebody_unknown_at_the_review_address_is_asked_who_they_are(
    fresh: Server, visitors: Visitors, secrets: list[str]
) -> None:
    screen = visitors.arrive(fresh).open("/review")

    screen.see_title("Who are you?")
    expect(screen.page).to_have_title("Touchstone")
    expect(screen.page.get_by_role("dialog")).to_have_count(0)
    assert [text for text in secrets if text in screen.text() or screen.wire.received(text)] == []


def test_a_deep_link_opens_its_page(fresh: Server, visitors: Visitors, numbers: dict[str, int]) -> None:
    screen = visitors.arrive(fresh, numbers[homes.ANNA]).open("/write")

    screen.see_title("Write")
    expect(screen.page).to_have_title("Touchstone")
    expect(screen.page.get_by_role("dialog")).to_have_count(0)
    expect(screen.page.get_by_text("Page not found")).to_have_count(0)
    assert screen.page.url == f"{fresh.url}/write"
    expect(screen.page.get_by_test_id("stSidebarNav")).to_be_visible()
