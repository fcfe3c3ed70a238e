"""A rater cannot know: everything that a study sends to a rater's browser, from sign-in to the last guess.

The same recorder finds the names at once in the browser of an owner, so it would find them here.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from playwright.sync_api import Download, Request, expect

from core.people.persons import add_person
from core.providers.profiles import LOCAL
from core.rating.seating import BLOCK
from core.rating.studies import Study
from core.store.store import Store
from core.training.runs import create_run
from tests.core.rating.study_hall import furnished
from tests.e2e.screen import Screen, Visitors
from tests.e2e.server import Server
from ui.remember import COOKIE

LOOK_MS = 450
COUNTED, PRACTICE, REPEATS = 20, 2, 0.1
SECONDS, COST = 7.318273, 918273
SECRETS = (
    *("Run 1, base", "Run 1, tuned", "secret-model", "wombat-7b", "ft:wombat", "ftjob-axolotl"),
    *("7.318", "918273", "reply-picker"),
)
"""What tells an arm: names, models, the run's job, latency, tokens; nothing else in the app is called so."""
WORDS = re.compile(r"\b(tuned|untuned|fine-tun\w*|latency|tokens|price|provider|baseline)\b", re.IGNORECASE)
"""What nothing on the pages of a study may be about."""
PAGES = (
    "/", "/overview", "/side_by_side", "/verdict", "/fine_tune", "/dataset", "/library", "/people",
)  # fmt: skip

QUESTION = re.compile(r"^Question \d+$")

SKELETON = """(card) => {
  const copy = card.cloneNode(true)
  const walk = document.createTreeWalker(copy, NodeFilter.SHOW_TEXT)
  while (walk.nextNode()) walk.currentNode.nodeValue = ""
  return copy.outerHTML
}"""
MARKS = """() => [...document.querySelectorAll("body *")].flatMap(
  (one) => [...one.attributes].map((found) => `${one.tagName} ${found.name}=${found.value}`))"""


@dataclass
class Recorder:
    """Everything one browser is sent: frames, addresses, answers to requests, downloads, titles, pages."""

    screen: Screen
    answers: dict[str, bytes] = field(default_factory=dict)
    seen: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.screen.page.on("requestfinished", self._answered)
        self.screen.page.on("download", self._downloaded)

    def look(self) -> None:
        """Write down the page as it stands, its title and what the browser keeps."""
        page = self.screen.page
        self.seen += [page.title(), page.url, page.content()]
        self.seen.append(str(page.evaluate("() => JSON.stringify([localStorage, sessionStorage])")))
        self.seen.append(str(self.screen.context.cookies()))

    def found(self, word: str) -> list[str]:
        """Where a word was sent; the app's own scripts and fonts, the same for everybody, are left out."""
        places = [f"frame {n}" for n, frame in enumerate(self.screen.wire.frames) if word.encode() in frame]
        places += [f"address {url}" for url in self.screen.wire.urls if word in url]
        places += [f"look {n}" for n, text in enumerate(self.seen) if word in text]
        places += [f"answer {url}" for url, body in self.answers.items() if word.encode() in body]
        return places

    def _answered(self, request: Request) -> None:
        answer = request.response()
        if answer is not None and "/static/" not in request.url:
            self.answers[request.url] = answer.body() + str(answer.headers).encode()

    def _downloaded(self, download: Download) -> None:
        self.seen += [download.suggested_filename, download.path().read_text(errors="replace")]


@dataclass(frozen=True)
class Duel:
    """One duel as the browser had it: whether the tuned model's answer stood left, and all it was sent."""

    question: str
    warm_left: bool
    marks: frozenset[str]
    frames: bytes
    cards: tuple[str, str]


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Study]:
    """A workspace with a tuned model, and an open study whose arms have names that occur nowhere else."""
    home = tmp_path_factory.mktemp("blind") / "home"
    store = Store(home)
    olga, anna = (add_person(store, f"{name.lower()}@example.com", name) for name in ("Olga", "Anna"))
    hall = furnished(store, olga, anna, prompts=COUNTED + PRACTICE, seconds=SECONDS)
    run = create_run(store, hall.project, hall.dataset, LOCAL, "wombat-7b", 1, 1, olga)
    with store.transaction("test") as tx:
        changes = {"state": "succeeded", "model": "ft:wombat-7b", "job_id": "ftjob-axolotl"}
        tx.update("runs", {"id": run.id}, {**changes, "finished_at": tx.now})
        tx.update("arms", {"id": hall.tuned.id}, {"run_id": run.id})
        for (item_id,) in tx.rows("select item_id from answers where arm_id = ?", hall.tuned.id):
            key = {"dataset_id": hall.dataset.id, "arm_id": hall.tuned.id, "item_id": item_id}
            tx.update("answers", key, {"input_tokens": COST, "output_tokens": COST})
    hall.rater("Rita")
    opened = hall.study_of(replace(hall.plan(), practice=PRACTICE, repeats=REPEATS))
    store.close()
    return home, opened


@pytest.fixture(scope="module")
def server(study: tuple[Path, Study]) -> Iterator[Server]:
    started = Server(study[0]).start()
    yield started
    started.stop()


