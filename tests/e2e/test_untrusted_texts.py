"""Questions, replies and answers that want something of the browser: they are shown, and nothing happens."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests import homes
from tests.e2e.conftest import copy_of
from tests.e2e.screen import Screen, Visitors
from tests.e2e.server import Server


@pytest.fixture
def screen(server: Server, visitors: Visitors, numbers: dict[str, int]) -> Screen:
    """Vera's tab."""
    return visitors.arrive(server, numbers[homes.VERA])


def harmless(screen: Screen) -> None:
    """The texts stand there as texts, and no request left this machine."""
    screen.see(homes.IMAGE)
    screen.see("<img src=x onerror")
    foreign = f'img[src*="{homes.FOREIGN}"], img[src="x"], a[href*="{homes.FOREIGN}"], a[href^="javascript"]'
    expect(screen.page.locator(foreign)).to_have_count(0)
    assert screen.wire.foreign(screen.server) == []


def test_on_write(screen: Screen) -> None:
    screen.open("/write").see("sent it back")

    harmless(screen)


def test_on_review(screen: Screen) -> None:
    screen.open("/review").see("Submitted.")

    harmless(screen)


def test_on_side_by_side(screen: Screen) -> None:
    screen.open("/side_by_side")
    screen.page.get_by_label("A customer's question").fill(f"Where is my bag? {homes.UNTRUSTED}")
    screen.press("Ask both")
    screen.see("a reply picker")
    screen.drawn()

    harmless(screen)


def test_on_rate(screen: Screen) -> None:
    screen.open("/rate").press("Start")
    screen.see("Duel 1 of")
    screen.drawn()

    harmless(screen)
    assert "hidden-" not in screen.text()
    assert not screen.wire.received("hidden-")


def test_on_the_dataset_and_the_overview(screen: Screen) -> None:
    screen.open("/dataset").see("Frozen versions")
    harmless(screen)

    screen.open("/")
    assert screen.wire.foreign(screen.server) == []


def test_the_browser_is_told_to_reach_no_other_host(server: Server) -> None:
    headers = server.headers("/")

    policy = headers["content-security-policy"]
    assert "default-src 'self'" in policy
    assert "img-src 'self' data: blob:" in policy
    assert "frame-ancestors 'none'" in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert "content-security-policy" in server.headers("/review")


def test_the_policy_holds_where_a_page_tries(screen: Screen) -> None:
    screen.open("/")

    loaded = screen.page.evaluate(
        """(address) => new Promise((done) => {
            const image = new Image()
            image.onload = () => done(true)
            image.onerror = () => done(false)
            image.src = address
        })""",
        f"https://{homes.FOREIGN}/image.png",
    )
    refused = screen.page.evaluate(
        """(address) => new Promise((done) => {
            document.addEventListener("securitypolicyviolation", (event) => done(event.violatedDirective))
            const image = new Image()
            image.src = address
        })""",
        f"https://{homes.FOREIGN}/other.png",
    )

    assert loaded is False
    assert refused == "img-src"


def test_only_this_machine_reaches_the_server(server: Server) -> None:
    with socket.create_connection(("127.0.0.1", server.port), timeout=5):
        pass
    with pytest.raises(ConnectionError), socket.create_connection(("127.0.0.2", server.port), timeout=5):
        pass


@pytest.fixture
def open_server(seeded: Path, tmp_path: Path) -> Iterator[Server]:
    """A server that was told to listen to everybody."""
    started = Server(copy_of(seeded, tmp_path / "home"), "--server.address", "0.0.0.0")  # noqa: S104 - it refuses
    yield started.start()
    started.stop()


def test_a_server_open_to_the_network_shows_its_refusal_and_nothing_else(
    open_server: Server, visitors: Visitors, numbers: dict[str, int]
) -> None:
    screen = visitors.arrive(open_server, numbers[homes.OWNER]).open("/review")

    screen.see("Anybody who reaches it could act as anybody, so it shows nothing.")
    expect(screen.page.get_by_role("button", name="Approve")).to_have_count(0)
    expect(screen.page.get_by_role("heading")).to_have_count(0)
    assert homes.DEMO not in screen.text()
    assert not screen.wire.received(homes.DEMO)
