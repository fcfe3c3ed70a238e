"""A counter of customers: one with their items in every corner of a workspace, among others who stay."""

from dataclasses import dataclass
from pathlib import Path

import duckdb

from core.answers.arms import Arm, ArmKind, arm_by_id
from core.curation import review, writing
from core.curation.guidelines import change_guideline
from core.curation.intake.intake import import_file
from core.curation.intake.mapping import mapping_for
from core.curation.intake.reading import read_file
from core.curation.intake.source import Source
from core.curation.intake.upload import Upload
from core.curation.items import State
from core.curation.library.filter import Filter
from core.curation.library.views import save_view
from core.curation.projects import Project
from core.datasets.splitting import Shares, Split
from core.datasets.versions import Dataset, freeze, rows_of
from core.people.membership import grant
from core.people.persons import Person
from core.people.roles import Role
from core.rating.studies import Study, fix_prompts, open_study
from core.store.store import Store
from tests.core.curation.desk import Desk, open_desk

CUSTOMER = "C-4711"
NAME = "Zebedee Quuxly"
ADDRESS = "zebedee@quuxly.example"
THEIRS = ("Quuxly", "quuxly.example", CUSTOMER, "c-4711", "purple accordion", "trombone", "T-900")
"""What stands nowhere any more once the customer is forgotten."""

ROWS = (
    ("Where is my purple accordion?", "Dear Mr Quuxly, your purple accordion is found.", CUSTOMER, "T-9001"),
    ("And my trombone, is it lost as well?", "Dear Mr Quuxly, the trombone waits here.", CUSTOMER, "T-9002"),
    ("Are lost trombone cases kept for long?", "We keep a trombone case ninety days.", CUSTOMER, "T-9001"),
)


@dataclass(frozen=True)
class Counter:
    """The workspace and what is in it."""

    desk: Desk
    project: Project
    dataset: Dataset
    study: Study
    owner: Person

    @property
    def store(self) -> Store:
        return self.desk.store


def opened(store: Store) -> Counter:
    """Items imported, written, returned and approved; a dataset, answers that repeat replies, a study."""
    desk = open_desk(store)
    project, owner = desk.project, desk.olga
    lines = ["question,reply,customer,ticket", *(",".join(f'"{cell}"' for cell in row) for row in ROWS)]
    lines += [
        f'"What about parcel {n} at gate {n}?","Parcel {n} waits at gate {n}.","C-1{n}",' for n in range(20)
    ]
    data = "\n".join(lines).encode()
    source = Source(f"{NAME}.csv", data)
    reading = read_file(source)
    import_file(store, project, Upload(source, reading, mapping_for(reading, None), State.APPROVED), owner)
    own = desk.asked(f"I am {NAME}, write to {ADDRESS}.", ticket="T-9003", customer=CUSTOMER.lower())
    writing.save_draft(store, own.id, "Dear Mr Quuxly, about your trombone", desk.anna)
    other = desk.submitted("My neighbour Zebedee Quuxly says you found it?", "We tell nobody but him.")
    review.send_back(store, other.id, review.Reason.TONE, "Do not mention Quuxly.", desk.ben)
    change_guideline(store, project.id, f"Be kind, even to {NAME}.", owner, 0)
    save_view(store, project.id, "About Quuxly", Filter(), desk.ben)
    with store.transaction(owner.email) as tx:
        grant(tx, project.id, desk.ben, Role.RATER)
    dataset = freeze(store, project, Shares(50, 0, 50), 1, owner)
    arms = [_arm(store, project, kind) for kind in (ArmKind.BASE, ArmKind.TUNED)]
    _answer(store, dataset, arms)
    study = fix_prompts(store, open_study(store, project, dataset, arms[0], arms[1], owner).id)
    return Counter(desk, project, dataset, study, owner)


def everything(home: Path) -> dict[str, str]:
    """All that stands in the files of a closed workspace, unpacked where they are packed."""
    found = {}
    for path in sorted(home.rglob("*")):
        if not path.is_file():
            continue
        data = path.read_bytes()
        found[str(path.relative_to(home))] = data.decode("latin-1") + data.decode("utf-8", "replace")
        if data.startswith(b"PAR1"):
            found[f"{path.name} unpacked"] = _unpacked(f"from read_parquet('{path}')")
        elif path.suffix == ".duckdb" or ".duckdb.broken" in path.name:
            with duckdb.connect(str(path), read_only=True) as database:
                names = [
                    name for (name,) in database.execute("select table_name from duckdb_tables()").fetchall()
                ]
                found[f"{path.name} unpacked"] = "\n".join(
                    str(database.execute(f"from {name}").fetchall()) for name in names
                )
    return found


def traces(home: Path) -> list[str]:
    """In which files something of the customer still stands, and what."""
    return [f"{name}: {word}" for name, text in everything(home).items() for word in THEIRS if word in text]


def _unpacked(sql: str) -> str:
    with duckdb.connect() as nothing:
        return str(nothing.execute(sql).fetchall())


def _arm(store: Store, project: Project, kind: ArmKind) -> Arm:
    with store.transaction("test") as tx:
        arm_id = tx.new_id("arms")
        row = {"id": arm_id, "project_id": project.id, "kind": kind.value, "name": f"Run 1, {kind.value}"}
        rest = {"provider": "local", "model": f"model-{kind.value}", "instructions": "", "created_at": tx.now}
        tx.insert("arms", {**row, **rest})
        return arm_by_id(tx, arm_id)


def _answer(store: Store, dataset: Dataset, arms: list[Arm]) -> None:
    """The first arm repeats a reply to the customer word for word, whatever is asked."""
    with store.transaction("test") as tx:
        for row in rows_of(store, dataset.id, Split.TEST):
            for arm, text in zip(arms, (ROWS[0][1], f"Answer {row.item_id}."), strict=True):
                key = {"dataset_id": dataset.id, "arm_id": arm.id, "item_id": row.item_id}
                said = {"text": text, "matched_question": ROWS[1][0], "answered_at": tx.now}
                tx.insert("answers", {**key, **said})
