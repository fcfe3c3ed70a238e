"""Signing in: a real browser, a real OpenID Connect provider, and the people of a workspace."""

import math
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from core.curation.projects import find_project
from core.people.membership import grant
from core.people.persons import Person, add_person
from core.people.roles import Role
from core.store.store import Store
from tests import homes
from tests.e2e.conftest import copy_of
from tests.e2e.identities import Identities, with_sign_in
from tests.e2e.screen import SLOWEST_MS, Screen, Visitors
from tests.e2e.server import Server

MALLORY = "mallory@example.com"
RITA = "rita@example.com"
STRANGER = "stranger@example.com"
EVERYWHERE = "0.0.0.0"  # noqa: S104 - the very thing that is refused
SHORT_HOURS = 0.004
"""Some fourteen seconds."""
LONGER_THAN_SHORT_MS = 16_000


@pytest.fixture(scope="module")
def identities() -> Iterator[Identities]:
    provider = Identities().start()
    for email in (homes.ANNA, homes.CHRIS, homes.VERA, RITA, STRANGER):
        provider.knows(email)
    provider.knows("eva@example.com", email_verified=False)
    provider.knows(MALLORY, email_verified="false")
    yield provider
    provider.stop()


@pytest.fixture(scope="module")
def inviting(seeded: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Person]:
    """A workspace in which Rita writes in the suspect desk and nowhere else."""
    home = copy_of(seeded, tmp_path_factory.mktemp("guarded") / "home")
    store = Store(home)
    desk = find_project(store, homes.SUSPECT)
    assert desk is not None
    rita = add_person(store, RITA, "Rita")
    with store.transaction("test") as tx:
        grant(tx, desk.id, rita, Role.EXPERT)
    store.close()
    return home, rita


@pytest.fixture(scope="module")
def guarded(inviting: tuple[Path, Person], identities: Identities) -> Iterator[Server]:
    """The app with sign-in on this workspace."""
    server = with_sign_in(inviting[0], identities).start()
    yield server
    server.stop()


def sign_in(screen: Screen, email: str) -> Screen:
    """Go to the provider, be somebody there, and come back."""
    screen.open("/")
    screen.press("Sign in")
    screen.page.locator("input[name=sub]").fill(email)
    screen.page.get_by_role("button", name="Authorize").click()
    screen.page.wait_for_url(f"{screen.server.url}/**")
    return screen.drawn()


def end_at_the_provider(screen: Screen) -> None:
    """The provider asks whether its own session is to end as well, and leads back."""
    screen.page.get_by_role("button", name="End session").click()
    screen.page.wait_for_url(f"{screen.server.url}/**")


def sign_out(screen: Screen, name: str) -> None:
    screen.page.get_by_test_id("stSidebar").get_by_role("button", name=name).click()
    screen.page.get_by_role("button", name="Sign out").click()
    end_at_the_provider(screen)


def test_somebody_signs_in_is_who_the_provider_says_and_signs_out(
    guarded: Server, visitors: Visitors
) -> None:
    screen = visitors.arrive(guarded)
    screen.open("/write").see_title("Sign in")

    sign_in(screen, homes.ANNA)
    screen.open("/write").see_title("Write")
    sign_out(screen, "Anna, senior agent")

    screen.see_title("Sign in")
    screen.open("/write").see_title("Sign in")


def test_what_a_browser_remembers_of_a_choice_lets_nobody_in(
    guarded: Server, visitors: Visitors, numbers: dict[str, int]
) -> None:
    screen = visitors.arrive(guarded, numbers[homes.VERA])
    screen.context.add_cookies([{"name": "_streamlit_user", "value": "forged", "url": guarded.url}])

    screen.open("/people").see_title("Sign in")


def test_a_rater_at_the_address_of_an_owner_sees_nothing_of_it(guarded: Server, visitors: Visitors) -> None:
    screen = sign_in(visitors.arrive(guarded), homes.CHRIS)

    expect(screen.open("/people").page.get_by_text("may not manage people")).to_be_visible()
    expect(screen.page.get_by_role("link", name="People", exact=True)).to_have_count(0)


def test_somebody_nobody_invited_is_told_to_ask_an_owner(guarded: Server, visitors: Visitors) -> None:
    screen = sign_in(visitors.arrive(guarded), STRANGER)

    screen.see_title("You are not invited yet")
    assert "Ask an owner to add you" in screen.text()
    assert homes.DEMO not in screen.text()
    screen.press("Sign out")
    end_at_the_provider(screen)
    screen.see_title("Sign in")


