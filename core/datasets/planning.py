"""Planning a dataset: what is approved, in groups that stay together, and the split of each."""

import json
from dataclasses import dataclass

from core.curation.items import State, Turn, conversation_text, turns_of
from core.curation.projects import Project
from core.datasets.splitting import Shares, Split, assign
from core.store.database import Reader, Row
from core.store.store import Store
from core.text.fingerprint import fingerprint
from core.text.near_duplicates import groups, joined


@dataclass(frozen=True)
class Candidate:
    """An approved item that a freeze would take."""

    item_id: int
    reply_id: int
    question: str
    conversation: tuple[Turn, ...]
    reply: str
    topic: str | None
    ticket: str | None
    customer: str | None


@dataclass(frozen=True)
class FreezePlan:
    """What a freeze would make: its rows with their splits, and how many wordings are near-duplicates."""

    rows: tuple[tuple[Candidate, Split], ...]
    n_near_duplicates: int

    def count(self, split: Split) -> int:
        """The rows of one split."""
        return sum(1 for _, given in self.rows if given is split)


@dataclass(frozen=True)
class Grouped:
    """What is approved, in groups that no split may tear apart; the same whatever the seed."""

    candidates: tuple[Candidate, ...]
    together: tuple[int, ...]
    n_near_duplicates: int


def plan_freeze(reader: Reader, project: Project, shares: Shares, seed: int) -> FreezePlan:
    """Split what is approved now, without writing anything.

    Raises:
        Refused: the seed is none.
    """
    return _split(_grouped(reader, project.id), shares, seed)


def planned(store: Store, project: Project, shares: Shares, seed: int) -> FreezePlan:
    """The same plan, made anew only after an item or a reply was written."""
    tables = ("items", "replies")

    def split() -> FreezePlan:
        grouped = store.recall(tables, ("grouped", project.id), lambda: _grouped(store, project.id))
        return _split(grouped, shares, seed)

    return store.recall(tables, ("plan", project.id, shares, seed), split)


def _grouped(reader: Reader, project_id: int) -> Grouped:
    candidates = _approved(reader, project_id)
    near = groups([candidate.question for candidate in candidates])
    together = joined(
        near,
        [candidate.ticket for candidate in candidates],
        [candidate.customer for candidate in candidates],
    )
    return Grouped(tuple(candidates), tuple(together), len(near) - len(set(near)))


def _split(grouped: Grouped, shares: Shares, seed: int) -> FreezePlan:
    candidates = grouped.candidates
    keys = [_key(candidate) for candidate in candidates]
    replies = [fingerprint(candidate.reply) for candidate in candidates]
    splits = assign(grouped.together, replies, keys, shares, seed)
    ordered = sorted(
        zip(keys, candidates, splits, strict=True), key=lambda placed: (placed[0], placed[1].topic or "")
    )
    rows = tuple((candidate, split) for _, candidate, split in ordered)
    return FreezePlan(rows, grouped.n_near_duplicates)


def _approved(reader: Reader, project_id: int) -> list[Candidate]:
    rows = reader.rows(
        "select i.id, r.id, i.question, i.conversation, r.text, i.topic, i.ticket, i.customer "
        "from items i join replies r on r.id = i.reply_id "
        "where i.project_id = ? and i.state = ? order by i.id",
        project_id,
        State.APPROVED.value,
    )
    return [_candidate(row) for row in rows]


def _candidate(row: Row) -> Candidate:
    item_id, reply_id, question, conversation, reply, topic, ticket, customer = row
    return Candidate(item_id, reply_id, question, turns_of(conversation), reply, topic, ticket, customer)


def _key(candidate: Candidate) -> str:
    return json.dumps(
        [conversation_text(candidate.conversation), candidate.question, candidate.reply], ensure_ascii=False
    )
