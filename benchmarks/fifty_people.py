"""Fifty people who write and review at once, over Streamlit's websocket, while the server is killed.

Nobody has a browser: fifty of them need more than two cores. Each scripted person speaks the protocol that
the browser speaks, reads the page from its deltas, and believes a save only when the page says so. Afterwards
the workspace must hold every such save, once.
"""

import argparse
import asyncio
import json
import os
import random
import re
import statistics
import tempfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter, process_time

from benchmarks.fifty_at_work import Reviewer, Worker, Writer
from benchmarks.fifty_books import Books, Rerun
from benchmarks.measure import cpu_of, memory_of
from benchmarks.server import Server
from core.curation.items import NewItem, add_item
from core.demo.seed import DATA, seed_demo
from core.people.membership import grant
from core.people.persons import ensure_person, find_person
from core.people.roles import Role
from core.settings import LOCAL_EMAIL
from core.store.store import Store

REVIEWERS_SHARE = 0.2
SECONDS_A_REPLY = 8
"""No writer is quicker than this, so that the questions last."""
SETTLING_SECONDS = 10.0
"""After a start everybody comes back at once; what is asked later counts as a server at peace."""
AWAY_SECONDS = 1.0


@dataclass(frozen=True)
class Script:
    """How many people, for how long, how often the server is killed, how long they think, and the seed."""

    people: int
    seconds: float
    kills: int
    think: float
    seed: int


@dataclass
class Watch:
    """What the server's lives cost."""

    starts: list[float] = field(default_factory=list)
    start_seconds: list[float] = field(default_factory=list)
    cpu: float = 0.0
    memory: dict[str, float] = field(default_factory=dict)

    def start(self, server: Server) -> None:
        """Start it, and note when it answered."""
        began = perf_counter()
        server.start()
        self.starts.append(perf_counter())
        self.start_seconds.append(self.starts[-1] - began)
        self.cpu -= cpu_of(server.pid)

    def end(self, server: Server) -> None:
        """Kill it, and note what it took since it answered first."""
        self.cpu += cpu_of(server.pid)
        server.kill()

    def at_peace(self, rerun: Rerun) -> bool:
        """Whether the server had settled when this was asked."""
        last = max(start for start in self.starts if start <= rerun.began)
        return rerun.began - last > SETTLING_SECONDS


def main(words: Sequence[str] | None = None) -> int:
    """Let them work, and tell what it cost and whether anything was lost; 1 where it was."""
    script = _script(words)
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        ids = _prepare(home, script)
        server, books, watch = Server(home), Books(), Watch()
        watch.start(server)
        load, began, own = os.getloadavg(), perf_counter(), process_time()
        try:
            asyncio.run(_all_at_work(server, ids, script, books, watch))
            watch.cpu += cpu_of(server.pid)
        finally:
            server.end()
        print(
            f"{script.people} people, {perf_counter() - began:.0f} s, {script.kills} kills, "
            f"load average {load[0]:.1f} before and {os.getloadavg()[0]:.1f} after, "
            f"the scripted people themselves {process_time() - own:.0f} s CPU"
        )
        _tell(books, watch, script)
        print(_traceback(server.log), end="")
        differences = books.differences(home)
        print("\n".join(differences) or "every acknowledged save is there, once; nothing is there twice")
        return 1 if differences else 0


async def _all_at_work(
    server: Server, ids: Sequence[int], script: Script, books: Books, watch: Watch
) -> None:
    """Everybody arrives, works and leaves; meanwhile the server is killed and started again.

    They arrive one after the other, so that the memory is what sessions keep: fifty pages drawn in one moment
    take more while they are drawn. After a kill they all come back at once.
    """
    workers = [_worker(server.port, place, number, script, books) for place, number in enumerate(ids)]
    first, *rest = workers
    await first.arrive()
    watch.memory["with 1 session"] = memory_of(server.pid)
    for worker in rest:
        await worker.arrive()
    watch.memory[f"with {len(ids)} sessions"] = memory_of(server.pid)
    until = perf_counter() + script.seconds
    killing = asyncio.create_task(_kill_now_and_then(server, until, script, watch))
    await asyncio.gather(*(worker.work(until) for worker in workers))
    await killing
    watch.memory["after their work"] = memory_of(server.pid)
    await asyncio.gather(*(worker.tab.close() for worker in workers))


def _worker(port: int, place: int, person_id: int, script: Script, books: Books) -> Worker:
    reviews = place % round(1 / REVIEWERS_SHARE) == 1
    chance = random.Random(f"{script.seed}-{place}")
    return (Reviewer if reviews else Writer)(port, person_id, books, script.think, chance)


