"""The scan: a whole project looked through in the background for questions that ask the same."""

import heapq
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from core.curation.contradictions.judging import Judged, Relation, judge
from core.curation.contradictions.nearby import SIDES, key_of, side_of
from core.curation.contradictions.sides import Pair, Side
from core.curation.items import State
from core.curation.projects import Project, project_by_id
from core.jobs.jobs import Job, Jobs, Task, Work
from core.people.persons import Person
from core.people.roles import Action, require
from core.store.store import Store
from core.store.transaction import Transaction
from core.text.fingerprint import fingerprint
from core.text.near_identical import Asked, Progress, asked, near_identical

KIND = "scan for contradictions"
"""The kind of the background job; its subject is the project's number."""

MOST_KEPT = 2_000
"""Pairs that are kept, the gravest; a person who has settled these scans again."""
SAVED_AT_ONCE = 200
EVERY = 1_000


@dataclass(frozen=True)
class Found:
    """What a scan found among `n_compared` items: pairs of each relation counted, and the gravest of them."""

    n_compared: int
    counts: Counter[Relation]
    pairs: tuple[Pair, ...]


def start_scan(jobs: Jobs, store: Store, project: Project, person: Person) -> Job:
    """Look through the project in the background; a scan that is under way is returned instead.

    Raises:
        NotAllowed: the person may not review here.
    """
    require(store, project.id, person, Action.REVIEW)
    return jobs.submit(KIND, str(project.id), person, project.id)


def work_of(store: Store) -> Work:
    """The background work; it begins from the start each time, and keeps what it found at its end."""

    def work(task: Task) -> str:
        project = project_by_id(store, int(task.subject))
        rows = store.rows(
            f"{SIDES} where i.project_id = ? and i.state in ('approved', 'submitted')", project.id
        )
        sides = [side_of(row) for row in rows]

        def tell(done: int, total: int) -> None:
            task.progress(done, total, f"Comparing {len(sides):,} questions")

        found = find_pairs(project, sides, tell)
        _keep(store, project.id, found)
        return (
            f"{found.n_compared:,} items compared; contradictions: {found.counts[Relation.CONTRADICTION]:,}, "
            f"replies in other words: {found.counts[Relation.OTHER_REPLY]:,}, "
            f"repeats: {found.counts[Relation.REPEAT]:,}."
        )

    return work


def find_pairs(project: Project, sides: Sequence[Side], progress: Progress | None = None) -> Found:
    """All pairs of items that ask nearly the same, at least one of them approved.

    Of items with the same question and the same reply one stands for all.
    """
    distinct = _distinct(sides)
    questions = [_asked(distinct, place, progress) for place in range(len(distinct))]
    counts: Counter[Relation] = Counter()
    gravest: list[tuple[float, float, int, int, Judged]] = []
    tell = None if progress is None else _second_half(progress)
    for near in near_identical(questions, tell):
        one, other = distinct[near.first], distinct[near.second]
        if State.APPROVED not in {one.state, other.state}:
            continue
        judged = judge(project, one.reply, other.reply)
        counts[judged.relation] += 1
        entry = (judged.weight, near.likeness, -near.first, -near.second, judged)
        if len(gravest) < MOST_KEPT:
            heapq.heappush(gravest, entry)
        else:
            heapq.heappushpop(gravest, entry)
    return Found(len(sides), counts, tuple(_pairs(distinct, gravest)))


def _distinct(sides: Sequence[Side]) -> list[Side]:
    """One of each question with each reply, an approved one where there is one."""
    kept: dict[str, Side] = {}
    for side in sorted(sides, key=lambda side: (side.state is not State.APPROVED, side.item_id)):
        kept.setdefault(fingerprint(side.asked, side.reply), side)
    return list(kept.values())


def _asked(sides: Sequence[Side], place: int, progress: Progress | None) -> Asked:
    if progress is not None and place % EVERY == 0:
        progress(place, 2 * len(sides))
    return asked(sides[place].asked)


def _second_half(progress: Progress) -> Progress:
    def tell(done: int, total: int) -> None:
        progress(total + done, 2 * total)

    return tell


def _pairs(sides: Sequence[Side], entries: Sequence[tuple[float, float, int, int, Judged]]) -> Iterator[Pair]:
    for _, likeness, first, second, judged in sorted(entries, key=lambda entry: entry[:4], reverse=True):
        one, other = sides[-first], sides[-second]
        yield Pair(one, other, likeness, judged, key_of(one, other))


def _keep(store: Store, project_id: int, found: Found) -> None:
    """Put the pairs in the place of those of the scan before; others may save between two handfuls."""
    with store.transaction("system") as tx:
        tx.delete("scans", {"project_id": project_id})
        tx.delete("near_pairs", {"project_id": project_id})
    for start in range(0, len(found.pairs), SAVED_AT_ONCE):
        with store.transaction("system") as tx:
            for pair in found.pairs[start : start + SAVED_AT_ONCE]:
                _insert(tx, project_id, pair)
    with store.transaction("system") as tx:
        tx.insert(
            "scans",
            {
                "project_id": project_id,
                "n_compared": found.n_compared,
                "n_contradictions": found.counts[Relation.CONTRADICTION],
                "n_other_replies": found.counts[Relation.OTHER_REPLY],
                "n_repeats": found.counts[Relation.REPEAT],
                "scanned_at": tx.now,
            },
        )


def _insert(tx: Transaction, project_id: int, pair: Pair) -> None:
    tx.insert(
        "near_pairs",
        {
            "project_id": project_id,
            "item_a": pair.one.item_id,
            "item_b": pair.other.item_id,
            "reply_a": pair.one.reply_id,
            "reply_b": pair.other.reply_id,
            "relation": pair.judged.relation.value,
            "likeness": pair.likeness,
            "weight": pair.judged.weight,
            "finding_key": pair.key,
        },
    )
