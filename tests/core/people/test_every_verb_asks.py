"""Every verb of the stages that writes asks first who is writing: found by looking, tried by calling.

A verb is a public function of a stage that takes a person and opens a transaction or begins background work.
What takes a transaction is a part of a verb; `add_item` and `write_guideline` ask all the same.
"""

import importlib
import inspect
import time
import typing
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from enum import Enum
from pathlib import Path
from typing import Any

import pytest

from core.answers.arms import Arm, arms_of
from core.application import open_workspace
from core.calling.settings import Wish
from core.curation.checks.finding import Check, Finding, Severity
from core.curation.checks.rules import Rules
from core.curation.contradictions.judging import Judged, Relation
from core.curation.contradictions.sides import Pair, Side
from core.curation.coverage.losses import LossMark
from core.curation.coverage.wishes import Like
from core.curation.intake.mapping import Mapping, mapping_for
from core.curation.intake.reading import read_file
from core.curation.intake.source import Source
from core.curation.intake.table import Reading
from core.curation.intake.upload import Upload
from core.curation.items import NewItem, State, add_item
from core.curation.library.bulk import Change
from core.curation.library.bulk import begin as begin_bulk
from core.curation.library.filter import Filter
from core.curation.projects import write_guideline
from core.curation.suggestions import Suggestion
from core.datasets.splitting import Shares
from core.errors import NotAllowed, Refused
from core.forgetting.plan import Request
from core.people.persons import Person, add_person
from core.providers.profiles import LOCAL, Provider
from core.rating.duels import begin
from core.serving.choice import Choice
from core.settings import Outside
from core.training.runs import Run, create_run
from core.workspace import Workspace
from tests.core.forgetting.counter import CUSTOMER, Counter, opened

STAGES = (
    "curation",
    "datasets",
    "training",
    "answers",
    "rating",
    "judging",
    "calling",
    "forgetting",
    "serving",
    "people",
)
CORE = Path(__file__).parents[3] / "core"
WRITING = (".transaction(", "jobs.submit(", "follow_run(")

OTHERWISE = {
    "core.curation.library.views.delete_view": "somebody else's view is left alone without a word",
    "core.forgetting.erasing.erase": "what one may not forget is not found",
}
"""Verbs that do not say who may; they change nothing all the same."""


def verbs() -> Iterator[tuple[str, Callable[..., Any]]]:
    for path in sorted(path for stage in STAGES for path in (CORE / stage).rglob("*.py")):
        name = ".".join(("core", *path.relative_to(CORE).with_suffix("").parts))
        for called, found in inspect.getmembers(importlib.import_module(name), inspect.isfunction):
            own = found.__module__ == name and not called.startswith("_")
            if own and _takes_person(found) and any(sign in inspect.getsource(found) for sign in WRITING):
                yield f"{name}.{called}", found


def _takes_person(verb: Callable[..., Any]) -> bool:
    return any(parameter.annotation is Person for parameter in inspect.signature(verb).parameters.values())


VERBS = dict(verbs())


