"""Listing: the pairs the last scan found that still stand, a page at a time, and how fresh they are."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from core.curation.contradictions.judging import Relation, judge
from core.curation.contradictions.nearby import SIDES, side_of
from core.curation.contradictions.sides import Pair, Side
from core.curation.items import DECIDED
from core.curation.projects import Project
from core.store.store import Store

PAGE = 10

STANDING = (
    "from near_pairs n join items a on a.id = n.item_a join items b on b.id = n.item_b "
    "where n.project_id = ? and n.relation in (select unnest(?::varchar[])) "
    "and a.reply_id = n.reply_a and b.reply_id = n.reply_b "
    "and a.state in ('approved', 'submitted') and b.state in ('approved', 'submitted') "
    "and 'approved' in (a.state, b.state) and n.finding_key not in ("
    "select finding_key from accepted_findings where project_id = n.project_id)"
)
"""What changed since the scan, and what somebody accepted, no longer stands."""


@dataclass(frozen=True)
class Scan:
    """The last scan of a project, and how many items changed since."""

    n_compared: int
    scanned_at: datetime
    changed_since: int
    n_left_out: int


def last_scan(store: Store, project_id: int) -> Scan | None:
    """The last scan that came to its end, unless the database was made anew since."""
    row = store.row(
        "select s.n_compared, s.scanned_at, (select count(*) from items i where i.project_id = s.project_id "
        "and i.state in ('approved', 'submitted') and i.changed_at > s.scanned_at), "
        "s.n_contradictions + s.n_other_replies + s.n_repeats - "
        "(select count(*) from near_pairs n where n.project_id = s.project_id) "
        "from scans s where s.project_id = ?",
        project_id,
    )
    if row is None:
        return None
    n_compared, scanned_at, changed_since, n_left_out = row
    return Scan(n_compared, scanned_at, changed_since, n_left_out)


def count_pairs(store: Store, project_id: int) -> dict[Relation, int]:
    """How many pairs of each relation still stand."""
    rows = store.rows(
        f"select n.relation, count(*) {STANDING} group by n.relation", project_id, _values(tuple(Relation))
    )
    found = {Relation(relation): count for relation, count in rows}
    return {relation: found.get(relation, 0) for relation in Relation}


def pairs_page(
    store: Store, project: Project, relations: Collection[Relation], page: int = 0, size: int = PAGE
) -> tuple[Pair, ...]:
    """One page of the pairs that still stand, the gravest first; pages count from 0."""
    rows = store.rows(
        f"select n.item_a, n.item_b, n.likeness, n.finding_key {STANDING} "
        "order by n.weight desc, n.likeness desc, n.item_a, n.item_b limit ? offset ?",
        project.id,
        _values(relations),
        size,
        size * page,
    )
    sides = _sides(store, {number for row in rows for number in row[:2]})
    return tuple(
        Pair(sides[a], sides[b], alike, judge(project, sides[a].reply, sides[b].reply), key)
        for a, b, alike, key in rows
    )


def in_pairs(store: Store, project_id: int) -> frozenset[int]:
    """The items that a standing contradiction is about."""
    any_pair = "select 1 from near_pairs where project_id = ? limit 1"
    asked = ("any pair", project_id)
    if store.recall(("near_pairs",), asked, lambda: store.value(any_pair, project_id)) is None:
        return frozenset()

    def ask() -> frozenset[int]:
        sql = f"select distinct unnest([n.item_a, n.item_b]) {STANDING}"
        return frozenset(n for (n,) in store.rows(sql, project_id, [Relation.CONTRADICTION.value]))

    return store.recall((*DECIDED, "near_pairs", "accepted_findings"), ("in pairs", project_id), ask)


def _values(relations: Collection[Relation]) -> list[str]:
    return [relation.value for relation in relations]


def _sides(store: Store, numbers: Collection[int]) -> dict[int, Side]:
    rows = store.rows(f"{SIDES} where i.id in (select unnest(?::bigint[]))", sorted(numbers))
    return {side.item_id: side for side in map(side_of, rows)}
