"""Fifty people who rate at once, over Streamlit's websocket: a key press until the next duel stands there.

Nobody has a browser: fifty of them need more than two cores. Each scripted rater speaks the protocol that the
browser speaks, thinks for a while, and presses. Afterwards every vote that a page acknowledged must be in the
workspace, once.
"""

import argparse
import asyncio
import os
import random
import re
import statistics
import tempfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from time import perf_counter, process_time

from benchmarks.measure import cpu_of, memory_of
from benchmarks.server import Server
from benchmarks.streamlit_client import Tab
from core.answers.arms import Arm, add_model_arm
from core.curation.items import NewItem, State, add_item, item_by_id, move
from core.curation.projects import Kind, create_project
from core.curation.replies import Origin, add_reply
from core.datasets.splitting import Shares, Split
from core.datasets.versions import Dataset, freeze, rows_of
from core.people.membership import grant
from core.people.persons import ensure_person
from core.people.roles import Role
from core.providers.profiles import PROFILES
from core.rating.duels import begin
from core.rating.studies import fix_prompts, open_study
from core.rating.study_plan import suggested_plan
from core.store.store import Store

CHOICES = ("A better", "B better", "Tie", "Both bad")
AT = re.compile(r"Duel (\d+) of")
SECONDS_A_VOTE = 1.2
"""No rater is quicker than this, so that the prompts last."""
ANSWER = (
    "Thank you for your message. Please come to the information desk in the departures hall with your "
    "boarding pass and your passport; a colleague looks at it with you there. This is answer {} to {}."
)


@dataclass(frozen=True)
class Script:
    """How many people, for how long, how long they think, and the seed."""

    people: int
    seconds: float
    think: float
    seed: int


@dataclass
class Books:
    """What raters did: seconds from a press to the next duel, and presses that brought none."""

    reruns: list[float] = field(default_factory=list)
    votes: Counter[int] = field(default_factory=Counter)
    trouble: Counter[str] = field(default_factory=Counter)


def main(words: Sequence[str] | None = None) -> int:
    """Let them rate, and tell what it cost; 1 where a vote was lost or doubled."""
    script = _script(words)
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        ids = _prepare(home, script)
        server, books = Server(home), Books()
        server.start()
        try:
            asyncio.run(_rate(server, ids, script, books))
        finally:
            server.end()
        return _compare(home, books)


async def _rate(server: Server, ids: Sequence[int], script: Script, books: Books) -> None:
    """Everybody arrives one after the other, then all rate."""
    tabs = {number: Tab(server.port, number, "rate") for number in ids}
    for tab in tabs.values():
        await tab.open()
    memory, cpu, own, load = memory_of(server.pid), cpu_of(server.pid), process_time(), os.getloadavg()[0]
    until = perf_counter() + script.seconds
    await asyncio.gather(
        *(
            _one(tab, number, until, script.think, random.Random(f"{script.seed}-{number}"), books)
            for number, tab in tabs.items()
        )
    )
    cpu = cpu_of(server.pid) - cpu
    seconds = sorted(books.reruns)
    p95 = statistics.quantiles(seconds, n=20, method="inclusive")[-1]
    middle, most = statistics.median(seconds), seconds[-1]
    print(
        f"{script.people} raters who think {script.think:.0f} s, for {script.seconds:.0f} s, "
        f"voted {len(seconds)} times"
    )
    print(
        "a press until the next duel stands there: "
        f"p50 {1000 * middle:.0f} ms, p95 {1000 * p95:.0f} ms, most {1000 * most:.0f} ms"
    )
    print(
        f"server {1000 * cpu / len(seconds):.1f} ms CPU a vote, the scripted raters themselves "
        f"{1000 * (process_time() - own) / len(seconds):.1f} ms; {memory:.0f} MiB; "
        f"load average {load:.1f} before and {os.getloadavg()[0]:.1f} after"
    )
    for tab in tabs.values():
        await tab.close()


