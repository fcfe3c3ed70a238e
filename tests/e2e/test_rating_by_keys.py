"""Rating by keys: however fast somebody presses, no vote falls on a duel they have not seen."""

import time

import pytest
from playwright.sync_api import expect

from core.rating.votes import SHORTEST_LOOK
from tests import homes
from tests.e2e import saved
from tests.e2e.screen import SLOWEST_MS, Screen, Visitors
from tests.e2e.server import Server

LOOK_MS = 450
SELECT = """(answer) => {
  const range = document.createRange()
  range.setStart(answer.firstChild, 0)
  range.setEnd(answer.firstChild, 10)
  const selection = document.getSelection()
  selection.removeAllRanges()
  selection.addRange(range)
  return String(selection)
}"""


@pytest.fixture
def desk(server: Server, visitors: Visitors, numbers: dict[str, int]) -> Screen:
    """Vera before a duel she has looked at."""
    screen = visitors.arrive(server, numbers[homes.VERA]).open("/rate")
    start = screen.button("Start")
    expect(start.or_(screen.page.get_by_text(" of 12")).first).to_be_visible(timeout=SLOWEST_MS)
    if start.count():
        screen.press("Start")
    return looked(screen)


def looked(screen: Screen) -> Screen:
    """After a look at the duel."""
    screen.see(" of 12")
    screen.drawn().page.wait_for_timeout(LOOK_MS)
    return screen


def votes(screen: Screen) -> int:
    return len(saved.inserted(screen.server.home, "votes"))


def position(screen: Screen) -> int:
    """The number of the duel on the screen."""
    return int(screen.page.get_by_text(" of 12").first.inner_text().split()[1])


def at(screen: Screen, number: int) -> None:
    """Wait for the duel with this number."""
    screen.see(f"Duel {number} of 12")
    screen.drawn()


def select_in_first_card(screen: Screen) -> str:
    """Select the first words of answer A, as with a mouse."""
    card = screen.page.get_by_test_id("stColumn").first
    return str(card.get_by_text("Answer ").first.evaluate(SELECT))


def test_a_note_typed_before_the_vote_is_kept_with_its_duel(desk: Screen) -> None:
    number = position(desk)
    desk.page.keyboard.press("n")
    note = desk.page.get_by_label("Your note")
    note.fill("1 and 2 are not votes here.")
    words = select_in_first_card(desk)
    desk.page.get_by_role("button", name="Mark the words I selected").click()
    expect(desk.page.locator("mark").first).to_have_text(words)
    desk.press("A better")

    at(desk, number + 1)
    row = saved.inserted(desk.server.home, "duel_notes")[-1]
    assert (row["note"], row["passage"]) == ("1 and 2 are not votes here.", words)
    assert saved.inserted(desk.server.home, "votes")[-1]["duel_id"] == row["duel_id"]
    looked(desk).page.keyboard.press("z")
    at(desk, number)


def test_each_key_is_one_vote(desk: Screen) -> None:
    before = position(desk)
    for number, key in enumerate("1234", start=before + 1):
        desk.page.keyboard.press(key)
        at(desk, number)
        looked(desk)
    desk.page.keyboard.press("5")
    expect(desk.button("The question is unclear")).to_be_visible()
    desk.page.keyboard.press("7")
    at(desk, before + 5)

    rows = saved.inserted(desk.server.home, "votes")[-5:]
    assert [row["outcome"] for row in rows] == ["left", "right", "tie", "both_bad", "skip"]
    assert [row["reason"] for row in rows] == [None, None, None, None, "unclear"]


def test_undo_takes_the_last_vote_back(desk: Screen) -> None:
    before = position(desk)
    desk.page.keyboard.press("1")
    at(desk, before + 1)

    desk.page.keyboard.press("z")

    at(desk, before)
    assert saved.changes(desk.server.home, "votes")[-1][0] == "delete"


def test_ten_presses_in_a_row_are_one_vote_a_look(desk: Screen) -> None:
    before, number = votes(desk), position(desk)
    began = time.monotonic()
    for _ in range(10):
        desk.page.keyboard.press("1")
    took = time.monotonic() - began

    expect(desk.page.get_by_text(f"Duel {number} of 12")).to_have_count(0)
    looked(desk)
    taken = votes(desk) - before
    assert 1 <= taken <= 1 + took / SHORTEST_LOOK.total_seconds()
    assert position(desk) == number + taken


def test_a_double_click_is_one_vote(desk: Screen) -> None:
    before, number = votes(desk), position(desk)

    desk.button("Tie").first.dblclick()

    at(desk, number + 1)
    looked(desk)
    assert votes(desk) == before + 1
    assert position(desk) == number + 1
    desk.page.keyboard.press("z")
    at(desk, number)


def test_going_back_and_forth_in_the_browser_votes_on_nothing(desk: Screen) -> None:
    before, number = votes(desk), position(desk)
    desk.page.keyboard.press("2")
    at(desk, number + 1)

    desk.page.go_back()
    desk.page.wait_for_timeout(LOOK_MS)
    desk.page.go_forward()
    looked(desk)

    assert votes(desk) == before + 1
    assert position(desk) == number + 1
    desk.page.keyboard.press("z")
    at(desk, number)


def test_a_vote_in_a_second_tab_is_not_doubled(desk: Screen) -> None:
    other = looked(desk.another_tab().open("/rate"))
    before = votes(desk)
    desk.page.keyboard.press("1")
    looked(desk)

    other.press("B better")
    other.see("This duel was decided already")

    assert votes(desk) == before + 1


def test_a_key_held_down_never_votes_before_the_duel_could_be_seen(desk: Screen) -> None:
    before, number = votes(desk), position(desk)
    began = time.monotonic()
    while votes(desk) < before + 2 and time.monotonic() - began < 20:
        desk.page.keyboard.press("3")
        desk.page.wait_for_timeout(20)
    lasted = time.monotonic() - began

    looked(desk)
    rows = saved.inserted(desk.server.home, "votes")[before:]
    assert 2 <= len(rows) <= 1 + lasted / SHORTEST_LOOK.total_seconds()
    assert all(row["seconds"] >= SHORTEST_LOOK.total_seconds() for row in rows)
    assert len({row["duel_id"] for row in rows}) == len(rows)
    assert position(desk) == number + len(rows)
