"""The cost of a rerun: CPU of the server for drawing a page again, as after every click."""

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
    ("local@localhost", "", "whole"),
    ("anna@example.com", "write", "whole"),
    ("ben@example.com", "review", "whole"),
    ("chris@example.com", "rate", "whole"),
    ("chris@example.com", "rate", "after a vote"),
    ("eva@example.com", "verdict", "whole"),
)


def main() -> None:
    """Measure every page that people work on all day."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        known = _prepare(home)
        with served(home) as server:
            for email, page, what in PAGES:
                with Viewer(server.port, known[email].id, page) as viewer:
                    again = viewer.rerun if what == "whole" else viewer.rerun_fragment
                    drawn = [len(viewer.rerun())] + [len(again()) for _ in range(WARM)]
                    began = cpu_of(server.pid)
                    for _ in range(RERUNS):
                        again()
                    each = (cpu_of(server.pid) - began) / RERUNS
                    name = f"{page or 'overview'}, {what}"
                    print(
                        f"rerun of {name:<49} {1000 * each:9.2f} ms CPU (n = {RERUNS}, "
                        f"{drawn[-1]:,} characters)"
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
