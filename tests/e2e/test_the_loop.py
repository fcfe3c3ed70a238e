"""The loop as people walk it: from a file of questions to a verdict, each person at their own browser."""

import json
import re
from collections.abc import Iterator
from itertools import cycle
from pathlib import Path

import pytest
from playwright.sync_api import expect

from core.curation import review
from core.curation.items import State, items_in
from core.curation.projects import find_project
from core.curation.queue import take_item
from core.store.store import Store
from tests import homes
from tests.e2e import saved
from tests.e2e.conftest import copy_of
from tests.e2e.screen import Screen, Visitors
from tests.e2e.server import Server

REPLIES = {
    "Is there a place to nap between two night flights?": "Yes, the quiet room by Gate 9 is open all night.",
    "May I bring my cello into the cabin?": "Yes, with a seat of its own; please book it with your airline.",
    "Where do I post a letter before I fly?": "At the red box by the Harbour Desk, emptied at noon.",
}
TICKETS = "question,topic\n" + "".join(f'"{question}",Other\n' for question in REPLIES)
DUELS = 10
SKIP, UNCLEAR = "5", "7"
WORK_MS = 90_000


@pytest.fixture(scope="module")
def server(seeded: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The demo with nothing left to review and all that waits in Ben's hands: what is imported comes next."""
    home = copy_of(seeded, tmp_path_factory.mktemp("loop") / "home")
    store = Store(home)
    project = find_project(store, homes.DEMO)
    assert project is not None
    ben = homes.person(store, homes.BEN)
    for state in (State.WAITING, State.DRAFT, State.RETURNED):
        for item in items_in(store, project.id, state):
            take_item(store, item.id, ben)
    for item in items_in(store, project.id, State.SUBMITTED):
        review.approve(store, item.id, ben)
    store.close()
    started = Server(home).start()
    yield started
    started.stop()


def test_from_a_file_of_questions_to_a_verdict(server: Server, visitors: Visitors, tmp_path: Path) -> None:
    owner = arrive(server, visitors, "You, on this machine")
    import_questions(owner, tmp_path / "tickets.csv")
    write_replies(arrive(server, visitors, "Anna, senior agent"))
    approve_replies(arrive(server, visitors, "Ben, team lead"))
    freeze_and_download(owner, tmp_path / "train.jsonl")
    fine_tune(owner)
    compare(owner)
    open_study(owner)
    rate(arrive(server, visitors, "Chris, rater"))
    read_verdict(owner)


def arrive(server: Server, visitors: Visitors, name: str) -> Screen:
    """Somebody opens the app for the first time and says who they are."""
    screen = visitors.arrive(server).open("/")
    screen.see_title("Who are you?")
    screen.press(name)
    expect(screen.page.get_by_test_id("stSidebar").get_by_role("button", name=name)).to_be_visible()
    return screen.drawn()


def import_questions(owner: Screen, file: Path) -> None:
    file.write_text(TICKETS, encoding="utf-8")
    owner.menu("Import").page.locator('input[type="file"]').set_input_files(file)
    owner.press("Import 3 items")
    owner.see("3 items of tickets.csv arrived")


def write_replies(anna: Screen) -> None:
    anna.menu("Write")
    for question, reply in REPLIES.items():
        anna.see(question)
        editor = anna.page.get_by_role("textbox", name="Your ideal reply").first
        editor.press_sequentially(reply)
        editor.press("Control+Enter")
        expect(anna.page.get_by_text(question, exact=True)).to_have_count(0)
    assert {row["text"] for row in saved.inserted(anna.server.home, "replies")[-3:]} == set(REPLIES.values())


def approve_replies(ben: Screen) -> None:
    ben.menu("Review")
    for waiting in (3, 2, 1):
        ben.see(f"{waiting} waiting for your decision")
        ben.drawn().page.keyboard.press("a")
    ben.see("Nothing waits for your decision.")


def freeze_and_download(owner: Screen, file: Path) -> None:
    owner.menu("Dataset")
    owner.press("Freeze")
    owner.see("Version 1")
    owner.drawn()
    with owner.page.expect_download() as download:
        owner.press("Download")
    download.value.save_as(file)

    (version,) = [row for row in saved.inserted(owner.server.home, "datasets") if row["number"] == 1][-1:]
    lines = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    assert len(lines) == version["n_train"]
    assert all([one["role"] for one in line["messages"]][-1] == "assistant" for line in lines)
    assert download.value.suggested_filename == f"{version['id']}-train.jsonl"


def fine_tune(owner: Screen) -> None:
    owner.menu("Fine-tune")
    owner.press("Start fine-tuning")
    curve = owner.page.get_by_test_id("stPlotlyChart").first
    expect(curve).to_be_visible(timeout=WORK_MS)
    expect(owner.page.get_by_text("The tuned model is ready.").first).to_be_visible(timeout=WORK_MS)
    expect(owner.page.get_by_text("Stop this run")).to_have_count(0)
    expect(curve).to_be_visible()


def compare(owner: Screen) -> None:
    owner.menu("Side by side")
    owner.page.get_by_label("A customer's question").fill("can i take my cello with me on board?")
    owner.press("Ask both")
    owner.see("Before tuning")
    owner.see("Tuned")
    expect(owner.page.get_by_text("it chose this among approved replies")).to_have_count(2)


def open_study(owner: Screen) -> None:
    owner.menu("Study")
    owner.page.get_by_text("Change the plan").click()
    for field, number in (("Raters for every prompt", "1"), ("Practice items", "0")):
        box = owner.page.get_by_role("spinbutton", name=field)
        box.fill(number)
        box.press("Enter")
    owner.press("Open the study")
    expect(owner.page.get_by_text("Raters, 1 planned")).to_be_visible(timeout=WORK_MS)


def rate(chris: Screen) -> None:
    chris.see_title("Rate")
    expect(chris.page.get_by_test_id("stSidebar").get_by_role("link")).to_have_count(0)
    chris.press("Start")
    for number, key in zip(range(1, DUELS + 1), cycle("12345"), strict=False):
        chris.see(f"Duel {number} of")
        chris.drawn().page.wait_for_timeout(450)
        chris.page.keyboard.press(key)
        if key == SKIP:
            expect(chris.button("The question is unclear")).to_be_visible()
            chris.drawn().page.wait_for_timeout(450)
            chris.page.keyboard.press(UNCLEAR)
    chris.see(f"Duel {DUELS + 1} of")
    outcomes = [row["outcome"] for row in saved.inserted(chris.server.home, "votes")]
    assert outcomes == ["left", "right", "tie", "both_bad", "skip"] * 2


def read_verdict(owner: Screen) -> None:
    owner.menu("Study")
    owner.see("Chris, rater: 10 of")
    owner.press("Close and reveal")
    owner.page.get_by_role("dialog").get_by_role("button", name="Close and reveal").click()
    expect(owner.page.get_by_role("dialog")).to_have_count(0)
    owner.see_title("Verdict")
    sentence = owner.page.get_by_test_id("stMain").get_by_role("heading", level=2).first
    expect(sentence).to_contain_text(re.compile(r"preferred|evidence", re.IGNORECASE))
    expect(owner.page.get_by_test_id("stPlotlyChart").first).to_be_visible()
    owner.see("Word for word")
    assert not owner.page.get_by_test_id("stException").count()
