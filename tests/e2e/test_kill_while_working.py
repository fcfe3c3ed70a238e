"""The app killed while it works in the background: the next start takes the work up and ends it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from core.people.persons import Person
from core.store.store import Store
from tests import homes
from tests.e2e import saved
from tests.e2e.conftest import copy_of
from tests.e2e.screen import Screen, Visitors
from tests.e2e.server import Server

LAP_MS = 120_000
RESTARTED = "Touchstone was restarted"


@pytest.fixture
def new(tmp_path: Path) -> Iterator[Server]:
    """The app on an empty folder."""
    server = Server(tmp_path / "new")
    yield server
    server.stop()


@pytest.fixture
def own(seeded: Path, tmp_path: Path) -> Iterator[Server]:
    """A server that may be killed."""
    server = Server(copy_of(seeded, tmp_path / "home")).start()
    yield server
    server.stop()


def until_running(screen: Screen) -> None:
    """Wait until a run is under way at the engine."""
    for _ in range(600):
        if any(row.get("state") == "running" for _, row in saved.changes(screen.server.home, "runs")):
            return
        screen.page.wait_for_timeout(50)
    raise AssertionError("No run began.")


def test_the_first_lap_of_the_demo_is_taken_up_and_ends(new: Server, visitors: Visitors) -> None:
    new.start()
    screen = visitors.arrive(new).open("/")
    screen.press("You, on this machine")
    screen.see_title(homes.DEMO)
    until_running(screen)

    new.kill()
    acknowledged = len((new.home / "journal.jsonl").read_bytes().splitlines())
    new.start()

    again = visitors.arrive(new, 1).open("/fine_tune")
    expect(again.page.get_by_text("The tuned model is ready.").first).to_be_visible(timeout=LAP_MS)
    expect(again.page.get_by_text(RESTARTED).first).to_be_visible()
    assert len((new.home / "journal.jsonl").read_bytes().splitlines()) > acknowledged
    projects = [row["project_id"] for row in saved.inserted(new.home, "runs")]
    assert len(projects) == len(set(projects))


def test_a_run_of_ones_own_is_found_again_and_nothing_is_tuned_twice(
    own: Server, visitors: Visitors, numbers: dict[str, int]
) -> None:
    screen = visitors.arrive(own, numbers[homes.VERA]).open("/fine_tune")
    before = len(saved.inserted(own.home, "runs"))
    screen.page.get_by_text("Settings", exact=True).click()
    screen.page.get_by_label("Passes over the examples").fill("50")
    screen.page.keyboard.press("Enter")
    screen.drawn()
    screen.press("Start fine-tuning")
    screen.see("Stop this run")
    own.kill()
    own.start()

    again = visitors.arrive(own, numbers[homes.VERA]).open("/fine_tune")
    expect(again.page.get_by_text(RESTARTED).first).to_be_visible(timeout=LAP_MS)
    expect(again.page.get_by_text("Stop this run")).to_have_count(0, timeout=LAP_MS)
    expect(again.page.get_by_text("The tuned model is ready.").first).to_be_visible()
    own.stop()

    assert len(saved.inserted(own.home, "runs")) == before + 1
    store = Store(own.home)
    assert store.rows("select distinct state from runs") == [("succeeded",)]
    assert isinstance(homes.person(store, homes.VERA), Person)
    store.close()
