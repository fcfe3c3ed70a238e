"""The seal of a study: one hash of its plan and of all that the plan froze, taken before the first vote."""

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from core.answers.arms import Arm, arm_by_id
from core.datasets.versions import dataset_by_id
from core.rating.study_plan import TIES, plan_of
from core.store.database import Reader
from core.store.transaction import Transaction

PARTS = {
    "dataset": "the dataset",
    "arm_a": "the first model",
    "arm_b": "the second model",
    "claim": "what is claimed",
    "margin": "the margin",
    "alpha": "α",
    "ties": "the rule for ties",
    "form": "the form of rating",
    "quality": "the quality that is rated",
    "rubric": "the rubric",
    "raters": "the number of raters",
    "prompts": "the number of prompts",
    "practice": "the practice items",
    "repeats": "the share of repeats",
    "left_out": "the prompts left out",
    "order": "the prompts and their order",
    "answers": "the questions and answers",
}
"""What a seal holds, as a sentence names it."""


@dataclass(frozen=True)
class Seal:
    """A sealed plan; `changed` names what no longer is as it was sealed, and is empty where all is."""

    sha256: str
    sealed: str
    sealed_at: datetime
    changed: tuple[str, ...]


def seal(tx: Transaction, study_id: int) -> None:
    """Seal a study whose prompts were just written."""
    sealed = _canonical(_content(tx, study_id))
    changes = {"sealed": sealed, "sha256": _sha256(sealed), "sealed_at": tx.now}
    tx.update("study_plans", {"study_id": study_id}, changes)


def seal_of(reader: Reader, study_id: int) -> Seal | None:
    """The seal of a study, held against what stands in the store now; None while the study has none."""
    row = reader.row("select sha256, sealed, sealed_at from study_plans where study_id = ?", study_id)
    if row is None or row[0] is None:
        return None
    sha256, sealed, sealed_at = row
    if _sha256(sealed) != sha256:
        return Seal(sha256, sealed, sealed_at, ("the seal itself",))
    before, now = json.loads(sealed), json.loads(_canonical(_content(reader, study_id)))
    changed = tuple(words for part, words in PARTS.items() if before.get(part) != now[part])
    return Seal(sha256, sealed, sealed_at, changed)


def _content(reader: Reader, study_id: int) -> dict[str, Any]:
    """Everything that is sealed; texts by their sha256, so that the seal holds no words of anybody.

    The dataset's own sha256 names a file, which must not be kept for the seal's sake once it is written anew.
    """
    dataset_id, a, b = reader.rows("select dataset_id, arm_a, arm_b from studies where id = ?", study_id)[0]
    plan = plan_of(reader, study_id)
    rows = reader.rows(
        "select item_id, coalesce(practice, false), question, conversation, text_a, text_b "
        "from study_prompts where study_id = ? order by position",
        study_id,
    )
    return {
        "study": study_id,
        "dataset": [dataset_id, _sha256(dataset_by_id(reader, dataset_id).sha256)],
        "arm_a": _arm(arm_by_id(reader, a)),
        "arm_b": _arm(arm_by_id(reader, b)),
        "claim": plan.claim.value,
        "margin": plan.margin,
        "alpha": plan.alpha,
        "ties": TIES,
        "form": plan.form.value,
        "quality": _sha256(plan.quality),
        "rubric": _sha256(plan.rubric),
        "raters": plan.raters,
        "prompts": plan.prompts,
        "practice": plan.practice,
        "repeats": plan.repeats,
        "left_out": plan.left_out,
        "order": [[item_id, practice] for item_id, practice, *_ in rows],
        "answers": _sha256(_canonical([[item_id, *texts] for item_id, _, *texts in rows])),
    }


def _arm(arm: Arm) -> list[Any]:
    shown = [arm.examples] if arm.examples else []
    return [arm.id, arm.provider, arm.model, arm.temperature, _sha256(arm.instructions), *shown]


def _canonical(content: Any) -> str:
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
