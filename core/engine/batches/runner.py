"""Works off batches in the background: a few at a time, the oldest first."""

import logging
import shutil
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field

from core.engine.batches.book import BatchBook
from core.engine.batches.carrier import Carrier
from core.engine.batches.clerks import Endpoint
from core.engine.files import FileShelf
from core.engine.home import Home

BATCHES_AT_ONCE = 4
END_SECONDS = 5.0
_QUIET_SECONDS = 1.0
_PAUSE_AFTER_TROUBLE_SECONDS = 5.0
_log = logging.getLogger("touchstone.engine")


@dataclass
class BatchRunner:
    """Threads of the engine, one a batch, and one that looks for batches nobody carries yet."""

    home: Home
    files: FileShelf
    book: BatchBook
    endpoints: Mapping[str, Endpoint]
    slots: int
    _carried: dict[str, threading.Thread] = field(default_factory=dict)
    _wake: threading.Event = field(default_factory=threading.Event)
    _ending: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None

    def begin(self) -> None:
        """Take up the batches a former engine left, and those to come."""
        self._sweep()
        self._thread = threading.Thread(target=self._look_out, name="batches", daemon=True)
        self._thread.start()

    def end(self) -> None:
        """Stop after the answers that are on their way, or without those that take too long."""
        self._ending.set()
        self._wake.set()
        deadline = time.monotonic() + END_SECONDS
        for thread in filter(None, [self._thread, *self._carried.values()]):
            thread.join(max(deadline - time.monotonic(), 0.0))

    def wake(self) -> None:
        """There is a new batch, or one was cancelled."""
        self._wake.set()

    def _look_out(self) -> None:
        while not self._ending.is_set():
            try:
                self._take_up()
            except Exception:  # noqa: BLE001 - a database that is locked for a moment must not end the thread
                _log.exception("The batches could not be looked at; it is tried again.")
            self._wake.wait(_QUIET_SECONDS)
            self._wake.clear()

    def _take_up(self) -> None:
        self._carried = {name: thread for name, thread in self._carried.items() if thread.is_alive()}
        waiting = [batch.id for batch in self.book.unended() if batch.id not in self._carried]
        for batch_id in waiting[: BATCHES_AT_ONCE - len(self._carried)]:
            thread = threading.Thread(target=self._carry, args=(batch_id,), name=batch_id, daemon=True)
            self._carried[batch_id] = thread
            thread.start()

    def _carry(self, batch_id: str) -> None:
        batch = self.book.get(batch_id)
        endpoint = self.endpoints[batch.request.endpoint]
        try:
            Carrier(self.home, self.files, self.book, batch_id, endpoint, self.slots, self._ending).carry()
        except Exception:  # noqa: BLE001 - a full disk must not end the batch: it is taken up again
            _log.exception("%s cannot go on at the moment; it is tried again.", batch_id)
            self._ending.wait(_PAUSE_AFTER_TROUBLE_SECONDS)
        self._wake.set()

    def _sweep(self) -> None:
        """Remove what was left of batches that have ended."""
        unended = {batch.id for batch in self.book.unended()}
        for path in self.home.batches.iterdir():
            if path.name not in unended:
                shutil.rmtree(path, ignore_errors=True)
