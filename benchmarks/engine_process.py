"""The engine as a process of its own that can be killed, and its workers."""

import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import httpx2
import openai

from benchmarks.measure import cpu_of

ROOT = Path(__file__).parents[1]
_SPEAKING_SECONDS = 30.0


@dataclass
class EngineProcess:
    """`python -m core engine` on a home of its own, and how long each start took to its ready line."""

    home: Path
    ready_seconds: list[float] = field(default_factory=list)
    ready_cpu_seconds: list[float] = field(default_factory=list)
    _process: "subprocess.Popen[str] | None" = None
    _base_url: str = ""

    def start(self) -> None:
        began = time.monotonic()
        process = subprocess.Popen(
            [sys.executable, "-m", "core", "engine", "--home", str(self.home)],
            cwd=ROOT,
            env={name: value for name, value in os.environ.items() if not name.startswith("TOUCHSTONE")},
            stdout=subprocess.PIPE,
            text=True,
        )
        said = process.stdout.readline().split() if process.stdout is not None else []
        if said[:1] != ["ready"]:
            raise RuntimeError(f"The engine did not start again: it said {said}.")
        self.ready_seconds.append(time.monotonic() - began)
        self.ready_cpu_seconds.append(cpu_of(process.pid))
        self._process, self._base_url = process, said[1]

    @property
    def pid(self) -> int:
        """The process that answers."""
        if self._process is None:
            raise RuntimeError("The engine was not started.")
        return self._process.pid

    def kill(self) -> None:
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        self._end(signal.SIGTERM)

    def client(self) -> openai.OpenAI:
        """A client that asks once; its user closes it."""
        key = (self.home / "engine" / "key").read_text(encoding="ascii").strip()
        http = httpx2.Client(trust_env=False)
        return openai.OpenAI(
            base_url=self._base_url,
            api_key=key,
            http_client=http,
            max_retries=0,
            timeout=_SPEAKING_SECONDS,
        )

    def workers(self) -> list[int]:
        """The processes of the workers that live."""
        found = []
        for lock in sorted(self.home.glob("engine/jobs/*/*/worker.lock")):
            with suppress(OSError, ValueError):
                process = int(lock.read_text(encoding="ascii").partition(":")[0])
                if str(lock.parent).encode() in Path(f"/proc/{process}/cmdline").read_bytes():
                    found.append(process)
        return found

    def _end(self, how: signal.Signals) -> None:
        if self._process is not None:
            self._process.send_signal(how)
            self._process.communicate()
