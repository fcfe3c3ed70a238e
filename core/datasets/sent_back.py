"""What a dataset holds that was sent back to review after it was frozen, as when a rule changed."""

from dataclasses import dataclass

from core.curation.library.bulk import Change
from core.datasets.versions import Dataset
from core.store.store import Store


@dataclass(frozen=True)
class SentBack:
    """`pairs` of a dataset whose replies were sent to review again, all for one reason, and hold no more."""

    pairs: int
    reason: str
    person: str


def sent_back(store: Store, dataset: Dataset) -> tuple[SentBack, ...]:
    """What was sent back since the dataset was frozen, newest first.

    A reply that was approved again as it is counts no more: the frozen one holds.
    """

    def ask() -> tuple[SentBack, ...]:
        asked = store.rows(SINCE, Change.REVIEW_AGAIN.value, dataset.id, dataset.created_at)
        return tuple(SentBack(*row) for row in asked)

    return store.recall(TABLES, ("sent back", dataset.id), ask)


TABLES = ("bulk_changes", "bulk_items", "items")
SINCE = (
    "select count(distinct d.position), b.value, p.name from dataset_rows d "
    "join items i on i.id = d.item_id join bulk_items n on n.item_id = d.item_id and n.state = 'done' "
    "join bulk_changes b on b.id = n.bulk_id and b.action = ? "
    "join people p on p.id = b.person_id "
    "where d.dataset_id = ? and b.created_at > ? and (i.state <> 'approved' or i.reply_id <> d.reply_id) "
    "group by b.id, b.value, p.name order by b.id desc"
)
