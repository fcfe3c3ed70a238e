"""An upload: a file on its way in, how it is read, and what is to become of its rows."""

from dataclasses import dataclass

from core.curation.intake.mapping import Mapping
from core.curation.intake.reading import AS_IT_COMES, Wanted
from core.curation.intake.sieve import Sieve
from core.curation.intake.source import Source
from core.curation.intake.table import Reading, Rejected
from core.curation.items import State


@dataclass(frozen=True)
class Upload:
    """A file, how it is read, and what becomes of rows with a reply.

    Rows without a reply wait. A row with a reply is submitted, its author the import itself; with
    `State.WAITING` it waits and its reply is the importing person's draft; with `State.APPROVED` it is
    approved by that person.
    """

    source: Source
    reading: Reading
    mapping: Mapping
    target: State = State.SUBMITTED
    wanted: Wanted = AS_IT_COMES


@dataclass(frozen=True)
class ImportReport:
    """What an import did, or would do; `rows` = `taken` + `duplicates` + the rejected ones, always."""

    rows: int
    taken: int
    with_reply: int
    duplicates: int
    rejected: tuple[Rejected, ...]
    notes: tuple[str, ...]


def report_of(sieve: Sieve) -> ImportReport:
    """What a pass over a file found, once it is over."""
    rejected = tuple(sorted(sieve.rejected))
    return ImportReport(sieve.rows, sieve.taken, sieve.with_reply, sieve.duplicates, rejected, sieve.notes())
