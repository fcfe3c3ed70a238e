"""The checks: one reply, and the scan of a whole project for contradictions; CPU seconds of this process.

The texts are made up with word frequencies like those of real ones (Zipf's law): questions of 45 words and
replies of 75, together about 800 characters. One question in fifty is asked again with another greeting, and
every second one of these has another amount in its reply. The template is the worst case: all questions are
alike but for two or three words.
"""

import random
import tempfile
import time
from collections.abc import Callable
from itertools import accumulate
from pathlib import Path
from time import process_time

import pandas as pd

from benchmarks.measure import cpu_each, tell
from core.curation.checks.check import check_reply
from core.curation.checks.standard import Standard
from core.curation.contradictions.scan import KIND, start_scan, work_of
from core.curation.items import State
from core.curation.projects import Project, create_project
from core.jobs.jobs import Jobs
from core.people.persons import Person, ensure_person
from core.store.store import Store
from core.text.fingerprint import fingerprint

SIZES = (10_000, 100_000)
VOCABULARY = 20_000
QUESTION, REPLY = 45, 75
AGAIN = 50
SYLLABLES = [f"{consonant}{vowel}" for consonant in "bdfgklmnprstvz" for vowel in "aeiou"]
LOOK_SECONDS = 0.05
GREETINGS = ("", "Hello, ", "Please help: ", "Hi, ")
TEMPLATE = (
    "Order of {} {}. Dear team, I placed this order on your website last week and the parcel has still not "
    "arrived. The tracking page has not changed for days. Could you tell me where it is and when it comes?"
)


class Writer:
    """Writes texts of made-up words."""

    def __init__(self, seed: int) -> None:
        self._draw = random.Random(seed)
        self._words = [self._word() for _ in range(VOCABULARY)]
        self._weights = list(accumulate(1 / (rank + 3) for rank in range(VOCABULARY)))

    def _word(self) -> str:
        syllables = self._draw.choices(SYLLABLES, k=self._draw.randint(2, 4))
        return "".join(syllables)

    def words(self, count: int) -> str:
        """So many words."""
        return " ".join(self._draw.choices(self._words, cum_weights=self._weights, k=count))

    def reply(self, amount: int) -> str:
        """A reply that names an amount."""
        return f"{self.words(REPLY // 2)}. It costs €{amount}. {self.words(REPLY // 2)}."


def main() -> None:
    """Measure one reply, and the scans."""
    writer = Writer(1)
    replies = [writer.reply(12) for _ in range(300)]
    with tempfile.TemporaryDirectory() as folder:
        store, _, project = _desk(Path(folder))
        standard, left = Standard(project), iter(replies)
        tell(
            "checks of one reply of 75 words",
            cpu_each(lambda: check_reply(standard, next(left)), len(replies)),
        )
        store.close()
    for size in SIZES:
        _scan(f"{size:,} pairs", _free(size))
    _scan("10,000 pairs of one template", _alike(10_000))


def _scan(name: str, pairs: Callable[[], list[tuple[str, str]]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        store, owner, project = _desk(Path(folder))
        _load(store, project, owner, pairs())
        jobs = Jobs(store)
        jobs.register(KIND, work_of(store))
        began = process_time()
        job = start_scan(jobs, store, project, owner)
        while job.unfinished:
            time.sleep(LOOK_SECONDS)
            job = jobs.get(job.id)
        tell(f"scan of {name}", [process_time() - began], unit="s", factor=1.0)
        print(f"    {job.outcome}")
        jobs.close()
        store.close()


def _free(size: int) -> Callable[[], list[tuple[str, str]]]:
    def pairs() -> list[tuple[str, str]]:
        writer = Writer(size)
        written: list[tuple[str, str]] = []
        while len(written) < size:
            question, reply = writer.words(QUESTION), writer.reply(12)
            written.append((question, reply))
            if len(written) % AGAIN == 0:
                amount = 12 if len(written) % (2 * AGAIN) else 15
                written.append((f"{GREETINGS[1]}{question}", reply.replace("€12", f"€{amount}")))
        return written[:size]

    return pairs


def _alike(size: int) -> Callable[[], list[tuple[str, str]]]:
    def pairs() -> list[tuple[str, str]]:
        writer = Writer(size)
        return [(TEMPLATE.format(*writer.words(2).split()), writer.reply(12)) for _ in range(size)]

    return pairs


def _desk(folder: Path) -> tuple[Store, Person, Project]:
    store = Store(folder / "home")
    with store.transaction("olga@example.com") as tx:
        owner = ensure_person(tx, "olga@example.com", "Olga")
        return store, owner, create_project(tx, "Bay airport", owner)


def _load(store: Store, project: Project, owner: Person, pairs: list[tuple[str, str]]) -> None:
    numbers = range(1, len(pairs) + 1)
    with store.transaction(owner.email) as tx:
        items = pd.DataFrame(
            {
                "id": numbers,
                "project_id": project.id,
                "question": [question for question, _ in pairs],
                "fingerprint": [fingerprint(question) for question, _ in pairs],
                "state": State.APPROVED.value,
                "reply_id": numbers,
                "created_at": tx.now,
                "changed_at": tx.now,
                "version": 1,
            }
        )
        replies = pd.DataFrame(
            {
                "id": numbers,
                "item_id": numbers,
                "number": 1,
                "text": [reply for _, reply in pairs],
                "origin": "imported",
                "author_id": owner.id,
                "written_at": tx.now,
                "version": 1,
            }
        )
        tx.load("items", items)
        tx.load("replies", replies)


if __name__ == "__main__":
    main()
