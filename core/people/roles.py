"""Roles and what each may do; every verb of the core asks here first."""

from enum import StrEnum

from core.errors import NotAllowed
from core.people.persons import Person
from core.store.database import Reader


class Role(StrEnum):
    """What a person is in a project; one person may be several."""

    EXPERT = "expert"
    REVIEWER = "reviewer"
    OWNER = "owner"
    RATER = "rater"
    VIEWER = "viewer"


class Action(StrEnum):
    """What somebody may want to do in a project, as it reads in a refusal."""

    READ = "see this project"
    IMPORT = "import items"
    WRITE = "write replies"
    REVIEW = "review replies"
    RULES = "change the checks and the guideline"
    CHANGE_MANY = "change many items at once"
    FREEZE = "freeze datasets"
    TRAIN = "start or stop a fine-tuning"
    ASK = "ask the models"
    STUDY = "open or close a study"
    RATE = "rate answers"
    JUDGE = "see verdicts"
    SERVE = "choose the model that serves"
    MANAGE = "manage people"
    FORGET = "forget customers"
    NOTIFY = "change the notifications"


ALLOWED: dict[Role, frozenset[Action]] = {
    Role.EXPERT: frozenset({Action.READ, Action.WRITE, Action.ASK}),
    Role.REVIEWER: frozenset(
        {Action.READ, Action.WRITE, Action.REVIEW, Action.CHANGE_MANY, Action.ASK, Action.JUDGE}
    ),
    Role.OWNER: frozenset(Action) - {Action.RATE},
    Role.RATER: frozenset({Action.RATE}),
    Role.VIEWER: frozenset({Action.READ, Action.ASK, Action.JUDGE}),
}


def roles_of(reader: Reader, project_id: int, person_id: int) -> frozenset[Role]:
    """The roles of a person in a project."""
    sql = "select role from roles where project_id = ? and person_id = ?"

    def ask() -> frozenset[Role]:
        return frozenset(Role(role) for (role,) in reader.rows(sql, project_id, person_id))

    return reader.recall(("roles",), ("roles", project_id, person_id), ask)


def may(roles: frozenset[Role], action: Action) -> bool:
    """Whether somebody with these roles may do this."""
    return any(action in ALLOWED[role] for role in roles)


def require(reader: Reader, project_id: int, person: Person, action: Action) -> None:
    """Let the person pass, or not.

    Raises:
        NotAllowed: none of the person's roles in this project allows it.
    """
    roles = roles_of(reader, project_id, person.id)
    if not may(roles, action):
        held = " and ".join(sorted(roles)) or "no role"
        needed = " or ".join(sorted(role for role in Role if action in ALLOWED[role]))
        raise NotAllowed(
            f"{person.name} may not {action.value} here: it takes the role {needed}, and {person.name} has "
            f"{held} in this project. Nothing was changed."
        )
