"""Typing a reply: whatever happens to the server or the tab, what was typed is there again."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, expect

from core.curation.review import Reason, send_back
from core.store.store import Store
from tests import homes
from tests.e2e import saved
from tests.e2e.conftest import copy_of
from tests.e2e.screen import Screen, Visitors
from tests.e2e.server import Server

SENTENCE = "Thank you for asking, and yes, you may bring it along in your cabin bag. "
WHILE_AWAY = "Typed while it was away."
LONG = (SENTENCE * 5)[:300]
SUBMIT = "Submit (Ctrl+Enter)"
KEY_MS = 20
AUTOSAVE_MS = 2_000
SAVED_SLOWEST_MS = 10_000


@pytest.fixture
def own(seeded: Path, tmp_path: Path) -> Iterator[Server]:
    """A server that may be killed."""
    server = Server(copy_of(seeded, tmp_path / "home")).start()
    yield server
    server.stop()


def area(screen: Screen) -> Locator:
    """The editor."""
    return screen.page.get_by_role("textbox", name="Your ideal reply").first


def emptied(screen: Screen) -> Screen:
    """Write, with nothing in the editor."""
    screen.open("/write")
    area(screen).fill("")
    return screen


def saved_as(server: Server, person_id: int, text: str, screen: Screen) -> None:
    """Wait until the newest draft is this text."""
    for _ in range(SAVED_SLOWEST_MS // 100):
        if saved.last_draft(server.home, person_id) == text:
            return
        screen.page.wait_for_timeout(100)
    assert saved.last_draft(server.home, person_id) == text


def typing_on_without_a_server(own: Server, visitors: Visitors, person_id: int) -> Screen:
    """One sentence is saved, the server is gone, and another sentence is typed."""
    screen = emptied(visitors.arrive(own, person_id))
    area(screen).press_sequentially(SENTENCE, delay=KEY_MS)
    saved_as(own, person_id, SENTENCE, screen)
    own.kill()
    area(screen).press_sequentially(WHILE_AWAY)
    return screen


def test_what_was_typed_survives_a_killed_server(
    own: Server, visitors: Visitors, numbers: dict[str, int]
) -> None:
    anna = numbers[homes.ANNA]
    screen = emptied(visitors.arrive(own, anna))
    area(screen).press_sequentially(LONG[:60], delay=KEY_MS)
    saved_as(own, anna, LONG[:60], screen)
    area(screen).press_sequentially(LONG[60:], delay=KEY_MS)

    own.kill()
    kept = saved.last_draft(own.home, anna)
    assert LONG.startswith(kept)
    assert len(kept) >= len(LONG) - AUTOSAVE_MS // KEY_MS
    expect(area(screen)).to_have_value(LONG)

    area(screen).press_sequentially(" Typed while it was away.")
    own.start()
    screen.drawn()
    area(screen).press_sequentially(" And after.")
    whole = f"{LONG} Typed while it was away. And after."
    expect(area(screen)).to_have_value(whole)
    screen.page.wait_for_timeout(AUTOSAVE_MS)
    own.kill()
    assert saved.last_draft(own.home, anna) == whole

    own.start()
    again = visitors.arrive(own, anna).open("/write")
    expect(area(again)).to_have_value(whole)


def test_what_was_typed_while_the_server_was_away_needs_no_other_key_to_be_kept(
    own: Server, visitors: Visitors, numbers: dict[str, int]
) -> None:
    anna = numbers[homes.ANNA]
    screen = typing_on_without_a_server(own, visitors, anna)

    own.start()
    screen.drawn()

    saved_as(own, anna, SENTENCE + WHILE_AWAY, screen)
    expect(area(screen)).to_have_value(SENTENCE + WHILE_AWAY)


def test_a_reply_that_came_back_meanwhile_does_not_take_the_place_of_what_was_typed(
    own: Server, visitors: Visitors, numbers: dict[str, int]
) -> None:
    anna = numbers[homes.ANNA]
    screen = typing_on_without_a_server(own, visitors, anna)
    store = Store(own.home)
    [(came_back,)] = store.rows(
        "select i.id from items i join replies r on r.id = i.reply_id "
        "where i.state = 'submitted' and r.author_id = ? and i.project_id = 1 order by i.id limit 1",
        anna,
    )
    send_back(store, came_back, Reason.TONE, "Warmer, please.", homes.person(store, homes.BEN))
    store.close()

    own.start()
    screen.drawn()

    saved_as(own, anna, SENTENCE + WHILE_AWAY, screen)
    expect(area(screen)).to_have_value(SENTENCE + WHILE_AWAY)


def test_a_closed_tab_loses_nothing(server: Server, visitors: Visitors, numbers: dict[str, int]) -> None:
    ben = numbers[homes.BEN]
    screen = emptied(visitors.arrive(server, ben))
    area(screen).press_sequentially("A short reply, then lunch.", delay=KEY_MS)
    saved_as(server, ben, "A short reply, then lunch.", screen)
    screen.page.close()

    again = visitors.arrive(server, ben).open("/write")

    expect(area(again)).to_have_value("A short reply, then lunch.")


def test_the_last_words_before_a_submission_are_in_it(
    server: Server, visitors: Visitors, numbers: dict[str, int]
) -> None:
    screen = emptied(visitors.arrive(server, numbers[homes.OWNER]))
    before = len(saved.inserted(server.home, "replies"))

    area(screen).press_sequentially("Submitted by the key, at once.")
    area(screen).press("Control+Enter")
    screen.see("Undo")
    screen.drawn()
    area(screen).press_sequentially("Submitted by the button, at once.")
    screen.press(SUBMIT)
    expect(area(screen)).not_to_have_value("Submitted by the button, at once.")
    screen.drawn()

    texts = [row["text"] for row in saved.inserted(server.home, "replies")[before:]]
    assert texts == ["Submitted by the key, at once.", "Submitted by the button, at once."]


def test_the_last_words_before_a_skip_are_kept(
    server: Server, visitors: Visitors, numbers: dict[str, int]
) -> None:
    ben = numbers[homes.BEN]
    screen = emptied(visitors.arrive(server, ben))

    area(screen).press_sequentially("Skipped in the middle of")
    area(screen).press("Alt+s")

    expect(area(screen)).not_to_have_value("Skipped in the middle of")
    saved_as(server, ben, "Skipped in the middle of", screen)


def test_one_reply_in_two_tabs_is_submitted_once_and_the_other_text_is_kept(
    server: Server, visitors: Visitors, numbers: dict[str, int]
) -> None:
    anna = numbers[homes.ANNA]
    first = emptied(visitors.arrive(server, anna))
    second = first.another_tab()
    emptied(second)
    before = len(saved.inserted(server.home, "replies"))
    area(first).press_sequentially("Written in the first tab.")
    saved_as(server, anna, "Written in the first tab.", first)
    area(first).press("Control+Enter")
    first.see("Undo")

    area(second).press_sequentially("Written in the second tab.")
    area(second).press("Control+Enter")

    second.see("This item is already submitted.")
    expect(area(second)).to_have_value("Written in the second tab.")
    second.press(SUBMIT)
    expect(area(second)).not_to_have_value("Written in the second tab.")
    second.see("What you typed, to copy from")
    second.see("Written in the second tab.")
    texts = [row["text"] for row in saved.inserted(server.home, "replies")[before:]]
    assert texts == ["Written in the first tab."]


def test_one_decision_in_two_tabs_is_made_once(
    server: Server, visitors: Visitors, numbers: dict[str, int]
) -> None:
    first = visitors.arrive(server, numbers[homes.BEN]).open("/review")
    second = first.another_tab().open("/review")
    waiting = int(first.page.get_by_text("waiting for your decision").inner_text().split()[0])

    first.press("Approve")
    first.see(f"{waiting - 1} waiting for your decision")
    second.press("Approve")

    second.see("only a submitted reply can be decided on")
    second.see(f"{waiting - 1} waiting for your decision")
    approvals = [row for row in saved.inserted(server.home, "history") if row["action"] == "approved"]
    decided = [row["item_id"] for row in approvals if row["person_id"] == numbers[homes.BEN]]
    assert len(decided) == 1
