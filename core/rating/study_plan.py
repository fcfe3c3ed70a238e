"""The plan of a study: what its owner declares before the first vote, and cannot change afterwards."""

import json
from dataclasses import dataclass
from enum import StrEnum
from math import isfinite

from core.curation.projects import Kind, project_by_id
from core.datasets.versions import Dataset
from core.errors import Refused
from core.rating.raters import invited
from core.store.database import Reader
from core.store.transaction import Transaction

ALPHA = 0.05
"""How often a study without a difference may claim one; every interval and the evidence keep to it."""

TIES = "A tie counts one half for either side, and so does “both bad”; a skip counts for nobody."
"""The same for every study, and written down with each."""

FEWEST_PROMPTS = 2
"""One prompt shows no spread, so nothing can be said of prompts like it."""

WIDEST_MARGIN = 0.5
MOST_RATERS = 200
MOST_PRACTICE = 10
MOST_REPEATS = 0.25
LONGEST_RUBRIC = 4000
LONGEST_QUALITY = 60

USUAL_REPEATS = 0.08
USUAL_PRACTICE = 3
ENOUGH_FOR_PRACTICE = 40
"""With fewer test prompts each one is worth more than a rater's warming up."""


class Claim(StrEnum):
    """What the study is to show of its second arm, against its first."""

    BETTER = "better"
    NOT_WORSE = "not worse"
    AS_GOOD = "as good"


class Form(StrEnum):
    """How raters say what they think: which answer is better, or how good each is from 1 to 5."""

    DUEL = "duel"
    SCALE = "scale"


RUBRIC = {
    Kind.REPLY: (
        "Which reply would you rather send to this customer, as it stands?\n"
        "Right before nice: a wrong fact or a broken rule loses against anything correct.\n"
        "Then complete: it answers what was asked, and says what to do next.\n"
        "Then tone: warm, clear, no longer than it needs to be. Length alone is no merit.\n"
        "Tie when you would send either; both bad when you would send neither.\n"
        "Skip when you cannot judge this question."
    ),
    Kind.LABEL: (
        "Which label fits this message better?\n"
        "Tie when both fit; both bad when neither does.\n"
        "Skip when you cannot judge this message."
    ),
}
"""What raters are asked to go by unless the owner writes it otherwise."""

SCALE_RUBRIC = (
    "How good is each answer in this one quality, whatever else you think of it?\n"
    "1 is poor, 3 is as good as most, 5 could not be better. Both may have the same number.\n"
    "Skip when you cannot judge this question."
)
"""The same where both answers are rated on a scale."""


@dataclass(frozen=True)
class Plan:
    """What is declared of a study. The second arm is the one in question; the first is compared with.

    Attributes:
        raters: how many people rate every prompt.
        claim: what is to be shown of the second arm.
        margin: how far from even still does, in points of the mean score (.05: 45 % instead of 50 %); None
            where the claim is "better".
        alpha: how often a study without a difference may claim one.
        form: duels, or both answers on a scale from 1 to 5.
        quality: what the scale is of; empty for duels.
        rubric: what raters go by, in plain text.
        prompts: the first so many in the order drawn; None for all.
        practice: up to so many further prompts a rater begins with, which count for nothing.
        repeats: the share of prompts shown a second time, sides swapped, for self-consistency alone.
        left_out: items that the owner leaves out, because a word in an answer may tell whose it is; None
            until they decided, which they must where such a word is found.
    """

    raters: int
    rubric: str
    claim: Claim = Claim.BETTER
    margin: float | None = None
    alpha: float = ALPHA
    form: Form = Form.DUEL
    quality: str = ""
    prompts: int | None = None
    practice: int = 0
    repeats: float = 0.0
    left_out: tuple[int, ...] | None = None


def suggested_plan(reader: Reader, dataset: Dataset) -> Plan:
    """A sensible plan: all who are invited rate everything, to find out whether the second is better."""
    enough = dataset.n_test >= ENOUGH_FOR_PRACTICE
    return Plan(
        raters=min(max(1, len(invited(reader, dataset.project_id, dataset.id).may_rate)), MOST_RATERS),
        rubric=RUBRIC[project_by_id(reader, dataset.project_id).kind],
        practice=USUAL_PRACTICE if enough else 0,
        repeats=USUAL_REPEATS if enough else 0.0,
    )


