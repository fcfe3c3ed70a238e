"""Pairs for a judge: every held-out prompt with both answers, those that people did not rate among them."""

import json
from dataclasses import dataclass

from core.curation.items import Turn
from core.datasets.splitting import Split
from core.datasets.versions import rows_of
from core.rating.shown import shown_text
from core.rating.studies import Study
from core.rating.study_plan import plan_of
from core.store.store import Store


@dataclass(frozen=True)
class JudgedPair:
    """One prompt and what both arms say to it."""

    item_id: int
    question: str
    conversation: tuple[Turn, ...]
    text_a: str
    text_b: str

    @property
    def identical(self) -> bool:
        """Whether both say the same: a tie, about which nobody is asked."""
        return self.text_a == self.text_b


def pairs_of(store: Store, study: Study) -> list[JudgedPair]:
    """The prompts of a study as raters read them, then the rest of the test split that both arms answered.

    What was left out of the study because a word may tell whose it is stays out here too.
    """
    found = [_pair(*row) for row in store.rows(FROZEN, study.id)]
    known = {pair.item_id for pair in found} | set(plan_of(store, study.id).left_out or ())
    a, b = (_texts(store, study.dataset_id, arm) for arm in (study.arm_a, study.arm_b))
    for row in rows_of(store, study.dataset_id, Split.TEST):
        item = row.item_id
        if item not in known and item in a and item in b:
            found.append(JudgedPair(item, row.question, row.conversation, a[item], b[item]))
    return found


FROZEN = (
    "select item_id, question, conversation, text_a, text_b from study_prompts where study_id = ? "
    "order by position"
)


def _pair(item_id: int, question: str, conversation: str | None, text_a: str, text_b: str) -> JudgedPair:
    turns = tuple(Turn(turn["role"], turn["content"]) for turn in json.loads(conversation or "[]"))
    return JudgedPair(item_id, question, turns, text_a, text_b)


def _texts(store: Store, dataset_id: str, arm_id: int) -> dict[int, str]:
    sql = "select item_id, text from answers where dataset_id = ? and arm_id = ? and error is null"
    return {item_id: shown_text(text) for item_id, text in store.rows(sql, dataset_id, arm_id)}
