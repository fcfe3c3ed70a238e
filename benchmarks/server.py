"""The app as a server of its own, on a workspace of its own; it may be killed and started again."""

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parents[1]
LOOK_SECONDS = 0.02


class Server:
    """The app on one workspace; started again it keeps its port."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.port = _free_port()
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        """The process that answers."""
        return self._running().pid

    @property
    def log(self) -> Path:
        """What it says."""
        return self.home.with_suffix(".log")

    def start(self) -> None:
        """Start it and wait until it answers."""
        command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", str(self.port)]
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [*command, "--server.headless", "true"],
                cwd=ROOT,
                env={**os.environ, "TOUCHSTONE_HOME": str(self.home)},
                stdout=log,
                stderr=log,
            )
        _wait(self.port)

    def kill(self) -> None:
        """End it as a power cut would."""
        self._running().kill()
        self._running().wait()

    def end(self) -> None:
        """Ask it to end, and wait until it did."""
        self._running().terminate()
        self._running().wait()

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is None:
            raise RuntimeError("The app was not started.")
        return self._process


@contextmanager
def served(home: Path) -> Iterator[Server]:
    """Start the app on `home` and end it afterwards."""
    server = Server(home)
    server.start()
    try:
        yield server
    finally:
        server.end()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _wait(port: int) -> None:
    for _ in range(3000):
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/_stcore/health", timeout=1):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(LOOK_SECONDS)
    raise TimeoutError("The app did not start.")
