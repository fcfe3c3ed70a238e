"""Every page, wide and narrow, light and dark: one title, a name on all that can be pressed, no error."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests import homes
from tests.e2e.screen import Scheme, Screen, Visitors
from tests.e2e.server import Server
from ui.navigation import ENTRIES

PATHS = ["/", *(f"/{entry.path.rsplit('/', 1)[-1].removesuffix('.py')}" for entry in ENTRIES[1:])]

NAMELESS = """() => {
    const named = (element) => (
        element.getAttribute("aria-label") || element.getAttribute("title") || element.innerText ||
        element.getAttribute("aria-labelledby") || (element.labels && element.labels.length)
    )
    const seen = (element) => element.checkVisibility() && !element.closest("[aria-hidden=true]")
    const all = [...document.querySelectorAll("button, a[href], [role=button], input, textarea, select")]
    const nameless = all.filter(seen).filter((element) => !named(element))
    return nameless.map((element) => element.outerHTML.slice(0, 300))
}"""
SILENT = """() => [...document.querySelectorAll("img, svg[role=img], [role=img]")]
    .filter((image) => image.checkVisibility() && !image.closest("[aria-hidden=true]"))
    .filter((image) => !(image.hasAttribute("alt") || image.getAttribute("aria-label")
        || image.getAttribute("aria-labelledby") || image.querySelector("title")))
    .map((image) => image.outerHTML.slice(0, 300))"""

STREAMLITS_OWN = (
    '[data-testid="stSidebarNav"]',
    '[data-testid="stDataFrame"]',
    '[data-testid="stFileUploaderDropzone"]',
    "kbd",
)
"""Parts whose markup and colours no setting of ours reaches."""


def axe_finds(screen: Screen) -> list[str]:
    """What axe-core finds wrong in what is ours."""
    context = {"exclude": [[part] for part in STREAMLITS_OWN]}
    found = Axe().run(screen.page, context=context).response["violations"]
    return [f"axe: {one['id']}: {one['nodes'][0]['html'][:200]}" for one in found]


@pytest.fixture(params=["light", "dark"])
def screen(
    request: pytest.FixtureRequest, server: Server, visitors: Visitors, numbers: dict[str, int]
) -> Screen:
    """Vera's tab: wide and light, narrow and dark."""
    scheme: Scheme = request.param
    return visitors.arrive(
        server, numbers[homes.VERA], scheme=scheme, width=1360 if scheme == "light" else 420
    )


def test_pages_can_be_read_and_used_by_everybody(screen: Screen) -> None:
    problems: dict[str, list[str]] = {}
    for path in PATHS:
        screen.open(path)
        titles = [title.strip() for title in screen.page.locator("h1:visible").all_inner_texts()]
        found = [f"titles: {titles}"] if len(titles) != 1 else []
        found += [f"nameless: {one}" for one in screen.page.evaluate(NAMELESS)]
        found += [f"silent: {one}" for one in screen.page.evaluate(SILENT)]
        found += axe_finds(screen)
        if screen.page.get_by_test_id("stException").count():
            found.append("an error")
        overflow = screen.page.evaluate("() => document.documentElement.scrollWidth - innerWidth")
        if overflow > 1:
            found.append(f"{overflow} px too wide")
        if found:
            problems[path] = found

    assert problems == {}
    assert screen.wire.foreign(screen.server) == []


def test_the_language_of_the_page_is_named(screen: Screen) -> None:
    screen.open("/")

    expect(screen.page.locator("html")).to_have_attribute("lang", "en")
