"""The second start: from the command to the first page drawn; wall seconds."""

import tempfile
import time
from pathlib import Path

from benchmarks.measure import tell
from benchmarks.server import served
from benchmarks.viewer import Viewer
from core.demo.seed import seed_demo
from core.store.store import Store

TIMES = 5


def main() -> None:
    """Start the app on a workspace that is there, and draw the Overview."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        store = Store(home)
        seed_demo(store)
        store.close()
        seconds = []
        for _ in range(TIMES):
            began = time.perf_counter()
            with served(home) as server, Viewer(server.port, 1, "") as viewer:
                viewer.rerun()
                seconds.append(time.perf_counter() - began)
    tell("second start to the first page drawn", seconds, unit="s", factor=1.0)


if __name__ == "__main__":
    main()