class Situation:
    """A workspace with something of everything, and somebody who has no role in it."""

    def __init__(self, home: Path) -> None:
        self.workspace: Workspace = open_workspace(home)
        self.store = self.workspace.store
        self.counter: Counter = opened(self.store)
        self.stranger = add_person(self.store, "stranger@example.com", "Stranger")
        owner, project = self.counter.owner, self.counter.project
        self.run = create_run(
            self.store, project, self.counter.dataset, LOCAL, "reply-picker-ngrams", 1, 1, owner
        )
        self.bulk_id = begin_bulk(
            self.store, self.workspace.jobs, project.id, Filter(), Change.TOPIC, "parcels", owner
        )
        while self.workspace.jobs.unfinished():
            time.sleep(0.02)
        begin(self.store, self.counter.study.id, self.counter.desk.ben)
        source = Source("a.csv", b"question,reply\nWhere?,There.")
        self.reading = read_file(source)
        self.upload = Upload(source, self.reading, mapping_for(self.reading, None))
        with self.store.transaction("test") as tx:
            row = {"id": 77, "project_id": project.id, "item_id": 1, "check_name": "x", "finding_key": "k"}
            tx.insert(
                "accepted_findings",
                {**row, "reason": "r", "person_id": owner.id, "accepted_at": tx.now},
            )

    def given(self, verb: Callable[..., Any]) -> dict[str, Any]:
        """Something for each parameter of a verb: by its name, else by its type."""
        hints = typing.get_type_hints(verb)
        return {
            name: self._named(name) if name in NUMBERS else self._typed(hints[name])
            for name, parameter in inspect.signature(verb).parameters.items()
            if parameter.default is inspect.Parameter.empty
        }

    def _named(self, name: str) -> int | str | None:
        sql = NUMBERS[name]
        found: int | str | None = self.store.value(sql)
        return found

    def _typed(self, kind: Any) -> Any:
        if inspect.isclass(kind) and issubclass(kind, Enum):
            return next(iter(kind))
        if kind == Sequence[Arm]:
            return arms_of(self.store, self.counter.project.id)
        made = {
            type(self.store): self.store,
            type(self.workspace.jobs): self.workspace.jobs,
            type(self.counter.project): self.counter.project,
            type(self.counter.dataset): self.counter.dataset,
            type(self.counter.study): self.counter.study,
            Run: self.run,
            Arm: arms_of(self.store, self.counter.project.id)[0],
            Person: self.stranger,
            Provider: LOCAL,
            Shares: Shares(80, 10, 10),
            Reading: self.reading,
            Upload: self.upload,
            Mapping: self.upload.mapping,
            Source: self.upload.source,
            Filter: Filter(),
            datetime: datetime.now(UTC),
            bytes: b"question,reply\nWhere?,There.",
            str: "some text",
            int: 1,
        }
        return made[kind] if kind in made else SPECIAL[kind]


NUMBERS = {
    "item_id": "select min(id) from items where state = 'waiting' or state = 'draft'",
    "reply_id": "select min(id) from replies",
    "project_id": "select min(id) from projects",
    "study_id": "select min(id) from studies",
    "duel_id": "select min(id) from duels",
    "dataset_id": "select min(id) from datasets",
    "bulk_id": "select min(id) from bulk_changes",
    "accepted_id": "select min(id) from accepted_findings",
    "view_id": "select min(id) from views",
    "erasure_id": "select 1",
}
SIDE = Side(1, 1, "Where?", (), "There.", State.APPROVED, "Anna")
SPECIAL: dict[Any, Any] = {
    Rules: Rules(),
    Finding: Finding(Check.LENGTH, list(Severity)[-1], "A sentence.", "key"),
    Pair: Pair(SIDE, SIDE, 1.0, Judged(next(iter(Relation)), 1.0), "key"),
    Request: Request(CUSTOMER),
    Suggestion: Suggestion(1, 1, "a model", "a text", taken=False),
    int | None: 1,
    Collection[int]: (),
    float: 1.0,
    Sequence[Like]: (),
    Sequence[LossMark]: (),
    Choice: Choice(1, 1, 1, 1, "A reason.", None, None, "Olga", datetime.now(UTC)),
    Wish: Wish("https://example.com/hook", by_mail=True),
    Outside: Outside(),
}


@pytest.fixture(scope="module")
def situation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Situation]:
    made = Situation(tmp_path_factory.mktemp("asks") / "home")
    yield made
    made.workspace.close()


def test_the_verbs_are_found() -> None:
    known = {"core.curation.review.approve", "core.training.runs.follow_run", "core.rating.votes.vote"}

    assert known <= set(VERBS)
    assert len(VERBS) >= len(STAGES) * 5


@pytest.mark.parametrize("name", sorted(VERBS))
def test_somebody_without_a_role_changes_nothing(situation: Situation, name: str) -> None:
    before = situation.store.digest()

    if name in OTHERWISE:
        with suppress(Refused):
            VERBS[name](**situation.given(VERBS[name]))
    else:
        with pytest.raises(NotAllowed):
            VERBS[name](**situation.given(VERBS[name]))

    assert situation.store.digest() == before


def test_parts_that_take_a_transaction_ask_too(situation: Situation) -> None:
    project_id, stranger = situation.counter.project.id, situation.stranger
    with pytest.raises(NotAllowed), situation.store.transaction("test") as tx:
        add_item(tx, project_id, NewItem("May I?"), stranger)
    with pytest.raises(NotAllowed), situation.store.transaction("test") as tx:
        write_guideline(tx, project_id, "As I like.", stranger)