async def _kill_now_and_then(server: Server, until: float, script: Script, watch: Watch) -> None:
    """Once in each stretch of equal length, at a moment nobody can foresee."""
    chance = random.Random(f"{script.seed}-kills")
    stretch = script.seconds / (script.kills + 1)
    for number in range(1, script.kills + 1):
        moment = until - script.seconds + stretch * (number + chance.uniform(-0.2, 0.2))
        await asyncio.sleep(max(0.0, moment - perf_counter()))
        await asyncio.to_thread(watch.end, server)
        await asyncio.sleep(AWAY_SECONDS)
        await asyncio.to_thread(watch.start, server)


def _tell(books: Books, watch: Watch, script: Script) -> None:
    work = [rerun for rerun in books.reruns if rerun.what != "opening"]
    peace = [rerun for rerun in work if watch.at_peace(rerun)]
    print(f"{'seconds until the page stood there':<38} {'n':>6} {'p50':>9} {'p95':>9} {'most':>9}")
    _row(f"all reruns, {SETTLING_SECONDS:.0f} s after a start", peace)
    for what in sorted({rerun.what for rerun in peace}):
        _row(f"  {what}", [rerun for rerun in peace if rerun.what == what])
    _row("all reruns", work)
    _row("opening the page", [rerun for rerun in books.reruns if rerun.what == "opening"])
    reruns = len(books.reruns)
    print(f"server: {watch.cpu:.0f} s CPU, {1000 * watch.cpu / reruns:.1f} ms a rerun, without the starts")
    print(f"server started in {', '.join(f'{seconds:.1f}' for seconds in watch.start_seconds)} s")
    one, all_of_them, after = watch.memory.values()
    each = (all_of_them - one) / (script.people - 1)
    print(
        f"memory: {one:.0f} MiB with 1 session, {all_of_them:.0f} with {script.people} "
        f"({each:.2f} MiB a session), {after:.0f} after their work"
    )
    for what in ("draft", "reply", "decision"):
        print(f"acknowledged: {books.told(what)} × {what}")
    print(f"not acknowledged: {books.untold()}; connections lost: {books.dropped}")
    said = Counter(re.sub(r"\d+", "…", words) for words in books.refused.elements())
    for words, times in said.most_common():
        print(f"  {times} × {words}")


def _traceback(log: Path) -> str:
    """The last traceback that the server wrote, if any."""
    before, found, after = log.read_text(encoding="utf-8", errors="replace").rpartition("Traceback")
    return f"{before.count(found) + 1} tracebacks, the last of them: {found}{after}" if found else ""


def _row(what: str, reruns: Sequence[Rerun]) -> None:
    seconds = sorted(rerun.seconds for rerun in reruns)
    if len(seconds) > 1:
        p95 = statistics.quantiles(seconds, n=20, method="inclusive")[-1]
        figures = (statistics.median(seconds), p95, seconds[-1])
        print(f"{what:<38} {len(seconds):>6}", *(f"{1000 * one:>6.0f} ms" for one in figures))


def _prepare(home: Path, script: Script) -> list[int]:
    """The demo's airport with as many people as wanted, and questions enough for all of them."""
    store = Store(home)
    airport = seed_demo(store)[0]
    owner = find_person(store, LOCAL_EMAIL)
    if owner is None:
        raise RuntimeError("The demo has no owner.")
    with store.transaction(LOCAL_EMAIL) as tx:
        people = [
            ensure_person(tx, f"person{number}@example.com", f"Person {number}")
            for number in range(script.people)
        ]
        for person in people:
            grant(tx, airport.id, person, Role.EXPERT)
            grant(tx, airport.id, person, Role.REVIEWER)
        for question in _questions(round(script.people * (2 + script.seconds / SECONDS_A_REPLY))):
            add_item(tx, airport.id, NewItem(question), owner)
    store.close()
    return [person.id for person in people]


def _questions(wanted: int) -> list[str]:
    """The demo's own questions, asked by as many customers as it takes."""
    lines = (DATA / "airport" / "rules.jsonl").read_text(encoding="utf-8").splitlines()
    questions = [question for line in lines for question in json.loads(line)["questions"]]
    return [f"{questions[n % len(questions)]} I am customer {n} today." for n in range(wanted)]


def _script(words: Sequence[str] | None) -> Script:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.fifty_people", description=main.__doc__)
    parser.add_argument("--people", type=int, default=50)
    parser.add_argument("--seconds", type=float, default=300.0)
    parser.add_argument("--kills", type=int, default=3)
    parser.add_argument("--think", type=float, default=3.0, help="seconds, on average")
    parser.add_argument("--seed", type=int, default=1)
    return Script(**vars(parser.parse_args(words)))


if __name__ == "__main__":
    raise SystemExit(main())