def must_be_sound(plan: Plan, n_test: int) -> None:
    """Let a plan pass for a dataset with so many test prompts, or not.

    Raises:
        Refused: with what to change.
    """
    _must_have_prompts(plan, n_test)
    if not 1 <= plan.raters <= MOST_RATERS:
        raise Refused(f"A study needs from 1 to {MOST_RATERS} raters, not {plan.raters}. Nothing was opened.")
    if (plan.claim is Claim.BETTER) is not (plan.margin is None):
        raise Refused("“Not worse” and “as good” need a margin, and “better” has none. Nothing was opened.")
    if plan.margin is not None and not (isfinite(plan.margin) and 0 < plan.margin < WIDEST_MARGIN):
        raise Refused(
            "A margin lies between 0 and 50 points: 5 means that 45 % instead of 50 % would still do. "
            "Nothing was opened."
        )
    if plan.alpha != ALPHA:
        raise Refused(f"Evidence and intervals here are made for α = {ALPHA}. Nothing was opened.")
    if (plan.form is Form.SCALE) is not bool(plan.quality.strip()) or len(plan.quality) > LONGEST_QUALITY:
        raise Refused(
            f"A scale needs the name of one quality, of up to {LONGEST_QUALITY} characters, and a duel none. "
            "Nothing was opened."
        )
    if not plan.rubric.strip() or len(plan.rubric) > LONGEST_RUBRIC:
        raise Refused(
            f"Write what raters are to go by, in up to {LONGEST_RUBRIC:,} characters. Nothing was opened."
        )
    if not (0 <= plan.practice <= MOST_PRACTICE and 0 <= plan.repeats <= MOST_REPEATS):
        raise Refused(
            f"At most {MOST_PRACTICE} practice items and {100 * MOST_REPEATS:.0f} % repeats. "
            "Nothing was opened."
        )


def write_plan(tx: Transaction, study_id: int, plan: Plan) -> None:
    """Keep a sound plan with a new study; the number of raters stands in the study itself."""
    tx.insert(
        "study_plans",
        {
            "study_id": study_id,
            "claim": plan.claim.value,
            "margin": plan.margin,
            "alpha": plan.alpha,
            "form": plan.form.value,
            "quality": plan.quality.strip() or None,
            "rubric": plan.rubric.strip(),
            "prompts": plan.prompts,
            "practice": plan.practice,
            "repeats": plan.repeats,
            "left_out": None if plan.left_out is None else json.dumps(sorted(plan.left_out)),
        },
    )


def plan_of(reader: Reader, study_id: int) -> Plan:
    """The plan of a study; one that is older than plans compares all prompts in duels, without a rubric.

    Raises:
        Refused: there is no such study.
    """
    row = reader.row(
        "select s.raters, p.rubric, p.claim, p.margin, p.alpha, p.form, p.quality, p.prompts, p.practice, "
        "p.repeats, p.left_out from studies s left join study_plans p on p.study_id = s.id where s.id = ?",
        study_id,
    )
    if row is None:
        raise Refused(f"There is no study with the number {study_id}.")
    raters, rubric, claim, margin, alpha, form, quality, prompts, practice, repeats, left_out = row
    if claim is None:
        return Plan(raters=raters, rubric="", left_out=())
    return Plan(
        raters=raters,
        rubric=rubric,
        claim=Claim(claim),
        margin=margin,
        alpha=alpha,
        form=Form(form),
        quality=quality or "",
        prompts=prompts,
        practice=practice,
        repeats=repeats,
        left_out=None if left_out is None else tuple(json.loads(left_out)),
    )


def _must_have_prompts(plan: Plan, n_test: int) -> None:
    left = n_test - len(plan.left_out or ())
    if left < FEWEST_PROMPTS:
        raise Refused(
            f"A study needs at least {FEWEST_PROMPTS} held-out questions; this dataset has {left}. Freeze "
            "one that holds out more. Nothing was opened."
        )
    if plan.prompts is not None and not FEWEST_PROMPTS <= plan.prompts <= left:
        raise Refused(f"Plan from {FEWEST_PROMPTS} to {left} prompts. Nothing was opened.")
