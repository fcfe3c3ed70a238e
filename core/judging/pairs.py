"""Pairs for a judge: every held-out prompt with both answers, those that people did not rate among them."""

from core.datasets.splitting import Split
from core.datasets.versions import rows_of
from core.rating.prompts import Answered, all_answered
from core.rating.shown import shown_text
from core.rating.studies import Study
from core.rating.study_plan import plan_of
from core.store.store import Store


def pairs_of(store: Store, study: Study) -> list[Answered]:
    """The prompts of a study as raters read them, then the rest of the test split that both arms answered.

    What was left out of the study because a word may tell whose it is stays out here too.
    """
    found = all_answered(store, study.id)
    known = {pair.item_id for pair in found} | set(plan_of(store, study.id).left_out or ())
    a, b = (_texts(store, study.dataset_id, arm) for arm in (study.arm_a, study.arm_b))
    for row in rows_of(store, study.dataset_id, Split.TEST):
        item = row.item_id
        if item not in known and item in a and item in b:
            found.append(Answered(item, row.question, row.conversation, a[item], b[item]))
    return found


def _texts(store: Store, dataset_id: str, arm_id: int) -> dict[int, str]:
    sql = "select item_id, text from answers where dataset_id = ? and arm_id = ? and error is null"
    return {item_id: shown_text(text) for item_id, text in store.rows(sql, dataset_id, arm_id)}
