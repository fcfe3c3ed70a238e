"""The choice: which way of answering serves a project, since when, by whom and why; and the way back."""

from dataclasses import dataclass
from datetime import datetime

from core.answers.arms import Arm, arm_by_id
from core.errors import Conflict, Refused
from core.people.persons import Person
from core.people.roles import Action, require
from core.rating.studies import Study, StudyState, study_by_id
from core.store.database import Reader
from core.store.store import Store
from core.store.transaction import Transaction


@dataclass(frozen=True)
class Choice:
    """One line of the history.

    Attributes:
        study_id: the closed study it rests on.
        replaces: the choice to go back to; None before the first.
        undoes: the choice that was rolled back by this one; None for one made forward.
    """

    id: int
    project_id: int
    arm_id: int
    study_id: int
    reason: str
    replaces: int | None
    undoes: int | None
    person: str
    chosen_at: datetime


def choose(store: Store, study: Study, arm: Arm, reason: str, person: Person) -> Choice:
    """Let one of a closed study's two models serve its project from now on.

    Raises:
        NotAllowed: the person may not choose the model here.
        Refused: the study is open, the model was not compared in it, or no reason is given.
        Conflict: it serves the project already.
    """
    with store.transaction(person.email) as tx:
        require(tx, study.project_id, person, Action.SERVE)
        now = study_by_id(tx, study.id)
        if now.state is not StudyState.CLOSED:
            raise Refused("Close the study first: a model is chosen on its verdict. Nothing was changed.")
        if arm.id not in {now.arm_a, now.arm_b}:
            raise Refused(f"{arm.name} was not compared in study {now.id}. Nothing was changed.")
        current = serving(tx, now.project_id)
        if current is not None and current.arm_id == arm.id:
            raise Conflict(f"{arm.name} serves this project already. Nothing was changed.")
        return _written(tx, now.project_id, arm.id, now.id, reason, person, replaces=current)


def roll_back(store: Store, seen: Choice, reason: str, person: Person) -> Choice:
    """Go back to what served the project before.

    Args:
        store: the store.
        seen: the choice that the person saw and takes back.
        reason: why.
        person: who does it.

    Raises:
        NotAllowed: the person may not choose the model here.
        Refused: nothing served the project before, or no reason is given.
        Conflict: another model serves it by now.
    """
    with store.transaction(person.email) as tx:
        require(tx, seen.project_id, person, Action.SERVE)
        current = serving(tx, seen.project_id)
        if current is None or current.id != seen.id:
            raise Conflict("Another model was chosen in the meantime. Nothing was changed; look again.")
        if current.replaces is None:
            raise Refused("No model served this project before this one. Nothing was changed.")
        before = _by_id(tx, current.replaces)
        return _written(
            tx,
            seen.project_id,
            before.arm_id,
            before.study_id,
            reason,
            person,
            replaces=_by_id(tx, before.replaces) if before.replaces is not None else None,
            undoes=current,
        )


def serving(reader: Reader, project_id: int) -> Choice | None:
    """What serves a project now; None before the first choice."""
    return next(iter(choices_of(reader, project_id)), None)


def choices_of(reader: Reader, project_id: int) -> list[Choice]:
    """Every choice and every roll-back of a project, newest first."""
    rows = reader.rows(f"{SELECT} where c.project_id = ? order by c.id desc", project_id)
    return [Choice(*row) for row in rows]


def before(reader: Reader, choice: Choice) -> Arm | None:
    """What a roll-back would let serve again; None where nothing served before."""
    return arm_by_id(reader, _by_id(reader, choice.replaces).arm_id) if choice.replaces is not None else None


SELECT = (
    "select c.id, c.project_id, c.arm_id, c.study_id, c.reason, c.replaces, c.undoes, p.name, c.chosen_at "
    "from choices c join people p on p.id = c.person_id"
)


def _by_id(reader: Reader, choice_id: int) -> Choice:
    row = reader.row(f"{SELECT} where c.id = ?", choice_id)
    if row is None:
        raise Refused(f"There is no choice with the number {choice_id}.")
    return Choice(*row)


def _written(
    tx: Transaction,
    project_id: int,
    arm_id: int,
    study_id: int,
    reason: str,
    person: Person,
    *,
    replaces: Choice | None,
    undoes: Choice | None = None,
) -> Choice:
    why = reason.strip()
    if not why:
        raise Refused("Say why in a few words: whoever comes later wants to know. Nothing was changed.")
    choice_id = tx.new_id("choices")
    tx.insert(
        "choices",
        {
            "id": choice_id,
            "project_id": project_id,
            "arm_id": arm_id,
            "study_id": study_id,
            "reason": why,
            "replaces": replaces.id if replaces else None,
            "undoes": undoes.id if undoes else None,
            "person_id": person.id,
            "chosen_at": tx.now,
        },
    )
    return _by_id(tx, choice_id)
