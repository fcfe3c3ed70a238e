"""Scripted people at work: writers who type, save and submit; reviewers who approve or send back."""

import asyncio
import json
import random
import re
from abc import ABC, abstractmethod
from collections.abc import Awaitable
from time import perf_counter

from streamlit.proto.WidgetStates_pb2 import WidgetState

from benchmarks.fifty_books import Books, Note, Rerun, case, case_in
from benchmarks.streamlit_client import Drawn, Gone, Tab
from core.curation.review import Reason

EDITOR = "touchstone_editor"
SUBMIT = "Submit (Ctrl+Enter)"
APPROVED, SENT_BACK = "The reply was approved.", "The reply was sent back."
SENT_BACK_SHARE = 0.2
BY_KEY_SHARE = 0.5
SENTENCES = (
    "Thank you for your message, and we are sorry for the trouble.",
    "Please come to the information desk in the departures hall; a colleague looks at it with you there.",
    "Have your boarding pass and your passport with you, and plan half an hour for it.",
    "Safe travels, your Meridian Bay team",
)
STRUCK_OUT = re.compile("<del.*?</del>", re.DOTALL)


class Worker(ABC):
    """Somebody at a tab, who thinks between any two things they do."""

    page: str

    def __init__(self, port: int, person_id: int, books: Books, think: float, chance: random.Random) -> None:
        self.id = person_id
        self.tab = Tab(port, person_id, self.page)
        self.books = books
        self.chance = chance
        self._think = think

    async def arrive(self) -> None:
        """Open the page, as often as it takes."""
        while True:
            try:
                await self.timed("opening", self.tab.open())
            except Gone:
                self.books.dropped += 1
            else:
                return

    async def work(self, until: float) -> None:
        """Work until then; where the server goes away, come back as a browser does."""
        while perf_counter() < until:
            try:
                await self.one_thing()
            except Gone:
                self.books.dropped += 1
                await self.arrive()

    @abstractmethod
    async def one_thing(self) -> None:
        """Do the next thing on what the page shows."""

    async def think(self) -> None:
        """From half to one and a half of the think time."""
        await asyncio.sleep(self._think * self.chance.uniform(0.5, 1.5))

    async def timed(self, what: str, asked: Awaitable[float]) -> None:
        """Do something and write down what it took."""
        began = perf_counter()
        self.books.reruns.append(Rerun(what, began, await asked))

    async def look_again(self) -> None:
        """Nothing is to be done: reload after a while."""
        await self.think()
        await self.timed("looking again", self.tab.draw())

    def trouble(self) -> bool:
        """Whether the page says that something was refused or went wrong; it is written down."""
        said = self.tab.troubles()
        self.books.refused.update(said)
        return bool(said)


class Writer(Worker):
    """Types a reply in two or three goes, each of them saved, and submits it by the key or the button."""

    page = "write"
    _written = 0

    async def one_thing(self) -> None:
        editor = self.tab.component(EDITOR)
        if editor is None:
            await self.look_again()
            return
        await self.think()
        self._written += 1
        words = case(self.id, self._written)
        item = self._item()
        for sentence in SENTENCES[: self.chance.choice((2, 3))]:
            words = f"{words} {sentence}"
            await self._save(editor, item, words)
            await self.think()
        await self._submit(editor, item, f"{words} {SENTENCES[-1]}")

    async def _save(self, editor: Drawn, item: str, words: str) -> None:
        note = self.books.note(self.id, "draft", words)
        await self.timed("autosave", self.tab.change(editor, _typed(editor, item, words)))
        note.told = not self.trouble() and self._shown() == (item, words)

    async def _submit(self, editor: Drawn, item: str, words: str) -> None:
        """By the key what was typed last goes with it; by the button it was saved before."""
        note = self.books.note(self.id, "reply", words)
        state = _typed(editor, item, words)
        if self.chance.random() < BY_KEY_SHARE:
            value = json.loads(state.json_value)["text"]
            events = json.dumps([{"event": "submitted", "value": value}])
            done = self.tab.change_and_trigger(editor, state, events, lambda: self._answered(item))
            await self.timed("submission", done)
        else:
            await self.timed("autosave", self.tab.change(editor, state))
            button = self.tab.button(SUBMIT)
            if button is None:
                raise RuntimeError("There is an editor and no button to submit what stands in it.")
            await self.timed("submission", self.tab.press(button))
        note.told = not self.trouble() and self._item() != item

    def _answered(self, item: str) -> bool:
        return bool(self.tab.troubles()) or self._item() != item

    def _item(self) -> str:
        return self._shown()[0]

    def _shown(self) -> tuple[str, str]:
        """What the editor's text belongs to, and the text as the server has it."""
        editor = self.tab.component(EDITOR)
        if editor is None:
            return "", ""
        data = json.loads(editor.element.bidi_component.json)
        return data["item"], data["text"]


class Reviewer(Worker):
    """Reads what waits and approves it, or sends it back with a reason."""

    page = "review"

    async def one_thing(self) -> None:
        approve = self.tab.button("Approve")
        if approve is None:
            await self.look_again()
            return
        await self.think()
        reply = case_in(*(STRUCK_OUT.sub("", text) for text in self.tab.texts("html")))
        if self.chance.random() < SENT_BACK_SHARE:
            await self._send_back(reply)
        else:
            note = self._about(reply, "approved")
            await self.timed("approval", self.tab.press(approve))
            note.told = not self.trouble() and APPROVED in self.tab.texts("toast")

    async def _send_back(self, reply: str) -> None:
        """First the form, then the reason, then the button."""
        opens = self.tab.button("Send back", "secondary")
        if opens is None:
            raise RuntimeError("A reply can be approved and not sent back.")
        await self.timed("opening a form", self.tab.press(opens))
        await self.think()
        why, what = self.tab.named("Why?"), self.tab.named("What should")
        if why is None or what is None:
            self.trouble()
            return
        self.tab.put(WidgetState(id=what.element.text_area.id, string_value="Please say where and when."))
        chosen = WidgetState(id=why.element.radio.id, string_value=Reason.INCOMPLETE.words)
        await self.timed("choosing a reason", self.tab.change(why, chosen))
        done = self.tab.button("Send back")
        if done is None:
            return
        note = self._about(reply, "returned")
        await self.timed("sending back", self.tab.press(done))
        note.told = not self.trouble() and SENT_BACK in self.tab.texts("toast")

    def _about(self, reply: str, outcome: str) -> Note:
        """A decision to write down; one on a reply that nobody scripted is left out of the books."""
        return self.books.note(self.id, "decision", f"{outcome} {reply}") if reply else Note(self.id, "", "")


def _typed(editor: Drawn, item: str, words: str) -> WidgetState:
    """The editor's state as its script sends it."""
    value = json.dumps({"text": {"item": item, "text": words}})
    return WidgetState(id=editor.element.bidi_component.id, json_value=value)
