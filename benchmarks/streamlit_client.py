"""A browser's tab without a browser: Streamlit's websocket, the page its deltas draw, its widgets' states."""

import asyncio
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from time import perf_counter
from typing import Any

import httpx2
from streamlit.proto.Alert_pb2 import Alert
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.Element_pb2 import Element
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException
from websockets.typing import Origin, Subprotocol

from ui.remember import COOKIE

ANSWER_SECONDS = 60.0
FIRST_RETRY_SECONDS = 0.1
LONGEST_RETRY_SECONDS = 3.0
FIELDS = frozenset({"radio", "text_area"})
XSRF = "_streamlit_xsrf"
EVENTS = "$$STREAMLIT_INTERNAL_KEY_{}__events"
"""How a component of the second kind names what it triggers."""


class Gone(Exception):
    """The server went away, or did not answer in time; what was under way may be done or not."""


@dataclass(frozen=True)
class Drawn:
    """One element as it stands on the page, and the fragment that draws it."""

    element: Element
    fragment: str


class Tab:
    """One tab of one person's browser; opened again it keeps its widgets' states, as a browser does."""

    def __init__(self, port: int, person_id: int, page: str) -> None:
        self._url = f"http://127.0.0.1:{port}"
        self._cookies = {COOKIE: str(person_id)}
        self._page = page
        self._page_hash = ""
        self._session = ""
        self._connection: ClientConnection | None = None
        self._states: dict[str, WidgetState] = {}
        self._drawn: dict[tuple[int, ...], Drawn] = {}
        self._run: frozenset[str] = frozenset()
        self._touched: set[tuple[int, ...]] = set()

    async def open(self) -> float:
        """Connect as soon as the server answers, draw the page, and return the seconds of the drawing."""
        await self.close()
        await self._reached()
        words = ["streamlit", self._cookies[XSRF], self._session]
        try:
            self._connection = await connect(
                f"{self._url.replace('http', 'ws', 1)}/_stcore/stream",
                subprotocols=[Subprotocol(word) for word in words if word],
                additional_headers={"Cookie": "; ".join(f"{k}={v}" for k, v in self._cookies.items())},
                origin=Origin(self._url),
                max_size=None,
                proxy=None,
            )
        except (OSError, WebSocketException) as error:
            raise Gone from error
        return await self.draw()

    async def close(self) -> None:
        """Close the tab's connection."""
        if self._connection is not None:
            await self._connection.close()
            self._connection = None

    def elements(self) -> Iterator[Drawn]:
        """What stands on the page, from the top."""
        return (self._drawn[path] for path in sorted(self._drawn))

    def texts(self, kind: str) -> list[str]:
        """The bodies of all elements of a kind: alert, toast, markdown, html."""
        of_kind = (one.element for one in self.elements() if one.element.WhichOneof("type") == kind)
        return [str(_inside(element).body) for element in of_kind]

    def button(self, label: str, kind: str = "primary") -> Drawn | None:
        """The button with this on it."""
        for one in self.elements():
            if one.element.button.label == label and one.element.button.type == kind:
                return one
        return None

    def named(self, label: str) -> Drawn | None:
        """The first field whose label begins so."""
        fields = (one for one in self.elements() if one.element.WhichOneof("type") in FIELDS)
        return next((one for one in fields if _inside(one.element).label.startswith(label)), None)

    def troubles(self) -> list[str]:
        """What the page says was refused or went wrong."""
        errors = [one.element.alert for one in self.elements() if one.element.alert.format == Alert.ERROR]
        broken = [one.element.exception for one in self.elements() if one.element.HasField("exception")]
        return [alert.body for alert in errors] + [f"{one.type}: {one.message}" for one in broken]

    def component(self, name: str) -> Drawn | None:
        """The component of this name."""
        return next(
            (one for one in self.elements() if one.element.bidi_component.component_name == name), None
        )

    async def draw(self) -> float:
        """Ask for the whole page; the seconds until it stood there."""
        return await self._asked("")

    async def press(self, button: Drawn) -> float:
        """Press a button; the seconds until the page stood there again."""
        trigger = WidgetState(id=button.element.button.id, trigger_value=True)
        return await self._asked(button.fragment, trigger)

    async def change(self, one: Drawn, state: WidgetState) -> float:
        """Give a widget another state; the seconds until the page stood there again."""
        self.put(state)
        return await self._asked(one.fragment)

    def put(self, state: WidgetState) -> None:
        """Give a widget another state, and tell the server with the next thing that is done."""
        self._states[state.id] = state

    async def change_and_trigger(
        self, one: Drawn, state: WidgetState, trigger: str, until: Callable[[], bool]
    ) -> float:
        """Give a component another state and trigger it at once, in two messages as the browser sends them.

        The server may take both in one run, or each in its own: `until` says when the second was answered.
        """
        self.put(state)
        await self._send(one.fragment)
        began = perf_counter()
        event = WidgetState(id=EVENTS.format(state.id), json_trigger_value=trigger)
        await self._send(one.fragment, event)
        await self._finished()
        while not until():
            await self._finished()
        return perf_counter() - began

    async def _reached(self) -> None:
        """Ask until the server answers, as a browser does; it then has the cookie the websocket wants."""
        wait = FIRST_RETRY_SECONDS
        async with httpx2.AsyncClient(trust_env=False, verify=False, cookies=self._cookies) as client:
            while True:
                try:
                    for path in ("health", "host-config"):
                        answer = await client.get(f"{self._url}/_stcore/{path}")
                        self._cookies.update(answer.raise_for_status().cookies)
                except httpx2.HTTPError:
                    await asyncio.sleep(wait * random.uniform(0.5, 1.0))
                    wait = min(2 * wait, LONGEST_RETRY_SECONDS)
                else:
                    return

    async def _asked(self, fragment: str, *triggers: WidgetState) -> float:
        began = perf_counter()
        await self._send(fragment, *triggers)
        await self._finished()
        return perf_counter() - began

    async def _send(self, fragment: str, *triggers: WidgetState) -> None:
        asked = BackMsg()
        rerun = asked.rerun_script
        rerun.widget_states.widgets.extend([*self._states.values(), *triggers])
        rerun.fragment_id = fragment
        rerun.page_script_hash = self._page_hash
        rerun.page_name = "" if self._page_hash else self._page
        rerun.context_info.timezone = "UTC"
        rerun.context_info.locale = "en-US"
        rerun.context_info.url = f"{self._url}/{self._page}"
        try:
            await self._open_connection.send(asked.SerializeToString())
        except WebSocketException as error:
            raise Gone from error

    async def _finished(self) -> None:
        """Read until a run has ended that no other run cut short."""
        while True:
            message = ForwardMsg()
            try:
                async with asyncio.timeout(ANSWER_SECONDS):
                    message.ParseFromString(await self._open_connection.recv(decode=False))
            except (WebSocketException, TimeoutError) as error:
                raise Gone from error
            self._take(message)
            if message.WhichOneof("type") == "script_finished":
                if message.script_finished == ForwardMsg.FINISHED_SUCCESSFULLY:
                    self._clear(lambda _: True)
                    return
                if message.script_finished == ForwardMsg.FINISHED_FRAGMENT_RUN_SUCCESSFULLY:
                    self._clear(lambda one: one.fragment in self._run)
                    return

    def _take(self, message: ForwardMsg) -> None:
        kind = message.WhichOneof("type")
        if kind == "new_session":
            self._session = message.new_session.initialize.session_id
            self._run = frozenset(message.metadata.run.fragment_ids)
            self._touched.clear()
        elif kind == "navigation":
            self._page_hash = message.navigation.page_script_hash
        elif kind == "delta":
            self._draw(tuple(message.metadata.delta_path), message)

    def _draw(self, path: tuple[int, ...], message: ForwardMsg) -> None:
        if message.delta.WhichOneof("type") != "new_element":
            self._drawn.pop(path, None)
            return
        self._touched.add(path)
        element = message.delta.new_element
        self._drawn[path] = Drawn(element, message.delta.fragment_id)
        if element.selectbox.set_value:
            self.put(WidgetState(id=element.selectbox.id, string_value=element.selectbox.raw_value))

    def _clear(self, stale: Callable[[Drawn], bool]) -> None:
        """Take away what the run that ended did not draw again, and the states of widgets that are gone."""
        self._drawn = {
            path: one for path, one in self._drawn.items() if path in self._touched or not stale(one)
        }
        there = {getattr(_inside(one.element), "id", "") for one in self._drawn.values()}
        self._states = {number: state for number, state in self._states.items() if number in there}

    @property
    def _open_connection(self) -> ClientConnection:
        if self._connection is None:
            raise Gone
        return self._connection


def _inside(element: Element) -> Any:
    """What the element is: a button, an alert, a text."""
    return getattr(element, element.WhichOneof("type") or "empty")
