"""Intake: the rows of a file become items with their replies, in one transaction; the file itself is kept."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from core.curation.intake.arrival import Arrival, Arrivals, Progress, arrivals
from core.curation.intake.loading import load_items
from core.curation.intake.mapping import Mapping, check_mapping
from core.curation.intake.reading import plain_name
from core.curation.intake.table import Rejected, Table, counted
from core.curation.items import State
from core.curation.projects import Project
from core.errors import NotAllowed, Refused
from core.people.persons import Person
from core.people.roles import Action, Role, require, roles_of
from core.store.database import Reader
from core.store.store import Store
from core.store.transaction import Transaction
from core.text.fingerprint import normalised

TARGETS = (State.WAITING, State.SUBMITTED, State.APPROVED)


@dataclass(frozen=True)
class ImportPlan:
    """What an import would do; `rows` = `taken` + `duplicates` + the rejected ones, always."""

    rows: int
    taken: int
    with_reply: int
    duplicates: int
    rejected: tuple[Rejected, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True)
class ImportReport:
    """What an import did; `rows` = `taken` + `duplicates` + the rejected ones, always."""

    import_id: int
    format: str
    encoding: str
    rows: int
    taken: int
    with_reply: int
    duplicates: int
    rejected: tuple[Rejected, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True)
class Upload:
    """A file on its way in: its name and bytes, and how it is read."""

    name: str
    data: bytes
    table: Table
    mapping: Mapping


@dataclass(frozen=True)
class PreviewRow:
    """One row as it would arrive, or why it would not."""

    line: int
    arrival: Arrival | None
    problem: Rejected | None


@dataclass(frozen=True)
class _Sorted:
    new: list[Arrival]
    duplicates: int
    notes: list[str]


def preview(project: Project, table: Table, mapping: Mapping, limit: int = 5) -> tuple[PreviewRow, ...]:
    """The first rows as they would arrive.

    Raises:
        Refused: the mapping names a column that the file lacks.
    """
    first = Table(
        table.name, table.format, table.encoding, table.columns, table.rows[:limit], table.rejected[:limit]
    )
    found = arrivals(project, first, mapping)
    rows = [PreviewRow(one.line, one, None) for one in found.taken]
    rows += [PreviewRow(one.line, None, one) for one in found.rejected]
    return tuple(sorted(rows, key=lambda row: row.line)[:limit])


def plan_import(reader: Reader | Store, project: Project, table: Table, mapping: Mapping) -> ImportPlan:
    """Say what an import would do, and do nothing.

    Raises:
        Refused: the mapping names a column that the file lacks.
    """
    found = arrivals(project, table, mapping)
    sorted_out = _sort(reader, project, found.taken)
    return ImportPlan(
        _count(table),
        len(sorted_out.new),
        sum(one.reply is not None for one in sorted_out.new),
        sorted_out.duplicates,
        found.rejected,
        (*table.notes, *sorted_out.notes),
    )


def import_file(
    store: Store,
    project: Project,
    file_name: str,
    data: bytes,
    table: Table,
    mapping: Mapping,
    person: Person,
    target: State = State.SUBMITTED,
    progress: Progress | None = None,
) -> ImportReport:
    """Take the rows of a file into a project; all that can be taken, or, where it fails, nothing.

    Rows without a reply wait. A row with a reply is submitted, its author the import itself; with
    `State.WAITING` it waits and its reply is the importing person's draft; with `State.APPROVED` it is
    approved by that person.

    Args:
        store: the store.
        project: where the items go.
        file_name: the file's name.
        data: its bytes, kept as they are.
        table: what `read_file` made of them.
        mapping: which column is what.
        person: who imports.
        target: what becomes of a row with a reply.
        progress: told how many of how many rows are done.

    Raises:
        NotAllowed: the person may not import here, or approves without owning the project.
        Refused: the mapping names a column that the file lacks.
    """
    may_import(store, project, person, target)
    check_mapping(table, mapping)
    found = arrivals(project, table, mapping, progress)
    upload = Upload(plain_name(file_name), data, table, mapping)
    with store.transaction(person.email) as tx:
        report = take(tx, store, project, upload, found, person, target)
    if progress is not None:
        progress(len(table.rows), len(table.rows))
    return report


def take(
    tx: Transaction,
    store: Store,
    project: Project,
    upload: Upload,
    found: Arrivals,
    person: Person,
    target: State,
) -> ImportReport:
    """Take arrivals that are checked already, inside the caller's transaction.

    Raises:
        NotAllowed: the person may not import here, or approves without owning the project.
    """
    may_import(tx, project, person, target)
    table = upload.table
    sorted_out = _sort(tx, project, found.taken)
    kept = store.blobs.put(upload.data)
    import_id = tx.new_id("imports")
    with_reply = load_items(tx, project, import_id, sorted_out.new, person, target)
    tx.insert(
        "imports",
        {
            "id": import_id,
            "project_id": project.id,
            "file_name": upload.name,
            "file_blob": kept,
            "format": table.format,
            "encoding": table.encoding,
            "mapping": json.dumps(asdict(upload.mapping), ensure_ascii=False),
            "target_state": target.value,
            "row_count": _count(table),
            "taken": len(sorted_out.new),
            "duplicates": sorted_out.duplicates,
            "rejected": json.dumps([asdict(one) for one in found.rejected], ensure_ascii=False),
            "person_id": person.id,
            "created_at": tx.now,
        },
    )
    return ImportReport(
        import_id,
        table.format,
        table.encoding,
        _count(table),
        len(sorted_out.new),
        with_reply,
        sorted_out.duplicates,
        found.rejected,
        (*table.notes, *sorted_out.notes),
    )


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


def _count(table: Table) -> int:
    return len(table.rows) + len(table.rejected)


def _sort(reader: Reader | Store, project: Project, found: Sequence[Arrival]) -> _Sorted:
    """Tell what is new from what is in the project, or earlier in the file, already."""
    there = _there(reader, project, [one.fingerprint for one in found])
    new: list[Arrival] = []
    other_replies = 0
    for one in found:
        if one.fingerprint not in there:
            there[one.fingerprint] = one.reply
            new.append(one)
        elif _differs(one.reply, there[one.fingerprint]):
            other_replies += 1
    notes = []
    cleaned = sum(one.cleaned for one in found)
    if cleaned:
        notes.append(f"Control characters were removed from {counted(cleaned, 'row')}.")
    if other_replies:
        notes.append(
            f"{counted(other_replies, 'duplicate')} with a reply other than the one that is there: the first "
            "stays, the others are in the kept file only."
        )
    return _Sorted(new, len(found) - len(new), notes)


def _differs(reply: str | None, there: str | None) -> bool:
    if reply is None or reply == there:
        return False
    return normalised(reply) != normalised(there or "")


def _there(reader: Reader | Store, project: Project, fingerprints: list[str]) -> dict[str, str | None]:
    """Which of the fingerprints the project has, each with its item's reply."""
    rows = reader.rows(
        "select i.fingerprint, any_value(r.text) from items i left join replies r on r.id = i.reply_id "
        "where i.project_id = ? and i.fingerprint in (select unnest(?::varchar[])) group by i.fingerprint",
        project.id,
        fingerprints,
    )
    return dict(rows)
