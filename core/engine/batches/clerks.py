"""Clerks: threads that take requests of a batch, have them answered, and write the answers down."""

import logging
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from core.engine.batches.input_file import LineRequest
from core.engine.batches.ledger import Ledger, Reply
from core.engine.errors import ApiError

TRIES = 8
_LOOK_SECONDS = 0.2
_FIRST_PAUSE_SECONDS = 1.0
_LONGEST_PAUSE_SECONDS = 60.0
_log = logging.getLogger("touchstone.engine")


class Endpoint(Protocol):
    """Answers requests as if each had been sent to it alone."""

    def company(self, model: str) -> int:
        """How many texts are best sent to this model together; 1 where company is no gain."""

    def size(self, body: Mapping[str, Any]) -> int:
        """How many texts a request holds."""

    def answer(self, bodies: Sequence[Mapping[str, Any]]) -> list[Reply]:
        """One reply for each."""


@dataclass
class Clerks:
    """The clerks of one batch: each takes a pack of requests, answers it, writes it down, takes the next."""

    endpoint: Endpoint
    ledger: Ledger
    _stop: threading.Event = field(default_factory=threading.Event)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _trouble: OSError | None = None
    _patient: bool = True

    def work_off(self, requests: Iterable[LineRequest], slots: int, go_on: Callable[[], bool]) -> None:
        """Answer everything with `slots` clerks, or until `go_on`, asked several times a second, says no.

        Raises:
            OSError: the disk would not take the answers, or not give the requests.
        """
        packs = _packs(requests, self.endpoint)
        clerks = [
            threading.Thread(target=self._work, args=(packs,), name=f"clerk-{number}", daemon=True)
            for number in range(slots)
        ]
        for clerk in clerks:
            clerk.start()
        for clerk in clerks:
            while clerk.is_alive():
                clerk.join(_LOOK_SECONDS)
                if not go_on():
                    self._stop.set()
        if self._trouble is not None:
            raise self._trouble

    def _work(self, packs: Iterator[list[LineRequest]]) -> None:
        try:
            while not self._stop.is_set():
                with self._lock:
                    pack = next(packs, None)
                if pack is None:
                    return
                replies = self._replies(pack)
                if replies is None:
                    return
                with self._lock:
                    self.ledger.write(zip((one.custom_id for one in pack), replies, strict=True))
        except OSError as error:
            self._trouble = error
            self._stop.set()

    def _replies(self, pack: Sequence[LineRequest]) -> list[Reply] | None:
        """The answers, or None when it is time to stop.

        A server that is out of breath is asked again, with ever longer pauses, for about two minutes. Once
        that was in vain nobody waits for it any more until it answers again.
        """
        pause = _FIRST_PAUSE_SECONDS
        for tries_left in reversed(range(TRIES)):
            replies = self._asked(pack)
            again_after = replies[0].again_after
            if again_after is None:
                self._patient = True
                return replies
            if not tries_left or not self._patient:
                self._patient = False
                return replies
            if self._stop.wait(min(max(again_after, pause), _LONGEST_PAUSE_SECONDS)):
                return None
            pause *= 2
        raise AssertionError

    def _asked(self, pack: Sequence[LineRequest]) -> list[Reply]:
        try:
            return self.endpoint.answer([one.body for one in pack])
        except Exception:  # noqa: BLE001 - one request that breaks the engine must not end the batch
            _log.exception("A request of a batch met an error that was not foreseen.")
            message = "The engine met an error it did not foresee; its log says more."
            error = ApiError(500, message, code="internal_error", type="server_error")
            return [Reply(error.status, error.body()) for _ in pack]


def _packs(requests: Iterable[LineRequest], endpoint: Endpoint) -> Iterator[list[LineRequest]]:
    """Neighbours that ask the same model, as many as gain from each other's company."""
    pack: list[LineRequest] = []
    room = 0
    for request in requests:
        size = endpoint.size(request.body)
        if pack and (size > room or request.model != pack[0].model):
            yield pack
            pack = []
        if not pack:
            room = endpoint.company(request.model)
        pack.append(request)
        room -= size
    if pack:
        yield pack