def test_nothing_a_raters_browser_receives_tells_an_arm(
    server: Server, visitors: Visitors, study: tuple[Path, Study]
) -> None:
    recorder = Recorder(visitors.arrive(server))
    rita = signed_in(recorder, "Rita")
    for path in PAGES:
        rita.open(path)
        recorder.look()
    before = len(recorder.seen)
    rita.open("/rate")
    recorder.look()
    rita.press("Start")

    for number in range(1, PRACTICE + 1):
        duel_at(recorder, f"Practice {number} of {PRACTICE}")
        rita.page.keyboard.press("3")
    total = COUNTED + round(REPEATS * COUNTED)
    duels = [rated(recorder, f"Duel {number} of {total}") for number in range(1, total + 1)]
    for number in range(1, 4):
        duel_at(recorder, f"Guess {number} of 15")
        rita.page.keyboard.press("3")
    rita.press("No more guesses")
    rita.see("Thank you. You rated all")
    recorder.look()

    assert not {word: recorder.found(word)[:3] for word in SECRETS if recorder.found(word)}
    assert not [text for text in said(recorder.seen[before:]) if WORDS.search(text)]
    nothing_but_the_side_differs(duels)
    sides_are_balanced(duels)


def test_the_same_recorder_finds_the_names_in_an_owners_browser(
    server: Server, visitors: Visitors, study: tuple[Path, Study]
) -> None:
    recorder = Recorder(visitors.arrive(server))
    olga = signed_in(recorder, "Olga")
    for path in ("/fine_tune", "/side_by_side"):
        olga.open(path)
        recorder.look()

    assert recorder.found("wombat-7b")
    assert [text for text in said(recorder.seen) if WORDS.search(text)]


def signed_in(recorder: Recorder, name: str) -> Screen:
    """Somebody opens the app for the first time and says who they are."""
    screen = recorder.screen.open("/")
    recorder.look()
    screen.press(name)
    expect(screen.page.get_by_test_id("stSidebar").get_by_role("button", name=name)).to_be_visible()
    screen.page.wait_for_function("name => document.cookie.includes(name)", arg=COOKIE)
    return screen.drawn()


def rated(recorder: Recorder, heading: str) -> Duel:
    """Look at a duel and press the next of the keys."""
    found = duel_at(recorder, heading)
    recorder.screen.page.keyboard.press("1234"[len(recorder.seen) % 4])
    return found


def duel_at(recorder: Recorder, heading: str) -> Duel:
    """Wait for a duel, look at it, and take down what came with it."""
    screen = recorder.screen
    screen.see(heading)
    screen.drawn().page.wait_for_timeout(LOOK_MS)
    recorder.look()
    cards = screen.page.get_by_test_id("stColumn")
    expect(cards).to_have_count(2)
    texts = [cards.nth(place).inner_text() for place in range(2)]
    frames = screen.wire.frames
    last = max(n for n, frame in enumerate(frames) if heading.encode() in frame)
    marks = screen.page.evaluate(MARKS)
    return Duel(
        question=str(screen.page.get_by_text(QUESTION).first.inner_text()),
        warm_left="warm" in texts[0],
        marks=frozenset(re.sub(r"\d+", "#", mark) for mark in marks),
        frames=b"".join(frames[last:]),
        cards=(cards.nth(0).evaluate(SKELETON), cards.nth(1).evaluate(SKELETON)),
    )


def said(seen: list[str]) -> list[str]:
    """What could be read on the pages that were looked at, without the app's own scripts and styles."""
    pages = [text for text in seen if "<html" in text]
    return [re.sub(r"(?s)<(script|style).*?</\1>|<[^>]*>", " ", page) for page in pages]


def nothing_but_the_side_differs(duels: list[Duel]) -> None:
    """No class, key or attribute comes with one arm; both cards are alike; left comes first on the wire."""
    first, *others = duels
    assert all(duel.marks - {*_undo(duel)} == first.marks - {*_undo(first)} for duel in others)
    for duel in duels:
        left, right = duel.cards
        assert left == right
        before, after = (b"warm and full", b"plain notice")[:: 1 if duel.warm_left else -1]
        assert duel.frames.index(before) < duel.frames.index(after)


def sides_are_balanced(duels: list[Duel]) -> None:
    """Of the first looks each arm stands left in half of every block; a second look has the sides swapped."""
    looks: dict[str, list[bool]] = {}
    for duel in duels:
        looks.setdefault(duel.question, []).append(duel.warm_left)
    first = [sides[0] for sides in looks.values()]
    blocks = [first[start : start + BLOCK] for start in range(0, COUNTED, BLOCK)]
    assert all(sum(block) == BLOCK // 2 for block in blocks)
    again = [sides for sides in looks.values() if len(sides) > 1]
    assert len(again) == round(REPEATS * COUNTED)
    assert all(before is not after for before, after in again)


def _undo(duel: Duel) -> list[str]:
    """Before the first vote nothing can be undone: the marks of a button that is off."""
    return [mark for mark in duel.marks if "disabled" in mark]
