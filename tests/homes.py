"""Workspaces that the tests of pages and of the whole app start from, made by the product's own verbs."""

import json
import os
import signal
from contextlib import suppress
from pathlib import Path

from core.answers.arms import Arm, add_model_arm
from core.application import open_workspace
from core.curation.items import NewItem, State, add_item, item_by_id, move
from core.curation.projects import Project, create_project, find_project, write_guideline
from core.curation.replies import Origin, add_reply
from core.curation.review import Reason, send_back
from core.curation.writing import submit
from core.datasets.splitting import Shares, Split
from core.datasets.versions import Dataset, freeze, rows_of
from core.demo.seed import DATA, seed_demo
from core.demo.steps import start_run, wait_for
from core.people.membership import grant
from core.people.persons import Person, add_person, find_person
from core.people.roles import Role
from core.providers.profiles import PROFILES
from core.rating.studies import fix_prompts, open_study
from core.store.store import Store
from core.store.transaction import Transaction
from core.training.runs import follow_run

FOREIGN = "foreign.example"
IMAGE = f"![picture](https://{FOREIGN}/image.png)"
TAG = f"<img src=x onerror=\"fetch('https://{FOREIGN}/script')\">"
LINK = "[press](javascript:alert(1))"
UNTRUSTED = f"{IMAGE} {TAG} {LINK}"
"""What nobody's question, reply or comment may make a browser do."""

OWNER = "local@localhost"
ANNA = "anna@example.com"
BEN = "ben@example.com"
CHRIS = "chris@example.com"
EVA = "eva@example.com"
VERA = "vera@example.com"
"""Vera is in the suspect desk alone, and may do everything there."""

DEMO = "Meridian Bay International Airport"
LABELS = "Complaint desk"
EMPTY = "Empty desk"
SUSPECT = "Suspect desk"

APPROVED = 24


def person(store: Store, email: str) -> Person:
    """Somebody of these workspaces."""
    found = find_person(store, email)
    assert found is not None, email
    return found


def seed(home: Path) -> None:
    """The two demo projects, an empty one with the same people, and the suspect desk; no work is begun."""
    store = Store(home)
    seed_demo(store)
    with store.transaction(OWNER) as tx:
        empty = create_project(tx, EMPTY, person(store, OWNER))
        roles = ((ANNA, Role.EXPERT), (BEN, Role.REVIEWER), (CHRIS, Role.RATER), (EVA, Role.VIEWER))
        for email, role in roles:
            grant(tx, empty.id, person(store, email), role)
    _suspect_desk(store)
    store.close()


def tune_suspect_desk(home: Path) -> None:
    """Freeze the suspect desk, tune it with the real engine, and open a study of other answers."""
    workspace = open_workspace(home)
    store, vera = workspace.store, person(workspace.store, VERA)
    desk = find_project(store, SUSPECT)
    assert desk is not None
    dataset = freeze(store, desk, Shares(40, 10, 50), 1, vera)
    run = start_run(workspace, desk, dataset, 1, vera)
    wait_for(workspace.jobs, follow_run(workspace.jobs, run, vera))
    first, second = [
        add_model_arm(store, desk.id, PROFILES["compatible"], f"hidden-{name}", "Answer.", vera)
        for name in ("first", "second")
    ]
    answer(store, dataset, first)
    answer(store, dataset, second)
    fix_prompts(store, open_study(store, desk, dataset, first, second, vera).id)
    workspace.close()
    stop_engine(home)


def stop_engine(home: Path) -> None:
    """End the engine of a workspace, if one runs."""
    with suppress(OSError, ValueError):
        os.kill(int(json.loads((home / "engine" / "server.json").read_text())["pid"]), signal.SIGTERM)


def _suspect_desk(store: Store) -> None:
    """A project in which every question, reply, comment and chip tries to do something in the browser."""
    owner, anna, ben = person(store, OWNER), person(store, ANNA), person(store, BEN)
    vera = add_person(store, VERA, "Vera, everything")
    questions = sorted(_questions(), key=len, reverse=True)
    with store.transaction(OWNER) as tx:
        desk = create_project(tx, SUSPECT, owner, instructions="Answer.")
        write_guideline(tx, desk.id, "Be kind.", owner)
        grant(tx, desk.id, anna, Role.EXPERT)
        grant(tx, desk.id, ben, Role.REVIEWER)
        for role in Role:
            grant(tx, desk.id, vera, role)
        for question in questions[:APPROVED]:
            _approved(tx, desk, question, anna, owner)
        returned, submitted, _ = [
            add_item(
                tx, desk.id, NewItem(f"{question} {UNTRUSTED}", (), UNTRUSTED, UNTRUSTED, UNTRUSTED), owner
            )
            for question in questions[APPROVED : APPROVED + 3]
        ]
    submit(store, submitted.id, f"Submitted. {UNTRUSTED}", anna)
    submit(store, returned.id, f"Returned. {UNTRUSTED}", vera)
    send_back(store, returned.id, Reason.TONE, f"Not like this. {UNTRUSTED}", ben)


def _questions() -> list[str]:
    lines = (DATA / "airport" / "rules.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line)["questions"][0] for line in lines]


def _approved(tx: Transaction, desk: Project, question: str, author: Person, owner: Person) -> None:
    item = add_item(tx, desk.id, NewItem(f"{question} {UNTRUSTED}", topic=UNTRUSTED), owner)
    reply = add_reply(tx, item, f"About {question[:20]} {UNTRUSTED}", author, Origin.WRITTEN)
    move(tx, item_by_id(tx, item.id), State.APPROVED, owner, "approved", reply_id=reply)


def answer(store: Store, dataset: Dataset, arm: Arm) -> None:
    """What an arm answered to each held-out question."""
    with store.transaction(VERA) as tx:
        for row in rows_of(store, dataset.id, Split.TEST):
            tx.insert(
                "answers",
                {
                    "dataset_id": dataset.id,
                    "arm_id": arm.id,
                    "item_id": row.item_id,
                    "text": f"Answer {arm.id} to {row.item_id}. {UNTRUSTED}",
                    "seconds": 0.5,
                    "answered_at": tx.now,
                },
            )
