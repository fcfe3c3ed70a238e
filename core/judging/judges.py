"""Judges: a model that is asked about every pair of a closed study, in both orders, in the background."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from core.answers.arms import arm_by_id
from core.errors import Refused
from core.jobs.jobs import Job, Jobs
from core.judging.family import kinship
from core.judging.pairs import pairs_of
from core.judging.wording import messages
from core.people.persons import Person
from core.people.roles import Action, require
from core.providers.prices import asking_cost
from core.providers.profiles import Provider
from core.rating.prompts import Answered
from core.rating.studies import Study, StudyState
from core.rating.study_plan import plan_of
from core.store.database import Reader
from core.store.store import Store

if TYPE_CHECKING:  # slow to import
    from openai.types.chat import ChatCompletionMessageParam

KIND = "judge"
"""The kind of the background job; its subject is the judge's number."""

ORDERS = (True, False)
"""Whether the study's first arm stands left; every pair is asked in both."""

CHARACTERS_A_TOKEN = 4
TOKENS_SAID = 2


@dataclass(frozen=True)
class Judge:
    """A model that judges one study."""

    id: int
    study_id: int
    provider: str
    model: str
    created_at: datetime


@dataclass(frozen=True)
class JudgePlan:
    """What asking a judge would send and cost; tokens are estimated from the number of characters.

    Attributes:
        n_pairs: the pairs with two different answers, each asked twice.
        requests: how many of these requests are not answered yet.
        cost: USD, about; None is unknown.
        obstacle: why it cannot be asked; empty where nothing stands against it.
        warning: what to mind; empty where there is nothing.
    """

    n_pairs: int
    requests: int
    tokens: int
    cost: float | None
    where: str
    obstacle: str
    warning: str

    @property
    def sentence(self) -> str:
        """What will be sent, where, and what that costs."""
        cost = "at a price unknown to Touchstone" if self.cost is None else f"for about ${self.cost:,.2f}"
        return (
            f"{self.requests:,} requests go to {self.where}, {cost}: {self.n_pairs:,} customers' questions "
            f"with what was said before and both answers, each in both orders, about {self.tokens:,} tokens "
            "in all. No names of models, raters or customers are added."
        )


def judge_plan(store: Store, study: Study, provider: Provider, model: str) -> JudgePlan:
    """What asking this judge would send; nothing is sent."""
    pairs = [pair for pair in pairs_of(store, study) if not pair.identical]
    known = next(
        (one for one in judges_of(store, study) if (one.provider, one.model) == (provider.name, model)), None
    )
    missing = (
        requests_left(store, known.id, pairs)
        if known
        else [(pair, left) for pair in pairs for left in ORDERS]
    )
    rubric = plan_of(store, study.id).rubric
    tokens = sum(_tokens(messages(pair, rubric, a_left=left)) for pair, left in missing)
    said = TOKENS_SAID * len(missing)
    arms = (arm_by_id(store, study.arm_a), arm_by_id(store, study.arm_b))
    return JudgePlan(
        n_pairs=len(pairs),
        requests=len(missing),
        tokens=tokens + said,
        cost=asking_cost(provider.name, model, tokens, said),
        where=f"{provider.title} ({provider.base_url})" if provider.base_url else provider.title,
        obstacle=_obstacle(study, provider, model, len(missing)),
        warning=kinship(model, arms) if model.strip() else "",
    )


def ask_judge(store: Store, jobs: Jobs, study: Study, provider: Provider, model: str, person: Person) -> Job:
    """Begin to ask a model about every pair of a closed study; what it has answered is not asked again.

    Raises:
        NotAllowed: the person may not open studies here.
        Refused: the study is open, or the model cannot be a judge.
    """
    called = model.strip()
    require(store, study.project_id, person, Action.STUDY)
    obstacle = judge_plan(store, study, provider, called).obstacle
    if obstacle:
        raise Refused(f"{obstacle} Nothing was sent.")
    with store.transaction(person.email) as tx:
        require(tx, study.project_id, person, Action.STUDY)
        known = tx.value(
            "select id from judges where study_id = ? and provider = ? and model = ?",
            study.id,
            provider.name,
            called,
        )
        judge_id: int = known if known is not None else tx.new_id("judges")
        if known is None:
            tx.insert(
                "judges",
                {
                    "id": judge_id,
                    "project_id": study.project_id,
                    "study_id": study.id,
                    "provider": provider.name,
                    "model": called,
                    "person_id": person.id,
                    "created_at": tx.now,
                },
            )
    return jobs.submit(KIND, str(judge_id), person, study.project_id)


def judges_of(reader: Reader, study: Study) -> list[Judge]:
    """The judges of a study, newest first."""
    return [Judge(*row) for row in reader.rows(f"{SELECT} where study_id = ? order by id desc", study.id)]


def judge_by_id(reader: Reader, judge_id: int) -> Judge:
    """The judge with this number.

    Raises:
        Refused: there is none.
    """
    row = reader.row(f"{SELECT} where id = ?", judge_id)
    if row is None:
        raise Refused(f"There is no judge with the number {judge_id}.")
    return Judge(*row)


def requests_left(reader: Reader, judge_id: int, pairs: list[Answered]) -> list[tuple[Answered, bool]]:
    """What a judge has not answered yet: each pair with the order it is asked in."""
    there = set(reader.rows("select item_id, a_left from judgements where judge_id = ?", judge_id))
    return [
        (pair, a_left)
        for pair in pairs
        for a_left in ORDERS
        if not pair.identical and (pair.item_id, a_left) not in there
    ]


SELECT = "select id, study_id, provider, model, created_at from judges"


def _obstacle(study: Study, provider: Provider, model: str, missing: int) -> str:
    if study.state is not StudyState.CLOSED:
        return "A judge is asked when the study is closed, so that it sways nobody."
    if provider.picks_replies:
        return "The reply picker cannot be a judge: it chooses among approved replies and weighs nothing."
    if not provider.ready:
        return f"{provider.title} cannot be used yet: {' and '.join(provider.missing)} is not set."
    if not model.strip():
        return "Name the model that is to judge."
    return "" if missing else "This judge has answered everything already."


def _tokens(asked: Sequence["ChatCompletionMessageParam"]) -> int:
    return round(sum(len(str(message.get("content"))) for message in asked) / CHARACTERS_A_TOKEN)
