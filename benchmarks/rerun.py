"""The cost of a rerun: CPU of the server for drawing a page again, whole, as after every click."""

import tempfile
import time
from pathlib import Path

from benchmarks.measure import cpu_of
from benchmarks.server import served
from benchmarks.viewer import Viewer
from core.application import open_workspace
from core.demo.welcome import welcome
from core.people.membership import people
from core.people.persons import Person
from core.rating.duels import begin

RERUNS = 200
WARM = 20
PAGES = (
    ("local@localhost", ""),
    ("anna@example.com", "write"),
    ("ben@example.com", "review"),
    ("chris@example.com", "rate"),
    ("eva@example.com", "verdict"),
)


def main() -> None:
    """Measure every page that people work on all day."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        known = _prepare(home)
        with served(home) as server:
            for email, page in PAGES:
                with Viewer(server.port, known[email].id, page) as viewer:
                    for _ in range(WARM):
                        drawn = viewer.rerun()
                    began = cpu_of(server.pid)
                    for _ in range(RERUNS):
                        viewer.rerun()
                    each = (cpu_of(server.pid) - began) / RERUNS
                    name = page or "overview"
                    print(
                        f"rerun of {name:<49} {1000 * each:9.2f} ms CPU (n = {RERUNS}, "
                        f"{len(drawn):,} characters)"
                    )


def _prepare(home: Path) -> dict[str, Person]:
    """A workspace after the demo's first lap: something on every page, a study open."""
    workspace = open_workspace(home)
    try:
        welcome(workspace)
        while workspace.jobs.unfinished():
            time.sleep(0.1)
        known = {one.person.email: one.person for one in people(workspace.store)}
        begin(workspace.store, 1, known["chris@example.com"])
        return known
    finally:
        workspace.close()


if __name__ == "__main__":
    main()
