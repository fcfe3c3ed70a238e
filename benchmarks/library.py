"""The library with a million items: a page, a filter, a search, a count, the next item to write."""

import tempfile
from datetime import datetime
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks.measure import cpu_each, tell
from core.curation.items import State
from core.curation.library import pages
from core.curation.library.filter import Filter
from core.curation.library.pages import Order
from core.curation.projects import create_project
from core.curation.queue import next_item
from core.people.persons import ensure_person
from core.store.store import Store

SIZES = (100_000, 1_000_000)
ASKED = "Customer {number} asks about {topic} and would like to know what to do with {word} before leaving"
REPLY = "Please take {word} to the desk for {topic} in the arrivals hall, open until midnight. " * 2
TOPICS = ("parking", "baggage", "assistance", "customs", "lounges")
SHARES = {"waiting": 0.5, "draft": 0.01, "submitted": 0.04, "returned": 0.01, "approved": 0.44}
REPEATS = 10


def main() -> None:
    """Measure both sizes."""
    for size in SIZES:
        with tempfile.TemporaryDirectory() as folder:
            store = Store(Path(folder) / "home")
            _measure(store, size)
            store.close()


def _measure(store: Store, size: int) -> None:
    with store.transaction("olga@example.com") as tx:
        olga = ensure_person(tx, "olga@example.com", "Olga")
        project = create_project(tx, "Bay airport", olga)
        items, replies = _rows(size, project.id, olga.id, tx.now)
        tx.load("items", items)
        tx.load("replies", replies)
    first = pages.page(store, project.id, Filter(), Order.CHANGED)
    golden = Filter(states=(State.APPROVED,), topic="customs")
    cases = {
        "first page": lambda: pages.page(store, project.id, Filter(), Order.CHANGED),
        "second page": lambda: pages.page(store, project.id, Filter(), Order.CHANGED, first.next),
        "page of a state and a topic": lambda: pages.page(store, project.id, golden, Order.CHANGED),
        "a rare word": lambda: pages.page(store, project.id, Filter("w0f3a1"), Order.CHANGED),
        "a common word": lambda: pages.page(store, project.id, Filter("customs"), Order.CHANGED),
        "next item to write": lambda: next_item(store, project, olga),
    }
    for name, ask in cases.items():
        tell(f"{size:,} items: {name}", cpu_each(ask, REPEATS))


def _rows(size: int, project_id: int, person_id: int, now: datetime) -> tuple[pd.DataFrame, pd.DataFrame]:
    draw = np.random.default_rng(1)
    numbers = np.arange(1, size + 1)
    topics = draw.choice(TOPICS, size)
    words = [f"w{number:05x}" for number in draw.permutation(size)]
    states = draw.choice(list(SHARES), size, p=list(SHARES.values()))
    told = [{"number": n, "topic": t, "word": w} for n, t, w in zip(numbers, topics, words, strict=True)]
    items = pd.DataFrame(
        {
            "id": numbers,
            "project_id": project_id,
            "question": [ASKED.format(**one) for one in told],
            "topic": topics,
            "fingerprint": words,
            "state": states,
            "reply_id": pd.array(numbers, "Int64"),
            "created_at": now,
            "changed_at": pd.to_datetime(now) - pd.to_timedelta(draw.integers(0, 10**7, size), unit="s"),
            "version": 1,
        }
    )
    items.loc[items["state"].isin(("waiting", "draft")), "reply_id"] = pd.NA
    replies = pd.DataFrame(
        {
            "id": numbers,
            "item_id": numbers,
            "number": 1,
            "text": [REPLY.format(**one) for one in told],
            "origin": "written",
            "author_id": person_id,
            "written_at": now,
            "version": 1,
        }
    )
    return items, replies[replies["id"].isin(items["reply_id"].dropna())]


if __name__ == "__main__":
    main()
