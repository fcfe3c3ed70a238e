"""The app as people start it: a process of its own on a free port, which a test may kill and start again."""

import http.client
import os
import socket
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

from tests import homes

ROOT = Path(__file__).parents[2]
START_SECONDS = 60.0
LOOK_SECONDS = 0.05


class Server:
    """One app on one workspace; started again it keeps its port."""

    def __init__(self, home: Path, *options: str, host: str = "127.0.0.1") -> None:
        self.home = home
        self.host = host
        self.port = free_port()
        self.options = options
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://{self.host}:{self.port}"

    @property
    def log(self) -> str:
        """What the server said so far."""
        return self._log.read_text(encoding="utf-8", errors="replace")

    @property
    def _log(self) -> Path:
        return self.home.with_suffix(".log")

    def start(self) -> "Server":
        """Start it and wait until it answers."""
        words = ["-m", "streamlit", "run", "app.py", "--server.headless", "true"]
        with self._log.open("ab") as output:
            self._process = subprocess.Popen(
                [sys.executable, *words, "--server.port", str(self.port), *self.options],
                cwd=ROOT,
                env={**os.environ, "TOUCHSTONE_HOME": str(self.home), "OMP_NUM_THREADS": "1"},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
            )
        deadline = time.monotonic() + START_SECONDS
        while not self._answers():
            assert self._process.poll() is None, f"The server ended: {self.log}"
            assert time.monotonic() < deadline, f"The server did not answer: {self.log}"
            time.sleep(LOOK_SECONDS)
        return self

    def kill(self) -> None:
        """End it as a power cut would."""
        assert self._process is not None
        self._process.kill()
        self._process.wait()

    def stop(self) -> None:
        """End it, and the engine it started."""
        if self._process is not None and self._process.poll() is None:
            self.kill()
        homes.stop_engine(self.home)

    def headers(self, path: str) -> dict[str, str]:
        """The headers of one plain answer, named in small letters.

        Raises:
            OSError: nobody answers.
        """
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)) as connection:
            connection.request("GET", path)
            with closing(connection.getresponse()) as answer:
                assert answer.status == http.client.OK, answer.status
                return {name.lower(): value for name, value in answer.getheaders()}

    def _answers(self) -> bool:
        try:
            return bool(self.headers("/_stcore/health"))
        except OSError:
            return False


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])
