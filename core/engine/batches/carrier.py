"""Carries one batch from its input file to its results, from wherever a former engine left it."""

import hashlib
import shutil
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from core.engine.batches.book import BatchBook
from core.engine.batches.clerks import Clerks, Endpoint
from core.engine.batches.input_file import LineRequest, check_requests, read_requests
from core.engine.batches.ledger import GivenUp, Ledger
from core.engine.batches.records import BatchProblem, BatchRecord
from core.engine.files import FileShelf
from core.engine.home import Home, sync_folder
from core.engine.ids import new_id
from core.engine.records import FileRecord

OUTPUT_PURPOSE = "batch_output"
EXPIRED = GivenUp("batch_expired", "This request could not be executed before the completion window ended.")
CANCELLED = GivenUp("batch_cancelled", "The batch was cancelled before this request was executed.")
_COUNT_SECONDS = 1.0
_GIVEN_UP_TOGETHER = 1000


@dataclass
class Carrier:
    """One batch on its way. `ending` says that the engine is about to end: what is left stays as it is."""

    home: Home
    files: FileShelf
    book: BatchBook
    batch_id: str
    endpoint: Endpoint
    slots: int
    ending: threading.Event
    _counted_at: float = 0.0

    def carry(self) -> None:
        """Bring the batch to its end, or leave it where it is when the engine ends.

        Raises:
            OSError: the disk would not do its part. What is done is kept; carry the batch again.
        """
        if self._batch().status == "validating":
            self._check(self._batch())
        batch = self._batch()
        if batch.has_ended:
            return
        ledger = Ledger.opened(self._folder)
        if batch.status == "in_progress":
            clerks = Clerks(self.endpoint, ledger)
            clerks.work_off(self._left(batch, ledger), self.slots, lambda: self._goes_on(batch, ledger))
        if not self.ending.is_set():
            self._finish(batch, ledger)

    @property
    def _folder(self) -> Path:
        return self.home.batches / self.batch_id

    def _batch(self) -> BatchRecord:
        return self.book.get(self.batch_id)

    def _check(self, batch: BatchRecord) -> None:
        path = self.files.path(batch.request.input_file)
        if not path.exists():
            message = f"The input file {batch.request.input_file} is not there any more."
            self.book.fail(batch.id, [BatchProblem("input_file_missing", message)])
            return
        checked = check_requests(path, batch.request.endpoint)
        if checked.problems:
            self.book.fail(batch.id, checked.problems)
        else:
            self.book.begin(batch.id, checked.total, checked.model)

    def _left(self, batch: BatchRecord, ledger: Ledger) -> Iterator[LineRequest]:
        """The requests that are not in the ledger."""
        path = self.files.path(batch.request.input_file)
        requests = read_requests(path, batch.request.endpoint)
        return (request for request in requests if request.custom_id not in ledger.done)

    def _goes_on(self, batch: BatchRecord, ledger: Ledger) -> bool:
        if self.ending.is_set():
            return False
        if time.monotonic() - self._counted_at > _COUNT_SECONDS:
            self.book.count(batch.id, ledger.tally)
            self._counted_at = time.monotonic()
        return time.time() < batch.expires_at and self._batch().status == "in_progress"

    def _finish(self, batch: BatchRecord, ledger: Ledger) -> None:
        """Give up what is left, if anything is, and make the ledger's two files known as the results."""
        if batch.status != "finalizing":
            why = CANCELLED if self._batch().status == "cancelling" else EXPIRED
            left = self._left(batch, ledger)
            while some := list(islice(left, _GIVEN_UP_TOGETHER)):
                ledger.write([(request.custom_id, why) for request in some])
        ledger.sync()
        self.book.count(batch.id, ledger.tally)
        self.book.finalize(batch.id)
        output, errors = (self._published(path, batch) for path in (ledger.output, ledger.errors))
        self.book.end(batch.id, self._end(ledger), output, errors)
        shutil.rmtree(self._folder, ignore_errors=True)

    def _end(self, ledger: Ledger) -> str:
        if self._batch().status == "cancelling":
            return "cancelled"
        return "expired" if ledger.given_up == EXPIRED.code else "completed"

    def _published(self, path: Path, batch: BatchRecord) -> FileRecord | None:
        """A second name for the same bytes: a crash before it becomes known costs nothing."""
        if not path.exists():
            return None
        now = int(time.time())
        kept = batch.request.output_seconds
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        record = FileRecord(
            new_id("file"),
            now,
            path.stat().st_size,
            f"{batch.id}_{path.name}",
            OUTPUT_PURPOSE,
            digest,
            None if kept is None else now + kept,
        )
        self.files.path(record.id).hardlink_to(path)
        sync_folder(self.home.files)
        return record
