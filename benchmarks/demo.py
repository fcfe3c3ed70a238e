"""The demo loop of both projects from nothing: wall seconds, a cold start of everything."""

import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.measure import tell
from benchmarks.server import ROOT

TIMES = 3


def main() -> None:
    """Run the demo verb in folders of its own."""
    seconds = []
    for _ in range(TIMES):
        with tempfile.TemporaryDirectory() as folder:
            began = time.perf_counter()
            command = [sys.executable, "-m", "core", "demo", "--json", "--home", str(Path(folder) / "home")]
            subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
            seconds.append(time.perf_counter() - began)
    tell("demo loop of both projects, cold", seconds, unit="s", factor=1.0)


if __name__ == "__main__":
    main()
