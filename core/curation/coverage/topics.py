"""Coverage: by topic and by language, what customers asked and how much of it has an approved reply."""

from dataclasses import dataclass
from enum import StrEnum

from core.store.store import Store

MOST = 40


class By(StrEnum):
    """What the questions are grouped by."""

    TOPIC = "topic"
    LANGUAGE = "language"


@dataclass(frozen=True)
class Covered:
    """One topic or language; `asked` counts how often customers asked, `open_asked` of that without a reply.

    `questions` and `approved` count items; a question that came without a volume was asked once.
    """

    name: str
    questions: int
    approved: int
    asked: int
    open_asked: int


def coverage(store: Store, project_id: int, by: By) -> tuple[Covered, ...]:
    """Where most is asked that nobody has answered yet, first."""

    def ask() -> tuple[Covered, ...]:
        return tuple(Covered(*row) for row in store.rows(SQL[by], project_id, MOST))

    return store.recall(("items",), ("coverage", project_id, by), ask)


SQL = {
    by: f"select coalesce({by.value}, ''), count(*), count(*) filter (state = 'approved'), "
    "sum(coalesce(volume, 1))::bigint, "
    "coalesce(sum(coalesce(volume, 1)) filter (state <> 'approved'), 0)::bigint "
    "from items where project_id = ? group by all order by 5 desc, 1 limit ?"
    for by in By
}
