"""The book of batches: every change of state is one conditional update."""

import json
import time
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

from core.engine.batches.records import BatchProblem, BatchRecord, BatchRequest, Tally
from core.engine.database import Database
from core.engine.errors import ApiError, not_found
from core.engine.files import insert_file
from core.engine.ids import new_id
from core.engine.records import FileRecord

_UNENDED = ("validating", "in_progress", "finalizing", "cancelling")
_WINDOW_SECONDS = {"24h": 24 * 3600}


@dataclass(frozen=True)
class BatchBook:
    """Batches by id."""

    database: Database

    def create(self, request: BatchRequest) -> BatchRecord:
        """Write a batch down; when this returns it will be worked off, also after a crash."""
        batch_id = new_id("batch", "_")
        now = int(time.time())
        with self.database.transaction() as tx:
            tx.execute(
                "INSERT INTO batches (id, created_at, expires_at, status, endpoint, input_file,"
                " completion_window, metadata, output_seconds) VALUES (?, ?, ?, 'validating', ?, ?, ?, ?, ?)",
                (
                    batch_id,
                    now,
                    now + _WINDOW_SECONDS[request.completion_window],
                    request.endpoint,
                    request.input_file,
                    request.completion_window,
                    json.dumps(request.metadata, ensure_ascii=False),
                    request.output_seconds,
                ),
            )
        return self.get(batch_id)

    def get(self, batch_id: str) -> BatchRecord:
        """One batch.

        Raises:
            ApiError: there is none of that id.
        """
        row = self.database.row("SELECT * FROM batches WHERE id = ?", (batch_id,))
        if row is None:
            raise not_found("batch", batch_id, "batch_id")
        return BatchRecord.from_row(row)

    def page(self, after: str | None, limit: int) -> list[BatchRecord]:
        """Up to `limit` batches older than `after`, newest first."""
        if after is None:
            rows = self.database.rows("SELECT * FROM batches ORDER BY seq DESC LIMIT ?", (limit,))
        else:
            sql = (
                "SELECT * FROM batches WHERE seq < (SELECT seq FROM batches WHERE id = ?)"
                " ORDER BY seq DESC LIMIT ?"
            )
            rows = self.database.rows(sql, (self.get(after).id, limit))
        return [BatchRecord.from_row(row) for row in rows]

    def unended(self) -> list[BatchRecord]:
        """Batches that have work left, oldest first."""
        marks = ", ".join("?" * len(_UNENDED))
        rows = self.database.rows(f"SELECT * FROM batches WHERE status IN ({marks}) ORDER BY seq", _UNENDED)
        return [BatchRecord.from_row(row) for row in rows]

    def begin(self, batch_id: str, total: int, model: str | None) -> bool:
        """The input file is good. `model` is the one that all requests ask, if it is one."""
        return self._move(batch_id, ("validating",), "in_progress", {"total": total, "model": model})

    def fail(self, batch_id: str, problems: Iterable[BatchProblem]) -> bool:
        """The input file cannot be used; nothing of it was answered."""
        told = json.dumps([asdict(problem) for problem in problems], ensure_ascii=False)
        return self._move(batch_id, ("validating",), "failed", {"errors": told})

    def count(self, batch_id: str, tally: Tally) -> None:
        """Say how far the batch is."""
        with self.database.transaction() as tx:
            tx.execute(
                "UPDATE batches SET completed = :completed, failed = :failed, input_tokens = :input_tokens,"
                " output_tokens = :output_tokens WHERE id = :id",
                {**asdict(tally), "id": batch_id},
            )

    def finalize(self, batch_id: str) -> bool:
        """Every request is answered or given up; the results are about to become files."""
        return self._move(batch_id, ("in_progress",), "finalizing", {})

    def end(self, batch_id: str, status: str, output: FileRecord | None, error: FileRecord | None) -> bool:
        """End a batch; its results become known in the same moment."""
        changes = {"output_file": output.id if output else None, "error_file": error.id if error else None}
        made = [record for record in (output, error) if record is not None]
        return self._move(batch_id, ("finalizing", "cancelling"), status, changes, made)

    def cancel(self, batch_id: str) -> BatchRecord:
        """Ask for a batch to be ended with what it has; one that is being cancelled already stays so.

        Raises:
            ApiError: there is no such batch, or it has ended or is about to.
        """
        batch = self.get(batch_id)
        if not self._cancelled(batch):
            status = self.get(batch_id).status.replace("_", " ")
            message = f"The batch cannot be cancelled any more: it is {status}."
            raise ApiError(400, message, code="batch_already_ended", param="batch_id")
        return self.get(batch_id)

    def _cancelled(self, batch: BatchRecord) -> bool:
        """Where nothing has been answered nothing needs to be gathered: it is over at once."""
        at_once = {"cancelling_at": int(time.time())}
        return (
            batch.status == "cancelling"
            or self._move(batch.id, ("validating",), "cancelled", at_once)
            or self._move(batch.id, ("in_progress",), "cancelling", {})
        )

    def _move(
        self,
        batch_id: str,
        before: tuple[str, ...],
        status: str,
        changes: dict[str, Any],
        files: Iterable[FileRecord] = (),
    ) -> bool:
        """Change the state if it is one of `before`; the moment is written down with it."""
        values = {"status": status, f"{status}_at": int(time.time()), **changes}
        marks = ", ".join("?" * len(before))
        with self.database.transaction() as tx:
            moved = tx.execute(
                f"UPDATE batches SET {', '.join(f'{name} = ?' for name in values)}"
                f" WHERE id = ? AND status IN ({marks})",
                (*values.values(), batch_id, *before),
            ).rowcount
            for record in files if moved else ():
                insert_file(tx, record)
        return bool(moved)
