"""The engine killed again and again while people use it: is all that it acknowledged still there afterwards?

`python -m benchmarks.engine_endurance [--rounds N] [--seed S] [--minutes M]`. Every round kills, with -9 and
at a random moment, the engine, a worker, or both. Meanwhile files are uploaded and deleted, jobs created and
cancelled, models asked and deleted. At the end nothing is killed any more, every job comes to its end, and
what the users were told is compared with what is there. Pickers on n-grams are trained: that is short enough.
"""

import argparse
import os
import random
import signal
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from benchmarks.engine_books import Books, compare
from benchmarks.engine_process import EngineProcess
from benchmarks.engine_users import Users
from benchmarks.measure import tell

_SHORTEST_WAIT, _LONGEST_WAIT = 0.05, 2.5
_END_SECONDS = 180.0


@dataclass(frozen=True)
class Endured:
    """What happened, and what was found wrong: nothing, if all is well."""

    rounds: int
    seconds: float
    kills: Counter[str]
    told: Counter[str]
    jobs: Counter[str]
    ready_seconds: tuple[float, ...]
    ready_cpu_seconds: tuple[float, ...]
    wrong: tuple[str, ...]


def endure(home: Path, rounds: int, seed: int, seconds: float = float("inf")) -> Endured:
    """Kill for so many rounds, or so many seconds; then let everything end, and look."""
    chance = random.Random(seed)
    began = time.monotonic()
    kills: Counter[str] = Counter()
    books = Books()
    engine = EngineProcess(home)
    engine.start()
    users = Users(engine, books, seed)
    users.begin()
    done = 0
    while done < rounds and time.monotonic() - began < seconds:
        time.sleep(chance.uniform(_SHORTEST_WAIT, _LONGEST_WAIT))
        kills.update(_kill(engine, chance))
        done += 1
    users.end()
    wrong = compare(engine, books, _END_SECONDS)
    engine.stop()
    engine.start()
    wrong += [f"after another start: {found}" for found in compare(engine, books, _END_SECONDS)]
    engine.stop()
    return Endured(
        done,
        time.monotonic() - began,
        kills,
        books.told,
        books.ends,
        tuple(engine.ready_seconds),
        tuple(engine.ready_cpu_seconds),
        tuple(dict.fromkeys(wrong)),
    )


def _kill(engine: EngineProcess, chance: random.Random) -> list[str]:
    """Kill the engine, a worker, or both at once; the engine is started again."""
    what = chance.choices(("engine", "worker", "both"), (5, 4, 1))[0]
    killed = []
    if what != "engine":
        workers = engine.workers()
        if workers:
            os.kill(chance.choice(workers), signal.SIGKILL)
            killed.append("worker")
    if what != "worker":
        engine.kill()
        engine.start()
        killed.append("engine")
    return killed


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--minutes", type=float, default=10.0, help="stop killing after so long")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="endurance-") as folder:
        found = endure(Path(folder), options.rounds, options.seed, options.minutes * 60)
    _tell(found)
    sys.exit(1 if found.wrong else 0)


def _tell(found: Endured) -> None:
    print(f"{found.rounds} rounds in {found.seconds:.0f} s")
    for name, counted in (("killed", found.kills), ("acknowledged", found.told), ("jobs", found.jobs)):
        print(f"{name:<13}" + ", ".join(f"{number} {what}" for what, number in sorted(counted.items())))
    tell("the engine is ready again, by the clock", found.ready_seconds, unit="s", factor=1.0)
    tell("the engine is ready again, CPU", found.ready_cpu_seconds, unit="s", factor=1.0)
    print("\n".join(found.wrong) if found.wrong else "Nothing that was acknowledged is missing.")


if __name__ == "__main__":
    main()
