"""Seeding: the demo projects as people would have left them, with items in every state."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from core.curation.intake.mapping import Mapping
from core.curation.intake.reading import read_file
from core.curation.intake.source import source_of
from core.curation.intake.taking import prepared, take
from core.curation.intake.upload import Upload
from core.curation.items import NewItem, State, Turn, add_item, item_by_id, move
from core.curation.projects import Kind, Project, create_project, find_project, write_guideline
from core.curation.replies import Origin, add_reply
from core.people.membership import grant
from core.people.persons import Person, ensure_person
from core.people.roles import Role
from core.settings import LOCAL_EMAIL, LOCAL_NAME
from core.store.store import Store
from core.store.transaction import Transaction

DATA = Path(__file__).parents[2] / "data" / "demo"
FOLDERS = ("airport", "complaints")
SPLIT = "60/20/20"
"""Of seven wordings of a rule, four are for training, one for validation, two for testing."""

COLLEAGUES = (
    ("anna@example.com", "Anna, senior agent", Role.EXPERT),
    ("ben@example.com", "Ben, team lead", Role.REVIEWER),
    ("chris@example.com", "Chris, rater", Role.RATER),
    ("dana@example.com", "Dana, rater", Role.RATER),
    ("eva@example.com", "Eva, stakeholder", Role.VIEWER),
)


@dataclass(frozen=True)
class Cast:
    """The people of the demo."""

    owner: Person
    expert: Person
    reviewer: Person


def seed_demo(store: Store) -> list[Project]:
    """Make the demo projects that are not there yet and return all of them."""
    return [_seed(store, folder) for folder in FOLDERS]


def is_made_up(person: Person) -> bool:
    """Whether this is one of the demo's colleagues, whom anybody may play."""
    return person.email in {address for address, _, _ in COLLEAGUES}


def is_demo(project: Project) -> bool:
    """Whether this is one of the demo projects."""
    return project.name in {_about(folder)["name"] for folder in FOLDERS}


@cache
def _about(folder: str) -> dict[str, Any]:
    """What a demo project is called, and what an ideal reply is in it."""
    about: dict[str, Any] = json.loads((DATA / folder / "project.json").read_text(encoding="utf-8"))
    return about


def _seed(store: Store, folder: str) -> Project:
    about = _about(folder)
    found = find_project(store, about["name"])
    if found is not None:
        return found
    with store.transaction(LOCAL_EMAIL) as tx:
        owner = ensure_person(tx, LOCAL_EMAIL, LOCAL_NAME)
        project = create_project(
            tx,
            about["name"],
            owner,
            kind=Kind(about["kind"]),
            instructions=about["instructions"],
            labels=tuple(about["labels"]),
        )
        cast = _people(tx, project, owner)
        write_guideline(tx, project.id, (DATA / folder / "guideline.md").read_text(encoding="utf-8"), owner)
        _approved(tx, store, project, folder, owner)
        for line in _lines(folder, "desk.jsonl"):
            _desk_item(tx, project, line, cast)
    return project


def _people(tx: Transaction, project: Project, owner: Person) -> Cast:
    grant(tx, project.id, owner, Role.RATER)
    colleagues = [ensure_person(tx, address, name) for address, name, _ in COLLEAGUES]
    for person, (_, _, role) in zip(colleagues, COLLEAGUES, strict=True):
        grant(tx, project.id, person, role)
    return Cast(owner, colleagues[0], colleagues[1])


def _approved(tx: Transaction, store: Store, project: Project, folder: str, owner: Person) -> None:
    """The golden replies come in as a file would."""
    pairs = _rule_pairs(folder) if project.kind is Kind.REPLY else _label_pairs(folder)
    name = f"{folder}.jsonl"
    data = "".join(json.dumps(pair, ensure_ascii=False) + "\n" for pair in pairs).encode()
    source = source_of(name, data)
    mapping = Mapping(question="question", reply="reply", topic="topic")
    upload = Upload(source, read_file(source), mapping, State.APPROVED)
    with prepared(store, project, upload, owner) as ready:
        take(tx, store, project, ready, owner)


def _rule_pairs(folder: str) -> Iterable[dict[str, Any]]:
    for rule in _lines(folder, "rules.jsonl"):
        for question in rule["questions"]:
            yield {"question": question, "reply": rule["reply"], "topic": rule["topic"]}


def _label_pairs(folder: str) -> Iterable[dict[str, Any]]:
    for line in _lines(folder, "complaints.jsonl"):
        yield {"question": line["text"], "reply": line["label"], "topic": ""}


def _desk_item(tx: Transaction, project: Project, line: dict[str, Any], cast: Cast) -> None:
    earlier = line.get("conversation", [])[:-1]
    new = NewItem(
        line["question"],
        tuple(Turn(turn["role"], turn["content"]) for turn in earlier),
        line["topic"],
        line["ticket"],
        line["customer"],
    )
    item = add_item(tx, project.id, new, cast.owner)
    state = State(line["state"])
    if state is State.DRAFT and line["reply"]:
        move(tx, item, State.DRAFT, cast.expert, "began")
        draft = {"item_id": item.id, "person_id": cast.expert.id, "text": line["reply"], "saved_at": tx.now}
        tx.insert("drafts", draft)
    if state in {State.SUBMITTED, State.RETURNED}:
        reply_id = add_reply(tx, item, line["reply"], cast.expert, Origin.WRITTEN)
        move(tx, item, State.SUBMITTED, cast.expert, "submitted", reply_id=reply_id)
    if state is State.RETURNED:
        decision = {
            "reviewer_id": cast.reviewer.id,
            "decided_at": tx.now,
            "decision": State.RETURNED.value,
            "reason": line["reason"],
            "comment": line["comment"],
        }
        tx.update("replies", {"id": reply_id}, decision)
        move(
            tx,
            item_by_id(tx, item.id),
            State.RETURNED,
            cast.reviewer,
            "returned",
            reason=line["reason"],
            comment=line["comment"],
        )


def _lines(folder: str, name: str) -> list[dict[str, Any]]:
    text = (DATA / folder / name).read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines() if line.strip()]
