"""The processes that answer with Hugging Face models: one a base, started when asked for."""

import secrets
import select
import subprocess
import sys
import threading
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import httpx2

from core.engine.errors import EngineRefused
from core.engine.jobs.executor import surroundings
from core.engine.lora.base import Base
from core.engine.lora.extra import must_be_installed
from core.engine.lora.serve import KEY_VARIABLE, READY, REFUSED

IDLE_MINUTES = 10.0
START_SECONDS = 1800.0
"""Loading a large base takes minutes, fetching one from the hub longer."""
_HEALTH_SECONDS = 5.0
_END_SECONDS = 10.0
_HUB_TOKEN = "HF_TOKEN"  # noqa: S105 - the name of a variable


@dataclass(frozen=True)
class Address:
    """Where a process answers, and the key it wants."""

    base_url: str
    key: str


@dataclass(frozen=True)
class _Running:
    process: "subprocess.Popen[bytes]"
    address: Address


@dataclass
class LoraProcesses:
    """At most one process for each base model; all of them see the tuned models below `models`.

    What they say goes to `log`. They die with this process, and by themselves when nobody has asked for
    `idle_minutes`.
    """

    models: Path
    log: Path
    idle_minutes: float = IDLE_MINUTES
    _running: dict[Base, _Running] = field(default_factory=dict)
    _loading: set["subprocess.Popen[bytes]"] = field(default_factory=set)
    _starting: dict[Base, threading.Lock] = field(default_factory=dict)

    def address(self, base: Base) -> Address:
        """Where this base answers; from now on it will for some minutes. May take as long as loading it does.

        Raises:
            EngineRefused: it cannot be loaded.
        """
        with self._starting.setdefault(base, threading.Lock()):
            running = self._running.get(base)
            if running is None or not _is_well(running):
                self._drop(base)
                running = self._running[base] = self._started(base)
            return running.address

    def process_id(self, base: Base) -> int:
        """The number of the process that answers for this base; it must have been asked for an address."""
        return self._running[base].process.pid

    def end(self) -> None:
        """End them all, those that still load too."""
        for process in [*self._loading]:
            process.kill()
        for base in [*self._running]:
            self._drop(base)

    def _started(self, base: Base) -> _Running:
        must_be_installed()
        key = secrets.token_urlsafe(32)
        argv = [sys.executable, "-m", "core.engine.lora.serve", "--base", base.source]
        argv += ["--models", str(self.models), "--idle-minutes", str(self.idle_minutes)]
        argv += ["--quantised"] if base.quantised else []
        with self.log.open("ab") as log:
            process = subprocess.Popen(  # noqa: S603 - our own interpreter and module, no shell
                argv,
                env=surroundings(_HUB_TOKEN) | {KEY_VARIABLE: key},
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                start_new_session=True,
            )
        self._loading.add(process)
        said = _first_line(process)
        self._loading.discard(process)
        if said.startswith(READY):
            return _Running(process, Address(said.removeprefix(READY).strip(), key))
        _ended(process)
        if said.startswith(REFUSED):
            raise EngineRefused(said.removeprefix(REFUSED).strip())
        raise EngineRefused(f"The process for {base.source} did not start. Its log {self.log} says more.")

    def _drop(self, base: Base) -> None:
        running = self._running.pop(base, None)
        if running is not None:
            _ended(running.process)


def _is_well(running: _Running) -> bool:
    """Whether it lives and will go on for a while: being asked sets back its idle time.

    There is no TLS on loopback, and to read this machine's certificate authorities would take 20 ms.
    """
    if running.process.poll() is not None:
        return False
    url = f"{running.address.base_url.removesuffix('/v1')}/health"
    headers = {"authorization": f"Bearer {running.address.key}"}
    try:
        with httpx2.Client(verify=False, trust_env=False, timeout=_HEALTH_SECONDS) as client:
            return client.get(url, headers=headers).status_code == httpx2.codes.OK
    except httpx2.HTTPError:
        return False


def _first_line(process: "subprocess.Popen[bytes]") -> str:
    """What it says once it is loaded; empty where it died or took too long."""
    if process.stdout is None:
        return ""
    readable, _, _ = select.select([process.stdout], [], [], START_SECONDS)
    return process.stdout.readline().decode("utf-8", "replace").strip() if readable else ""


def _ended(process: "subprocess.Popen[bytes]") -> None:
    """End a process: its standard input first, which it ends with, then by force."""
    for stream in (process.stdin, process.stdout):
        if stream is not None:
            with suppress(OSError):
                stream.close()
    try:
        process.wait(_END_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