async def _one(
    tab: Tab, number: int, until: float, think: float, chance: random.Random, books: Books
) -> None:
    """Think, press, see the next duel; not all at the same moment."""
    await asyncio.sleep(chance.uniform(0, think))
    while perf_counter() < until:
        await asyncio.sleep(think * chance.uniform(0.5, 1.5))
        button = tab.button(chance.choice(CHOICES), "secondary")
        if button is None:
            books.trouble["no duel on the page"] += 1
            return
        before = _position(tab)
        took = await tab.press(button)
        if _position(tab) == before + 1:
            books.reruns.append(took)
            books.votes[number] += 1
        else:
            books.trouble.update(tab.troubles() or ["the duel stayed"])


def _position(tab: Tab) -> int:
    """The number of the duel on the page."""
    texts = (one.element.progress.text for one in tab.elements())
    return next((int(found.group(1)) for text in texts if (found := AT.search(text))), 0)


def _compare(home: Path, books: Books) -> int:
    for words, times in books.trouble.most_common():
        print(f"  {times} × {words}")
    store = Store(home)
    kept: Counter[int] = Counter(dict(store.rows("select rater_id, count(*) from votes group by rater_id")))
    store.close()
    wrong = {number for number in kept | books.votes if kept[number] != books.votes[number]}
    print("every vote that a page showed is there, once" if not wrong else f"votes differ for raters {wrong}")
    return 1 if wrong else 0


def _prepare(home: Path, script: Script) -> list[int]:
    """A study of as many prompts as the raters need, each rater seated."""
    store = Store(home)
    prompts = round(script.seconds / max(script.think * 0.5, SECONDS_A_VOTE)) + 20
    with store.transaction("bench") as tx:
        owner = ensure_person(tx, "owner@example.com", "Owner")
        author = ensure_person(tx, "author@example.com", "Author")
        project = create_project(tx, "Desk", owner, kind=Kind.REPLY)
        raters = [
            ensure_person(tx, f"rater{number}@example.com", f"Rater {number}")
            for number in range(script.people)
        ]
        for rater in raters:
            grant(tx, project.id, rater, Role.RATER)
        for number in range(2 * prompts):
            item = add_item(tx, project.id, NewItem(f"Where is gate {number}?"), owner)
            reply = add_reply(tx, item, f"Gate {number} is upstairs.", author, Origin.WRITTEN)
            move(tx, item_by_id(tx, item.id), State.APPROVED, owner, "approved", reply_id=reply)
    dataset = freeze(store, project, Shares(50, 0, 50), 1, owner)
    arms = [
        add_model_arm(store, project.id, PROFILES["compatible"], f"model-{name}", "Answer.", owner)
        for name in ("a", "b")
    ]
    for arm in arms:
        _answer(store, dataset, arm)
    plan = replace(suggested_plan(store, dataset), raters=len(raters), practice=0)
    study = open_study(store, project, dataset, arms[0], arms[1], owner, plan)
    fix_prompts(store, study.id)
    for rater in raters:
        begin(store, study.id, rater)
    store.close()
    return [rater.id for rater in raters]


def _answer(store: Store, dataset: Dataset, arm: Arm) -> None:
    with store.transaction("bench") as tx:
        for row in rows_of(store, dataset.id, Split.TEST):
            tx.insert(
                "answers",
                {
                    "dataset_id": dataset.id,
                    "arm_id": arm.id,
                    "item_id": row.item_id,
                    "text": ANSWER.format(arm.id, row.item_id),
                    "seconds": 0.5,
                    "answered_at": tx.now,
                },
            )


def _script(words: Sequence[str] | None) -> Script:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.fifty_raters", description=main.__doc__)
    parser.add_argument("--people", type=int, default=50)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--think", type=float, default=3.0, help="seconds, on average")
    parser.add_argument("--seed", type=int, default=1)
    return Script(**vars(parser.parse_args(words)))


if __name__ == "__main__":
    raise SystemExit(main())
