"""A browser, workspaces, and the app started on them; each module gets a server of its own."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

from core.store.store import Store
from tests import homes
from tests.browser import NoBrowser, chromium
from tests.e2e.screen import Visitors
from tests.e2e.server import Server

FLAGS = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"]

Copy = Callable[[], Path]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="module")
def visitors() -> Iterator[Visitors]:
    """People with a browser."""
    try:
        program = chromium()
    except NoBrowser as missing:
        pytest.fail(str(missing), pytrace=False)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=FLAGS)
        people = Visitors(browser)
        yield people
        people.leave()
        browser.close()


@pytest.fixture(autouse=True)
def closed_tabs(visitors: Visitors) -> Iterator[None]:
    """Nobody's tab stays open after a test."""
    yield
    visitors.leave()


@pytest.fixture(scope="session")
def seeded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo projects as people left them, and a suspect desk with a tuned model and an open study."""
    home = tmp_path_factory.mktemp("e2e") / "seeded"
    homes.seed(home)
    homes.tune_suspect_desk(home)
    return home


@pytest.fixture(scope="session")
def numbers(seeded: Path) -> dict[str, int]:
    """The number of each person by address."""
    store = Store(seeded)
    found = {str(email): int(number) for number, email in store.rows("select id, email from people")}
    store.close()
    return found


@pytest.fixture(scope="module")
def server(seeded: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The app on a copy of that workspace."""
    started = Server(copy_of(seeded, tmp_path_factory.mktemp("app") / "home")).start()
    yield started
    started.stop()


def copy_of(home: Path, place: Path) -> Path:
    """A workspace to change."""
    return Path(shutil.copytree(home, place))
