"""A person at a browser: opens pages, waits until they are drawn, and notes what went over the wire."""

from dataclasses import dataclass, field
from typing import Literal

from playwright.sync_api import Browser, BrowserContext, Locator, Page, Request, WebSocket, expect

from tests.e2e.server import Server
from ui.remember import COOKIE, PROJECT_COOKIE

DRAWN = '[data-testid="stApp"][data-test-script-state="notRunning"][data-test-connection-state="CONNECTED"]'
BEGUN = '[data-testid="stMain"] :is(h1, [data-testid="stAlert"])'
SLOWEST_MS = 30_000
Scheme = Literal["light", "dark"]


@dataclass
class Wire:
    """Everything a page asked for and received."""

    urls: list[str] = field(default_factory=list)
    frames: list[bytes] = field(default_factory=list)

    def watch(self, page: Page) -> None:
        """Write it down from now on."""
        page.on("request", self._requested)
        page.on("websocket", self._opened)

    def foreign(self, server: Server) -> list[str]:
        """The requests that went, or tried to go, anywhere but to the server."""
        ours = (server.url, server.url.replace("http", "ws", 1), "data:", "blob:")
        return [url for url in self.urls if not url.startswith(ours)]

    def received(self, text: str) -> bool:
        """Whether this text came from the server."""
        return any(text.encode() in frame for frame in self.frames)

    def _requested(self, request: Request) -> None:
        self.urls.append(request.url)

    def _opened(self, socket: WebSocket) -> None:
        self.urls.append(socket.url)
        socket.on("framereceived", self._received)

    def _received(self, frame: str | bytes) -> None:
        self.frames.append(frame if isinstance(frame, bytes) else frame.encode())


class Screen:
    """One tab of one browser profile."""

    def __init__(self, server: Server, context: BrowserContext) -> None:
        self.server = server
        self.context = context
        self.wire = Wire()
        self.page = context.new_page()
        self.page.set_default_timeout(SLOWEST_MS)
        self.wire.watch(self.page)

    def open(self, path: str = "/") -> "Screen":
        """Open an address of the app."""
        self.page.goto(self.server.url + path, wait_until="domcontentloaded")
        return self.drawn()

    def drawn(self) -> "Screen":
        """Wait until the app has drawn the page."""
        expect(self.page.locator(BEGUN).first).to_be_visible(timeout=SLOWEST_MS)
        expect(self.page.locator(DRAWN)).to_be_visible(timeout=SLOWEST_MS)
        return self

    def another_tab(self) -> "Screen":
        """A second tab of the same person."""
        return Screen(self.server, self.context)

    def menu(self, name: str) -> "Screen":
        """Go to a page by the menu."""
        self.page.get_by_test_id("stSidebarNav").get_by_role("link", name=name, exact=True).click()
        self.see_title(name)
        return self.drawn()

    def see_title(self, title: str) -> None:
        expect(self.page.get_by_role("heading", name=title, level=1, exact=True)).to_be_visible(
            timeout=SLOWEST_MS
        )

    def see(self, text: str) -> None:
        """Wait until this can be read."""
        expect(self.page.get_by_text(text).first).to_be_visible(timeout=SLOWEST_MS)

    def button(self, name: str) -> Locator:
        """The button with this on it, beside an icon or its key."""
        words = self.page.get_by_text(name, exact=True)
        return self.page.get_by_test_id("stMain").get_by_role("button").filter(has=words)

    def press(self, name: str) -> None:
        """Click a button."""
        self.button(name).first.click()

    def text(self) -> str:
        """Everything that can be read."""
        return self.page.locator("body").inner_text()


class Visitors:
    """People with a browser profile each, all at one server."""

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self._contexts: list[BrowserContext] = []

    def arrive(
        self,
        server: Server,
        person_id: int | None = None,
        *,
        project_id: int | None = None,
        scheme: Scheme = "light",
        width: int = 1360,
    ) -> Screen:
        """A new browser profile; where a person or a project is named, it remembers having been there."""
        context = self._browser.new_context(
            color_scheme=scheme, viewport={"width": width, "height": 900}, accept_downloads=True
        )
        self._contexts.append(context)
        for name, number in ((COOKIE, person_id), (PROJECT_COOKIE, project_id)):
            if number is not None:
                context.add_cookies([{"name": name, "value": str(number), "url": server.url}])
        return Screen(server, context)

    def leave(self) -> None:
        """Close everything."""
        for context in self._contexts:
            context.close()
        self._contexts.clear()
