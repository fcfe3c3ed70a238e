"""Real data outside the project: where it lies, and a sentence where it does not."""

import os
from pathlib import Path

from benchmarks.server import ROOT

VARIABLE = "TOUCHSTONE_TEST_DATA"


def shared_file(name: str) -> Path | None:
    """A file of the shared data, or None after saying that it is not there."""
    path = Path(os.environ.get(VARIABLE) or ROOT.parent / "shared") / "data" / name
    if path.is_file():
        return path
    print(f"{name} is not in ${VARIABLE} (default ../shared): left out")
    return None