@pytest.mark.parametrize("email", [homes.EVA, MALLORY])
def test_an_address_that_the_provider_did_not_verify_is_nobodys(
    guarded: Server, visitors: Visitors, email: str
) -> None:
    screen = sign_in(visitors.arrive(guarded), email)

    screen.see_title("Sign in")
    assert "no verified e-mail address" in screen.text()


def test_somebody_who_was_removed_writes_nothing_any_more_in_an_open_tab(
    guarded: Server, visitors: Visitors, inviting: tuple[Path, Person]
) -> None:
    rita = sign_in(visitors.arrive(guarded), RITA)
    rita.open("/write").see_title("Write")
    vera = sign_in(visitors.arrive(guarded), homes.VERA)
    vera.open("/people").see_title("People")
    vera.page.locator(f".st-key-remove-{inviting[1].id}-expert button").click()
    expect(vera.page.get_by_text("Rita no longer has the role expert")).to_be_visible(timeout=SLOWEST_MS)

    editor = rita.page.get_by_role("textbox", name="Your ideal reply").first
    editor.fill("Written after I was removed.")
    rita.page.get_by_role("button", name="Submit (Ctrl+Enter)").first.click()

    refusal = rita.page.get_by_text("Rita may not write replies here")
    expect(refusal.first).to_be_visible(timeout=SLOWEST_MS)
    rita.open("/write").see_title("No project yet")
    guarded.kill()
    store = Store(guarded.home)
    said = "select count(*) from {} where text like '%after I was removed%'"
    assert store.value(said.format("drafts")) == 0
    assert store.value(said.format("replies")) == 0
    store.close()
    guarded.start()


def test_a_sign_in_ends_after_its_hours(
    seeded: Path, tmp_path: Path, identities: Identities, visitors: Visitors
) -> None:
    server = with_sign_in(copy_of(seeded, tmp_path / "home"), identities, SHORT_HOURS).start()
    screen = sign_in(visitors.arrive(server), homes.ANNA)

    deadline = 20
    while "Sign in" not in [title.strip() for title in screen.page.locator("h1:visible").all_inner_texts()]:
        deadline -= 1
        assert deadline
        screen.page.wait_for_timeout(1_000)
        screen.open("/write")

    assert "Your sign-in has ended" in screen.text()
    server.stop()


def test_hours_that_are_no_number_let_nobody_in(
    seeded: Path, tmp_path: Path, identities: Identities, visitors: Visitors
) -> None:
    server = with_sign_in(copy_of(seeded, tmp_path / "home"), identities, math.nan).start()
    screen = sign_in(visitors.arrive(server), homes.ANNA)

    assert "which is not a number of hours" in screen.text()
    assert homes.DEMO not in screen.text()
    server.stop()


def test_after_a_sign_in_has_ended_an_open_tab_keeps_what_is_typed_and_submits_nothing(
    seeded: Path, tmp_path: Path, identities: Identities, visitors: Visitors
) -> None:
    server = with_sign_in(copy_of(seeded, tmp_path / "home"), identities, SHORT_HOURS).start()
    screen = sign_in(visitors.arrive(server), homes.ANNA)
    screen.open("/write").see_title("Write")

    screen.page.wait_for_timeout(LONGER_THAN_SHORT_MS)
    screen.page.get_by_role("textbox", name="Your ideal reply").first.fill("Typed after the end.")
    screen.page.get_by_role("button", name="Submit (Ctrl+Enter)").first.click()

    screen.see_title("Sign in")
    assert "Your sign-in has ended" in screen.text()
    server.kill()
    store = Store(server.home)
    said = "select count(*) from {} where text = 'Typed after the end.'"
    assert store.value(said.format("drafts")) == 1
    assert store.value(said.format("replies")) == 0
    store.close()
    server.stop()


@pytest.mark.parametrize("address", [EVERYWHERE, ""])
def test_without_sign_in_the_app_shows_nothing_beyond_this_machine(
    seeded: Path, tmp_path: Path, visitors: Visitors, address: str
) -> None:
    server = Server(copy_of(seeded, tmp_path / "home"), "--server.address", address).start()
    screen = visitors.arrive(server).open("/write")

    assert "no sign-in configured" in screen.text()
    assert homes.DEMO not in screen.text()
    server.stop()


def test_with_sign_in_the_app_may_listen_beyond_this_machine(
    seeded: Path, tmp_path: Path, identities: Identities, visitors: Visitors
) -> None:
    server = with_sign_in(copy_of(seeded, tmp_path / "home"), identities)
    server.options = (*server.options, "--server.address", EVERYWHERE)
    server.start()

    visitors.arrive(server).open("/write").see_title("Sign in")
    server.stop()
