"""Measures: the arms' answers beside the expected replies, and how often they are the same."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import pandas as pd

from core.answers.arms import Arm
from core.datasets.splitting import Split
from core.datasets.versions import rows_of
from core.store.store import Store
from core.verdict.accuracy import ArmAccuracy, Paired, accuracy, paired

GIVEN = (
    "item_id",
    "arm_id",
    "text",
    "seconds",
    "input_tokens",
    "output_tokens",
    "matched_question",
    "similarity",
    "error",
)
COLUMNS = ("position", "topic", "question", "expected", "arm", *GIVEN)


@dataclass(frozen=True)
class Exact:
    """How often the answers are the expected reply, word for word.

    Attributes:
        n_test: all test questions.
        n: those that every arm answered; only they count.
        arms: by the arm's number.
        paired: by the numbers of two arms in the order given, like (base, tuned).
    """

    n_test: int
    n: int
    arms: dict[int, ArmAccuracy]
    paired: dict[tuple[int, int], Paired]


def answers_frame(store: Store, dataset_id: str, arms: Sequence[Arm]) -> pd.DataFrame:
    """A row for each test question and arm, with the columns of `COLUMNS`; what was not asked has no row."""
    rows = rows_of(store, dataset_id, Split.TEST)
    asked = pd.DataFrame(
        {
            "position": [row.position for row in rows],
            "item_id": [row.item_id for row in rows],
            "topic": [row.topic for row in rows],
            "question": [row.question for row in rows],
            "expected": [row.reply for row in rows],
        }
    )
    given = store.frame(
        f"select {', '.join(GIVEN)} from answers where dataset_id = ? and list_contains(?, arm_id)",
        dataset_id,
        [arm.id for arm in arms],
    )
    given["arm"] = given["arm_id"].map({arm.id: arm.name for arm in arms})
    joined = asked.merge(given, on="item_id")
    joined["place"] = joined["arm_id"].map({arm.id: place for place, arm in enumerate(arms)})
    joined = joined.sort_values(["position", "place"])
    return joined.loc[:, list(COLUMNS)].reset_index(drop=True)


def exact(store: Store, dataset_id: str, arms: Sequence[Arm]) -> Exact | None:
    """Compare the arms' answers with the expected replies; None while no question has an answer of each."""
    n_test = len(rows_of(store, dataset_id, Split.TEST))
    answered = answers_frame(store, dataset_id, arms).dropna(subset=["text"])
    told = answered.pivot_table(index="position", columns="arm_id", values="text", aggfunc="first")
    told = told.reindex(columns=[arm.id for arm in arms])
    complete = told.dropna()
    if complete.empty:
        return None
    wanted = answered.drop_duplicates("position").set_index("position")["expected"]
    expected = wanted.loc[complete.index].tolist()
    texts = {arm.id: complete[arm.id].tolist() for arm in arms}
    return Exact(
        n_test=n_test,
        n=len(expected),
        arms={arm_id: accuracy(expected, said) for arm_id, said in texts.items()},
        paired={(a, b): paired(expected, texts[a], texts[b]) for a, b in combinations(texts, 2)},
    )
