"""Arms: a model with its instructions, its examples and its temperature, which is one way of answering."""

from dataclasses import dataclass
from enum import StrEnum

from core.answers.examples import MOST
from core.datasets.versions import dataset_by_id
from core.errors import Refused
from core.people.persons import Person
from core.people.roles import Action, require
from core.providers.profiles import PROFILES, Provider
from core.store.database import Reader, Row
from core.store.store import Store
from core.store.transaction import Transaction
from core.training.runs import Run

TEMPERATURE = 0.0
"""Of models that write: as little chance as they allow, so that an answer can be had again."""


class ArmKind(StrEnum):
    """Where an arm comes from."""

    BASE = "base"
    TUNED = "tuned"
    MODEL = "model"


@dataclass(frozen=True)
class Arm:
    """One way of answering.

    Attributes:
        temperature: None leaves it to the model, or does not apply.
        examples: how many taught replies, those nearest to the question, it is shown before it answers.
    """

    id: int
    project_id: int
    kind: ArmKind
    name: str
    provider: str
    model: str
    instructions: str
    temperature: float | None
    run_id: int | None
    examples: int

    @property
    def picks_replies(self) -> bool:
        """Whether it chooses among approved replies and writes no text; tokens and cost do not apply then."""
        profile = PROFILES.get(self.provider)
        return profile is not None and profile.picks(self.model)


def ensure_arms_of_run(store: Store, run: Run, person: Person) -> tuple[Arm, Arm]:
    """The base and the tuned arm of a run that succeeded, made where they are missing.

    Where the provider keeps the job's step 0, the base is that: it can say all that the tuned model can, so
    that the comparison is fair. Otherwise it is the base model as it is.

    Raises:
        NotAllowed: the person may not ask models here.
        Refused: the run has no model.
    """
    require(store, run.project_id, person, Action.ASK)
    if run.model is None:
        raise Refused(f"Run {run.id} has no model to ask yet. Wait for it to end, or start another.")
    profile = PROFILES[run.provider]
    instructions = dataset_by_id(store, run.dataset_id).instructions
    with store.transaction("system") as tx:
        if run.untuned_model is not None:
            name = f"Run {run.id}, before tuning"
            base = _ensured(
                tx, run.project_id, ArmKind.BASE, name, profile, run.untuned_model, instructions, run
            )
        else:
            base = _ensured(
                tx, run.project_id, ArmKind.BASE, run.base_model, profile, run.base_model, instructions, None
            )
        name = f"Run {run.id}, tuned"
        tuned = _ensured(tx, run.project_id, ArmKind.TUNED, name, profile, run.model, instructions, run)
    return base, tuned


def add_model_arm(
    store: Store,
    project_id: int,
    provider: Provider,
    model: str,
    instructions: str,
    person: Person,
    examples: int = 0,
) -> Arm:
    """Any model of a provider as an arm; one that is there already is returned as it is.

    Raises:
        NotAllowed: the person may not ask models here.
        Refused: no model is named, or it is to be shown too many examples, or some that it would not read.
    """
    called = model.strip()
    if not called:
        raise Refused("Name the model that is to answer.")
    if not 0 <= examples <= MOST:
        raise Refused(f"A model can be shown 0 to {MOST} examples with a question, not {examples}.")
    if examples and provider.picks(called):
        raise Refused("A reply picker reads the question alone, so it can be shown no examples.")
    with store.transaction(person.email) as tx:
        require(tx, project_id, person, Action.ASK)
        name = f"{called} ({provider.title})"
        if examples:
            name += f" shown {examples} examples" if examples > 1 else " shown an example"
        return _ensured(tx, project_id, ArmKind.MODEL, name, provider, called, instructions, None, examples)


def arm_by_id(reader: Reader, arm_id: int) -> Arm:
    """The arm with this number.

    Raises:
        Refused: there is none.
    """
    row = reader.row(f"{SELECT} where id = ?", arm_id)
    if row is None:
        raise Refused(f"There is no arm with the number {arm_id}.")
    return _arm(row)


def arms_of(reader: Reader, project_id: int) -> list[Arm]:
    """The arms of a project, newest first."""
    return [_arm(row) for row in reader.rows(f"{SELECT} where project_id = ? order by id desc", project_id)]


SELECT = (
    "select id, project_id, kind, name, provider, model, instructions, temperature, run_id, "
    "coalesce(examples, 0) from arms"
)


def _ensured(
    tx: Transaction,
    project_id: int,
    kind: ArmKind,
    name: str,
    provider: Provider,
    model: str,
    instructions: str,
    run: Run | None,
    examples: int = 0,
) -> Arm:
    row = tx.row(
        f"{SELECT} where project_id = ? and kind = ? and provider = ? and model = ? and instructions = ? "
        "and coalesce(examples, 0) = ?",
        project_id,
        kind.value,
        provider.name,
        model,
        instructions,
        examples,
    )
    if row is not None:
        return _arm(row)
    arm_id = tx.new_id("arms")
    tx.insert(
        "arms",
        {
            "id": arm_id,
            "project_id": project_id,
            "kind": kind.value,
            "name": name,
            "provider": provider.name,
            "model": model,
            "instructions": instructions,
            "temperature": None if provider.picks(model) else TEMPERATURE,
            "run_id": run.id if run else None,
            "examples": examples or None,
            "created_at": tx.now,
        },
    )
    return arm_by_id(tx, arm_id)


def _arm(row: Row) -> Arm:
    return Arm(*(*row[:2], ArmKind(row[2]), *row[3:]))
