"""Taking: a file is read while everybody else may write, and its rows then arrive in one transaction."""

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from core.curation.intake.arrival import Arrival
from core.curation.intake.loading import Arrivals, Written, new_numbers, write_part
from core.curation.intake.sieve import Sieve, Tell, replies_there
from core.curation.intake.source import Source
from core.curation.intake.upload import ImportReport, Upload, report_of
from core.curation.items import State
from core.curation.projects import Project
from core.errors import Conflict, NotAllowed, Refused, StorageFailed
from core.people.persons import IMPORT_EMAIL, Person, ensure_person
from core.people.roles import Action, Role, require, roles_of
from core.store.database import Reader, quoted
from core.store.store import Store
from core.store.transaction import Transaction

TARGETS = (State.WAITING, State.SUBMITTED, State.APPROVED)
IMPORT_NAME = "Import"
COPIED_AT_ONCE = 1 << 20


@dataclass
class Prepared:
    """A file that is read, with its rows at hand or, where there are many, in files beside the blobs.

    Attributes:
        upload: the file.
        sieve: what the pass over it found.
        since: the number the next item had when the pass began.
        announced: the number of the import that was announced before.
        held: the last part of its rows.
        arrivals: how the rows arrive, once a part was written.
        written: the files of the parts before, by table.
        copy: a copy of the file itself, unless it is kept already.
    """

    upload: Upload
    sieve: Sieve
    since: int
    announced: int | None
    held: list[Arrival] = field(default_factory=list)
    arrivals: Arrivals | None = None
    written: list[Written] = field(default_factory=list)
    copy: Path | None = None


def may_import(reader: Reader | Store, project: Project, person: Person, target: State) -> None:
    """Let the person import with this target, or not.

    Raises:
        NotAllowed: the person may not.
        Refused: imported items cannot arrive in this state.
    """
    if target not in TARGETS:
        states = ", ".join(state.value for state in TARGETS)
        raise Refused(f"Imported items cannot arrive as {target.value}; choose one of {states}.")
    require(reader, project.id, person, Action.IMPORT)
    if target is State.APPROVED and Role.OWNER not in roles_of(reader, project.id, person.id):
        raise NotAllowed(
            f"Only an owner of {project.name} may import replies as approved, and {person.name} is none. "
            "Import them as submitted, and let somebody review them. Nothing was imported."
        )


@contextmanager
def prepared(
    store: Store,
    project: Project,
    upload: Upload,
    person: Person,
    tell: Tell | None = None,
    announced: int | None = None,
) -> Iterator[Prepared]:
    """Read, check and sort a whole file; `take` then takes it.

    Of a large file all parts but the last are written beside the blobs, with numbers set aside for their
    rows; where the import then fails, these numbers are never used.

    Args:
        store: the store.
        project: where the items go; it may be yet to be made under this number.
        upload: the file.
        person: who imports.
        tell: told of the progress; what it raises stops the work, and nothing is left.
        announced: the number of an import that was announced before, with its file.

    Raises:
        Refused: the mapping names a column that the file lacks.
    """
    sieve = Sieve(store, project, upload.reading, upload.mapping, tell)
    since = store.value("select next_id from counters where table_name = 'items'") or 1
    ready = Prepared(upload, sieve, since, announced)
    try:
        for part, is_last in sieve.parts():
            ready.held = part
            if part and not is_last:
                _write_held(store, project, ready, person)
        if announced is None:
            ready.copy = kept_copy(store, upload.source)
        yield ready
    finally:
        for path in (*(one.path for one in ready.written), ready.copy):
            if path is not None:
                path.unlink(missing_ok=True)


