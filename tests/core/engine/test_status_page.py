"""The engine's page for people: how it is, without a key, without anything private, without a script."""

import re
import time
from collections.abc import Iterator
from contextlib import suppress
from html.parser import HTMLParser
from pathlib import Path

import httpx2
import pytest

from core.engine.status import VERSION
from tests.core.engine.batching import begun, many_chats, under_way
from tests.core.engine.running import NGRAMS, ROOT, RunningEngine, chat_file, first_line, start_process, train
from tests.core.engine.shop import TAUGHT


@pytest.fixture
def own(tmp_path: Path) -> Iterator[RunningEngine]:
    running = RunningEngine(tmp_path).start()
    yield running
    if running.is_running:
        running.stop()


def test_it_says_what_there_is(own: RunningEngine) -> None:
    client = own.client()
    train(client, chat_file(TAUGHT))
    page = _Page.of(own)

    assert page.numbers["jobs running"] == "0"
    assert page.numbers["files"] == "2"
    assert page.numbers["tuned models"] == "1"
    assert "Nothing runs and nothing waits." in page.text
    assert f"version {VERSION}" in page.text
    assert re.search(r"Up for 0:0\d:\d\d", page.text)


def test_it_says_how_far_the_work_is(own: RunningEngine) -> None:
    client = own.client()
    batch = under_way(client, begun(client, many_chats(NGRAMS, 12_000)))
    page = _Page.of(own)

    assert page.numbers["batches at work"] == "1"
    assert re.search(r"Batch, in progress: [\d,]+ of 12,000 requests", page.text)
    client.batches.cancel(batch.id)


def test_it_shows_nothing_that_a_person_named(own: RunningEngine) -> None:
    client = own.client()
    client.files.create(file=("payroll.jsonl", b"{}"), purpose="fine-tune")
    job = train(client, chat_file(TAUGHT), suffix="takeover", metadata={"who": "anna"})
    page = _Page.of(own).html

    for private in ("payroll", "takeover", "anna", job.id, job.training_file, own.key, str(own.home)):
        assert private not in page


def test_it_runs_no_script_and_asks_nobody_else(own: RunningEngine) -> None:
    answer = httpx2.get(_address(own))
    page = _Page(answer.text)

    assert page.tags.isdisjoint({"script", "link", "img", "iframe", "object", "form", "a"})
    assert not re.search(r"https?:|url\(|@import|javascript|\son\w+=", answer.text)
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert answer.headers["content-type"] == "text/html; charset=utf-8"


def test_looking_at_it_does_not_keep_the_engine_awake(tmp_path: Path) -> None:
    process = start_process(tmp_path, "--idle-minutes", "0.02")
    page = first_line(process).split()[1].removesuffix("v1")
    deadline = time.monotonic() + 30
    with suppress(httpx2.TransportError):
        while time.monotonic() < deadline:
            httpx2.get(page)
            time.sleep(0.05)
    process.communicate(timeout=10)

    assert process.returncode == 0


def test_the_version_is_the_projects() -> None:
    assert f'\nversion = "{VERSION}"\n' in (ROOT / "pyproject.toml").read_text(encoding="utf-8")


def _address(engine: RunningEngine) -> str:
    return engine.base_url.removesuffix("/v1") + "/"


class _Page(HTMLParser):
    """The page as a person sees it: its text, and the numbers by their names."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.html = html
        self.tags: set[str] = set()
        self._words: list[str] = []
        self._names: list[str] = []
        self._values: list[str] = []
        self._within = ""
        self.feed(html)

    @classmethod
    def of(cls, engine: RunningEngine) -> "_Page":
        return cls(httpx2.get(_address(engine)).text)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self._words).split())

    @property
    def numbers(self) -> dict[str, str]:
        return dict(zip(self._names, self._values, strict=True))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002 - its caller's
        self.tags.add(tag)
        self._within = tag

    def handle_data(self, data: str) -> None:
        self._words.append(data)
        if self._within in {"dt", "dd"} and data.strip():
            (self._names if self._within == "dt" else self._values).append(data)
