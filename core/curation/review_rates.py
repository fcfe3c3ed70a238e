"""How review goes: how many replies are sent back, for which reasons, on which topics."""

from dataclasses import dataclass

from core.curation.review import Reason
from core.store.store import Store

MOST_TOPICS = 12


@dataclass(frozen=True)
class Rate:
    """Of `decided` replies, `returned` were sent back."""

    name: str
    decided: int
    returned: int


@dataclass(frozen=True)
class Rates:
    """Return rates over all reviews: in all, by reason (of all decided) and by topic.

    What came approved with a file was not reviewed here, and does not count.
    """

    everything: Rate
    reasons: tuple[Rate, ...]
    topics: tuple[Rate, ...]


def rates(store: Store, project_id: int) -> Rates:
    """The return rates of a project; the reasons most frequent first, the topics most returned first."""

    def ask() -> Rates:
        decided, returned = store.row(ALL, project_id) or (0, 0)
        reasons = tuple(
            Rate(Reason(reason).words, decided, number) for reason, number in store.rows(REASONS, project_id)
        )
        topics = tuple(Rate(*row) for row in store.rows(TOPICS, project_id, MOST_TOPICS))
        return Rates(Rate("all", decided, returned), reasons, topics)

    return store.recall(("replies", "items"), ("review rates", project_id), ask)


DECIDED = (
    "from replies r join items i on i.id = r.item_id "
    "where i.project_id = ? and r.decision is not null and r.origin <> 'imported'"
)
RETURNED = "count(*) filter (r.decision = 'returned')"
ALL = f"select count(*), {RETURNED} {DECIDED}"
REASONS = f"select r.reason, count(*) {DECIDED} and r.reason is not null group by r.reason order by 2 desc, 1"
TOPICS = (
    f"select i.topic, count(*), {RETURNED} {DECIDED} and i.topic is not null "
    "group by i.topic having count(*) filter (r.decision = 'returned') > 0 "
    "order by 3 / count(*) desc, 1 limit ?"
)
