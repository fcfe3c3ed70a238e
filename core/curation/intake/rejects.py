"""The report of an import: its rejected rows as a spreadsheet, and the imports a project has had."""

import csv
import io
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from core.curation.intake.table import Rejected
from core.store.database import Reader
from core.store.store import Store
from core.text.spreadsheet import without_formula


@dataclass(frozen=True)
class PastImport:
    """One import that was done."""

    id: int
    file_name: str
    person: str
    rows: int
    taken: int
    duplicates: int
    created_at: datetime

    @property
    def rejected(self) -> int:
        """How many rows were rejected."""
        return self.rows - self.taken - self.duplicates


def rejected_csv(rejected: Iterable[Rejected]) -> bytes:
    """The rejected rows as CSV that a spreadsheet opens and never runs: UTF-8 with a byte order mark."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(["line", "field", "reason"])
    writer.writerows([one.line, without_formula(one.field), without_formula(one.reason)] for one in rejected)
    return out.getvalue().encode("utf-8-sig", "replace")


def rejected_of(reader: Reader | Store, import_id: int) -> tuple[Rejected, ...]:
    """The rejected rows of an import that was done."""
    kept = reader.value("select rejected from imports where id = ?", import_id)
    return tuple(Rejected(**one) for one in json.loads(kept or "[]"))


def past_imports(reader: Reader | Store, project_id: int, limit: int = 5) -> tuple[PastImport, ...]:
    """The latest imports of a project, newest first."""
    rows = reader.rows(
        "select i.id, i.file_name, p.name, i.row_count, i.taken, i.duplicates, i.created_at "
        "from imports i join people p on p.id = i.person_id "
        "where i.project_id = ? and i.row_count is not null order by i.id desc limit ?",
        project_id,
        limit,
    )
    return tuple(PastImport(*row) for row in rows)
