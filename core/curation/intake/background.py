"""Imports in the background: a large file is kept, then read and taken by a job that can begin again."""

import json
import time
from dataclasses import dataclass
from typing import Any

from core.curation.intake.mapping import Mapping
from core.curation.intake.reading import Wanted, read_file
from core.curation.intake.source import source_at
from core.curation.intake.table import Rejected, Turns, Unit
from core.curation.intake.taking import description, kept_copy, may_import, prepared, take
from core.curation.intake.upload import ImportReport, Upload
from core.curation.items import State
from core.curation.projects import Project, project_by_id
from core.errors import Refused, StorageFailed
from core.jobs.jobs import Cancelled, Job, Jobs, Task, Work
from core.people.persons import Person, person_by_id
from core.store.store import Store
from core.text.figures import counted

KIND = "import"
PATIENCE = 2.0
"""Seconds that a person waits for an import to stop."""


def begin_import(store: Store, jobs: Jobs, project: Project, upload: Upload, person: Person) -> Job:
    """Keep the file, and start taking its rows in the background.

    Raises:
        NotAllowed: the person may not import here, or approves without owning the project.
        StorageFailed: the disk would not take the file; nothing is left of it.
    """
    may_import(store, project, person, upload.target)
    _forget_abandoned(store)
    copy = kept_copy(store, upload.source)
    try:
        with store.transaction(person.email) as tx:
            import_id = tx.new_id("imports")
            blob = store.blobs.adopt(copy)
            tx.insert("imports", {"id": import_id, **description(tx, project, upload, blob, person)})
    finally:
        copy.unlink(missing_ok=True)
    return jobs.submit(KIND, str(import_id), person, project.id)


def take_announced(store: Store) -> Work:
    """The background work: what was cut off begins anew; what is stopped or fails leaves nothing."""

    def work(task: Task) -> str:
        import_id = int(task.subject)
        try:
            return _take(store, import_id, task)
        except (Cancelled, Refused, StorageFailed):
            forget_import(store, import_id)
            raise

    return work


def stop_import(store: Store, jobs: Jobs, job: Job, person: Person) -> None:
    """Stop an import; nothing of it is left. One that is being written at this moment is done instead.

    Raises:
        NotAllowed: the person may not import here.
    """
    jobs.cancel(job.id, person)
    until = time.monotonic() + PATIENCE
    while jobs.get(job.id).unfinished and time.monotonic() < until:
        time.sleep(PATIENCE / 100)
    if not jobs.get(job.id).unfinished:
        forget_import(store, int(job.subject))


def forget_import(store: Store, import_id: int) -> None:
    """Remove an announced import that will not happen, and its file unless another import has the same."""
    with store.transaction("system") as tx:
        blob = tx.value("select file_blob from imports where id = ? and row_count is null", import_id)
        if blob is not None:
            tx.delete("imports", {"id": import_id})
    with store.transaction("system") as tx:
        if blob is not None and not tx.value("select count(*) from imports where file_blob = ?", blob):
            store.blobs.path(blob).unlink(missing_ok=True)


@dataclass(frozen=True)
class Finished:
    """An import that was done: of which file, what its rows' numbers count, what became of replies."""

    file_name: str
    unit: Unit
    target: State
    report: ImportReport


def finished_import(store: Store, import_id: int) -> Finished | None:
    """What an import did, or None while it has not."""
    row = store.row(
        "select file_name, choices, target_state, row_count, taken, with_reply, duplicates, rejected, notes "
        "from imports where id = ? and row_count is not null",
        import_id,
    )
    if row is None:
        return None
    name, choices, target, rows, taken, with_reply, duplicates, rejected, notes = row
    listed = tuple(Rejected(**one) for one in json.loads(rejected))
    said = tuple(json.loads(notes or "[]"))
    report = ImportReport(rows, taken, with_reply or 0, duplicates, listed, said)
    return Finished(name, Unit(json.loads(choices or "{}").get("unit", Unit.LINE)), State(target), report)


def sentence(report: ImportReport) -> str:
    """What an import did, in one sentence."""
    return (
        f"{report.taken:,} of {counted(report.rows, 'row')} taken, {report.duplicates:,} known already, "
        f"{len(report.rejected):,} rejected."
    )


def _forget_abandoned(store: Store) -> None:
    """Forget what was announced long ago and has no work under way: it was stopped as it began."""
    abandoned = store.rows(
        "select id from imports i where row_count is null and created_at < now() - interval 1 hour "
        "and not exists (select 1 from jobs j where j.kind = ? and j.subject = i.id::varchar "
        "and j.state in ('queued', 'running'))",
        KIND,
    )
    for (import_id,) in abandoned:
        forget_import(store, import_id)


def _take(store: Store, import_id: int, task: Task) -> str:
    done = finished_import(store, import_id)
    if done is not None:
        return sentence(done.report)
    project, person, upload = _announced(store, import_id)
    total = 0

    def tell(rows: int, share: float | None) -> None:
        nonlocal total
        total = max(total, round(rows / share)) if share else total
        task.progress(rows, total or None, f"{rows:,} rows read")

    with prepared(store, project, upload, person, tell, announced=import_id) as ready:
        task.progress(ready.sieve.rows, None, f"{ready.sieve.taken:,} new items are being written")
        with store.transaction(person.email) as tx:
            return sentence(take(tx, store, project, ready, person))


def _announced(store: Store, import_id: int) -> tuple[Project, Person, Upload]:
    """What was announced, read again from the file that is kept."""
    row = store.row(
        "select project_id, person_id, file_name, file_blob, mapping, choices, target_state "
        "from imports where id = ?",
        import_id,
    )
    if row is None:
        raise Refused("This import was stopped before it began. Nothing was imported.")
    project_id, person_id, name, blob, mapping, choices, target = row
    source = source_at(store.blobs.checked_path(blob), name)
    wanted = _wanted(json.loads(choices or "{}"))
    upload = Upload(source, read_file(source, wanted), Mapping.from_json(mapping), State(target), wanted)
    return project_by_id(store, project_id), person_by_id(store, person_id), upload


def _wanted(kept: dict[str, Any]) -> Wanted:
    return Wanted(Turns(kept.get("turns", Turns.LAST)), kept.get("sheet"), kept.get("encoding"))
