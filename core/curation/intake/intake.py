"""Intake: the rows of a file become items with their replies, all or none; the file itself is kept."""

from dataclasses import dataclass
from itertools import islice

from core.curation.intake.arrival import Arrival, Checker
from core.curation.intake.mapping import Mapping, check_mapping
from core.curation.intake.sieve import Sieve, Tell
from core.curation.intake.table import Reading, Rejected, Tally
from core.curation.intake.taking import may_import, prepared, take
from core.curation.intake.upload import ImportReport, Upload, report_of
from core.curation.projects import Project
from core.people.persons import Person
from core.store.database import Reader
from core.store.store import Store


@dataclass(frozen=True)
class PreviewRow:
    """One row as it would arrive, or why it would not."""

    line: int
    arrival: Arrival | None
    problem: Rejected | None


def preview(project: Project, reading: Reading, mapping: Mapping, limit: int = 5) -> tuple[PreviewRow, ...]:
    """The first rows as they would arrive.

    Raises:
        Refused: the mapping names a column that the file lacks.
    """
    check_mapping(reading, mapping)
    tally = Tally()
    checker = Checker(project, reading, mapping, tally)
    rows = islice(reading.read(checker.columns, tally), limit)
    checked = (row if isinstance(row, Rejected) else checker.check(row) for row in rows)
    return tuple(
        PreviewRow(one.line, None, one) if isinstance(one, Rejected) else PreviewRow(one.line, one, None)
        for one in checked
    )


def plan_import(
    reader: Reader | Store, project: Project, reading: Reading, mapping: Mapping, tell: Tell | None = None
) -> ImportReport:
    """Say what an import would do, and do nothing.

    Raises:
        Refused: the mapping names a column that the file lacks.
    """
    sieve = Sieve(reader, project, reading, mapping, tell)
    for _ in sieve.parts():
        pass
    return report_of(sieve)


def import_file(
    store: Store, project: Project, upload: Upload, person: Person, tell: Tell | None = None
) -> ImportReport:
    """Take the rows of a file into a project; all that can be taken, or, where it fails, nothing.

    Args:
        store: the store.
        project: where the items go.
        upload: the file.
        person: who imports.
        tell: told how many rows are done; what it raises stops the import.

    Raises:
        NotAllowed: the person may not import here, or approves without owning the project.
        Refused: the mapping names a column that the file lacks.
        Conflict: somebody added the same questions meanwhile.
    """
    may_import(store, project, person, upload.target)
    with prepared(store, project, upload, person, tell) as ready, store.transaction(person.email) as tx:
        return take(tx, store, project, ready, person)