def take(tx: Transaction, store: Store, project: Project, ready: Prepared, person: Person) -> ImportReport:
    """Take a prepared file inside the caller's transaction.

    Raises:
        NotAllowed: the person may not import here, or approves without owning the project.
        Conflict: somebody added questions of a part that is written already.
    """
    target = ready.upload.target
    may_import(tx, project, person, target)
    _leave_out_what_came_meanwhile(tx, project, ready)
    arrivals = ready.arrivals or _arrivals(tx, project, ready, person)
    if ready.held:
        ready.written += write_part(store.blobs, ready.held, arrivals, new_numbers(tx, ready.held, target))
    for one in ready.written:
        tx.load_file(one.table, one.path, one.columns)
    report = report_of(ready.sieve)
    outcome = _outcome(report)
    if ready.announced is not None:
        tx.update("imports", {"id": ready.announced}, outcome)
    elif ready.copy is not None:
        blob = store.blobs.adopt(ready.copy)
        described = description(tx, project, ready.upload, blob, person)
        tx.insert("imports", {"id": arrivals.import_id, **described, **outcome})
    return report


def kept_copy(store: Store, source: Source) -> Path:
    """A copy of the file beside the blobs, to become one of them.

    Raises:
        StorageFailed: the disk would not take it.
    """
    path = store.blobs.temporary()
    try:
        with source.open() as file, path.open("wb") as copy:
            shutil.copyfileobj(file, copy, COPIED_AT_ONCE)
    except OSError as error:
        path.unlink(missing_ok=True)
        raise StorageFailed(
            f"Nothing was imported: the workspace could not take {source.name} ({error.strerror}). Free some "
            "disk space and import it again."
        ) from error
    return path


def description(
    tx: Transaction, project: Project, upload: Upload, blob: str, person: Person
) -> dict[str, Any]:
    """An import as the store keeps it, before it is known what comes of it."""
    return {
        "project_id": project.id,
        "file_name": upload.reading.name,
        "file_blob": blob,
        "format": upload.reading.format,
        "encoding": upload.reading.encoding,
        "mapping": upload.mapping.to_json(),
        "choices": json.dumps({**asdict(upload.wanted), "unit": upload.reading.unit}, ensure_ascii=False),
        "target_state": upload.target.value,
        "person_id": person.id,
        "created_at": tx.now,
    }


def _outcome(report: ImportReport) -> dict[str, Any]:
    return {
        "row_count": report.rows,
        "taken": report.taken,
        "with_reply": report.with_reply,
        "duplicates": report.duplicates,
        "rejected": json.dumps([one._asdict() for one in report.rejected], ensure_ascii=False),
        "notes": json.dumps(report.notes, ensure_ascii=False),
    }


def _write_held(store: Store, project: Project, ready: Prepared, person: Person) -> None:
    """Write the part at hand, with numbers that are set aside for it; nobody waits for the writing."""
    with store.transaction(person.email) as tx:
        ready.arrivals = ready.arrivals or _arrivals(tx, project, ready, person)
        numbers = new_numbers(tx, ready.held, ready.upload.target)
    ready.written += write_part(store.blobs, ready.held, ready.arrivals, numbers)
    ready.held = []


def _arrivals(tx: Transaction, project: Project, ready: Prepared, person: Person) -> Arrivals:
    author = ensure_person(tx, IMPORT_EMAIL, IMPORT_NAME)
    import_id = ready.announced if ready.announced is not None else tx.new_id("imports")
    unit, target = ready.upload.reading.unit, ready.upload.target
    return Arrivals(unit, project.id, import_id, person.id, author.id, target, tx.now)


def _leave_out_what_came_meanwhile(tx: Transaction, project: Project, ready: Prepared) -> None:
    """Count as known what somebody else added while the file was read."""
    if not tx.value("select count(*) from items where project_id = ? and id >= ?", project.id, ready.since):
        return
    for one in ready.written:
        if one.table == "items" and tx.value(
            "select count(*) from items where project_id = ? and id >= ? "
            f"and fingerprint in (select fingerprint from read_parquet({quoted(one.path)}))",
            project.id,
            ready.since,
        ):
            raise Conflict(
                "Somebody added some of the same questions while this file was read. Nothing was imported; "
                "import the file again: what is there then counts as known."
            )
    there = replies_there(tx, project, [one.fingerprint for one in ready.held], ready.since)
    ready.held = ready.sieve.without_known(ready.held, there)
