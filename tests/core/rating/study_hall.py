"""A project with a frozen dataset, two arms that answered its test questions, and raters of known taste."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from core.answers.arms import Arm, ArmKind, arm_by_id
from core.curation.items import NewItem, State, add_item, item_by_id, move
from core.curation.projects import Kind, Project, create_project
from core.curation.replies import Origin, add_reply
from core.datasets.splitting import Shares, Split
from core.datasets.versions import Dataset, FrozenRow, freeze, rows_of
from core.people.membership import grant
from core.people.persons import Person, add_person
from core.people.roles import Role
from core.rating.duels import DuelView, Standing, begin, desk
from core.rating.practice import leave_practice
from core.rating.studies import Study, fix_prompts, open_study
from core.rating.study_plan import Plan, suggested_plan
from core.rating.votes import Outcome, vote
from core.store.store import Store

LONG_AGO = timedelta(seconds=5)
PLAIN = "Please consult the plain notice, number {}."
WARM = "Gladly! Here is the warm and full answer, number {}."

Answer = Callable[[FrozenRow], str | None]
Taste = Callable[[DuelView], Outcome]


@dataclass(frozen=True)
class Hall:
    """Everything a study needs; `owner` opens it, `author` wrote the golden replies."""

    store: Store
    project: Project
    dataset: Dataset
    base: Arm
    tuned: Arm
    owner: Person
    author: Person

    def rater(self, name: str) -> Person:
        """Somebody who may rate in this project."""
        person = add_person(self.store, f"{name.lower()}@example.com", name)
        with self.store.transaction("test") as tx:
            grant(tx, self.project.id, person, Role.RATER)
        return person

    def study(self, raters: int | None = None) -> Study:
        """An open study."""
        return self.study_of(self.plan(raters))

    def plan(self, raters: int | None = None) -> Plan:
        """What is suggested, for so many raters, without practice and repeats."""
        plan = replace(suggested_plan(self.store, self.dataset), practice=0, repeats=0.0)
        return replace(plan, raters=plan.raters if raters is None else raters)

    def study_of(self, plan: Plan) -> Study:
        """An open study with this plan."""
        opened = open_study(self.store, self.project, self.dataset, self.base, self.tuned, self.owner, plan)
        return fix_prompts(self.store, opened.id)


def plain(row: FrozenRow) -> str:
    """What the base says."""
    return PLAIN.format(row.item_id)


def warm(row: FrozenRow) -> str:
    """What the tuned model says."""
    return WARM.format(row.item_id)


def golden(row: FrozenRow) -> str:
    """The approved reply."""
    return row.reply


def furnished(
    store: Store,
    owner: Person,
    author: Person,
    *,
    prompts: int = 12,
    base: Answer = plain,
    tuned: Answer = warm,
    seconds: float | None = 0.25,
    topic: Callable[[int], str | None] = lambda _: None,
) -> Hall:
    """Make it all; every reply is written by `author`, and every answer took so many seconds."""
    with store.transaction("test") as tx:
        project = create_project(tx, "Desk", owner, kind=Kind.REPLY)
        for number in range(2 * prompts):
            item = add_item(tx, project.id, NewItem(f"Question {number}", topic=topic(number)), owner)
            reply = add_reply(tx, item, f"Approved reply {number % prompts}.", author, Origin.WRITTEN)
            move(tx, item_by_id(tx, item.id), State.APPROVED, owner, "approved", reply_id=reply)
    dataset = freeze(store, project, Shares(50, 0, 50), 1, owner)
    arms = [_arm(store, project, kind) for kind in (ArmKind.BASE, ArmKind.TUNED)]
    for arm, said in zip(arms, (base, tuned), strict=True):
        _answer(store, dataset, arm, said, seconds)
    return Hall(store, project, dataset, arms[0], arms[1], owner, author)


def rate_all(hall: Hall, study: Study, rater: Person, taste: Taste, at_most: int = 10_000) -> int:
    """Let a rater vote until there is nothing left; returns how many duels they saw."""
    begin(hall.store, study.id, rater)
    leave_practice(hall.store, study.id, rater)
    for seen in range(at_most):
        found = desk(hall.store, hall.project.id, rater)
        duel = found.duel
        if duel is None or found.standing is not Standing.RATING:
            return seen
        vote(hall.store, duel.duel_id, rater, taste(duel), datetime.now(UTC) - LONG_AGO)
    return at_most


def likes(word: str) -> Taste:
    """A rater who prefers the answer with this word in it."""

    def taste(duel: DuelView) -> Outcome:
        left, right = word in duel.left_text, word in duel.right_text
        if left == right:
            return Outcome.TIE
        return Outcome.LEFT if left else Outcome.RIGHT

    return taste


def _arm(store: Store, project: Project, kind: ArmKind) -> Arm:
    with store.transaction("test") as tx:
        arm_id = tx.new_id("arms")
        tx.insert(
            "arms",
            {
                "id": arm_id,
                "project_id": project.id,
                "kind": kind.value,
                "name": f"Run 1, {kind.value}",
                "provider": "local",
                "model": f"reply-picker-ngrams:secret-model-{kind.value}",
                "instructions": "",
                "created_at": tx.now,
            },
        )
        return arm_by_id(tx, arm_id)


def _answer(store: Store, dataset: Dataset, arm: Arm, said: Answer, seconds: float | None) -> None:
    with store.transaction("test") as tx:
        for row in rows_of(store, dataset.id, Split.TEST):
            text = said(row)
            tx.insert(
                "answers",
                {
                    "dataset_id": dataset.id,
                    "arm_id": arm.id,
                    "item_id": row.item_id,
                    "text": text,
                    "seconds": seconds,
                    "error": None if text is not None else "The provider was not there.",
                    "answered_at": tx.now,
                },
            )
