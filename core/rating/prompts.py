"""The prompts of a study: questions and both answers as raters read them, frozen, in an order drawn once."""

import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from core.curation.items import Turn, conversation_text, turns_of
from core.datasets.splitting import Split
from core.datasets.versions import FrozenRow, rows_of
from core.errors import Refused
from core.rating.shown import NO_ANSWER, shown_text
from core.rating.study_plan import Plan
from core.store.database import Reader, Row
from core.store.store import Store
from core.store.transaction import Transaction
from core.text.fingerprint import fingerprint

MOST_FOR_PRACTICE = 0.25
"""Of the prompts with two different answers no larger share is practised on."""


@dataclass(frozen=True)
class StudyPrompt:
    """One prompt of a study at its place in the order; `identical` ones are a tie that nobody is shown."""

    position: int
    item_id: int
    identical: bool


@dataclass(frozen=True)
class Answered:
    """A prompt with what a rater reads of both arms."""

    item_id: int
    question: str
    conversation: tuple[Turn, ...]
    text_a: str
    text_b: str

    @property
    def identical(self) -> bool:
        """Whether a rater would read the same twice."""
        return self.text_a == self.text_b


def prompts_of(reader: Reader, study_id: int) -> list[StudyPrompt]:
    """The prompts of a study that count, in the order drawn; none while it is prepared."""
    return _kept(reader, study_id, practice=False)


def practice_of(reader: Reader, study_id: int) -> list[StudyPrompt]:
    """The prompts that a rater begins with and that count for nothing; their places follow the others'."""
    return _kept(reader, study_id, practice=True)


def answered_at(reader: Reader, study_id: int, position: int) -> Answered:
    """The frozen prompt at a place of a study's order."""
    (row,) = reader.rows(f"{FROZEN} and position = ?", study_id, position)
    return _answered(row)


def all_answered(reader: Reader, study_id: int) -> list[Answered]:
    """All frozen prompts of a study in its order, those to practise on last."""
    return [_answered(row) for row in reader.rows(f"{FROZEN} order by position", study_id)]


def questions_under_study(store: Store, project_id: int) -> frozenset[str]:
    """The fingerprints of all questions in studies that are not closed; one that is prepared counts too."""
    asked = ("questions under study", project_id)
    return store.recall(("studies",), asked, lambda: _questions_under_study(store, project_id))


def answered(
    reader: Reader, rows: Sequence[FrozenRow], dataset_id: str, arm_a: int, arm_b: int
) -> list[Answered]:
    """Both arms' answers to every test prompt; a failed one reads as no answer.

    Raises:
        Refused: answers are missing, or one arm answered nothing at all.
    """
    a, b = (_texts(reader, dataset_id, arm) for arm in (arm_a, arm_b))
    missing = sum(row.item_id not in a or row.item_id not in b for row in rows)
    if missing:
        raise Refused(
            f"{missing} of {len(rows)} held-out questions have no answer of both models yet, so the study "
            "cannot open. Prepare it again; the answers that are there are kept."
        )
    found = [
        Answered(row.item_id, row.question, row.conversation, a[row.item_id], b[row.item_id]) for row in rows
    ]
    if all(one.text_a == NO_ANSWER for one in found) or all(one.text_b == NO_ANSWER for one in found):
        raise Refused(
            "One of the two models answered none of the held-out questions, so there is nothing to compare. "
            "Check that its provider can be reached, then prepare the study again."
        )
    return found


def write_prompts(tx: Transaction, study_id: int, secret: str, found: Sequence[Answered], plan: Plan) -> None:
    """Freeze the prompts of a study in the order that its secret draws, and its practice after them."""
    counted, practice = _divided(
        sorted(
            (one for one in found if one.item_id not in (plan.left_out or ())),
            key=lambda one: _drawn(secret, study_id, one.item_id),
        ),
        plan,
    )
    drawn = [*counted, *practice]
    tx.load(
        "study_prompts",
        pd.DataFrame(
            {
                "study_id": study_id,
                "position": range(len(drawn)),
                "item_id": [one.item_id for one in drawn],
                "question": [one.question for one in drawn],
                "conversation": [conversation_text(one.conversation) for one in drawn],
                "text_a": [one.text_a for one in drawn],
                "text_b": [one.text_b for one in drawn],
                "identical": [one.identical for one in drawn],
                "practice": [place >= len(counted) for place in range(len(drawn))],
            }
        ),
    )


FROZEN = "select item_id, question, conversation, text_a, text_b from study_prompts where study_id = ?"


def _answered(row: Row) -> Answered:
    item_id, question, conversation, text_a, text_b = row
    return Answered(item_id, question, turns_of(conversation), text_a, text_b)


def _divided(drawn: list[Answered], plan: Plan) -> tuple[list[Answered], list[Answered]]:
    """The prompts that count, and the practice: the last drawn with two different answers, never many."""
    different = [one for one in drawn if not one.identical]
    n_practice = min(plan.practice, int(MOST_FOR_PRACTICE * len(different)))
    practice = different[len(different) - n_practice :]
    return [one for one in drawn if one not in practice][: plan.prompts], practice


def _kept(reader: Reader, study_id: int, *, practice: bool) -> list[StudyPrompt]:
    rows = reader.rows(
        "select position, item_id, identical from study_prompts "
        "where study_id = ? and coalesce(practice, false) = ? order by position",
        study_id,
        practice,
    )
    return [StudyPrompt(*row) for row in rows]


def _questions_under_study(store: Store, project_id: int) -> frozenset[str]:
    """Taken from the test splits, because a study that is being prepared has no prompts of its own yet."""
    datasets = store.rows(
        "select distinct dataset_id from studies where project_id = ? and state <> 'closed'", project_id
    )
    return frozenset(
        fingerprint(row.question)
        for (dataset_id,) in datasets
        for row in rows_of(store, dataset_id, Split.TEST)
    )


def _texts(reader: Reader, dataset_id: str, arm_id: int) -> dict[int, str]:
    rows = reader.rows(
        "select item_id, text from answers where dataset_id = ? and arm_id = ?", dataset_id, arm_id
    )
    return {item_id: shown_text(text) for item_id, text in rows}


def _drawn(secret: str, study_id: int, item_id: int) -> bytes:
    words = f"order|{study_id}|{item_id}".encode()
    return hmac.new(secret.encode(), words, hashlib.sha256).digest()
