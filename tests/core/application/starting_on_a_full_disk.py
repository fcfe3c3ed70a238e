"""A process that starts the work of the workspace `HOME` on a full disk, then opens it anew with room."""

import resource
import sys
from pathlib import Path

from core.application import open_workspace, start_work
from core.errors import StorageFailed


def main(home: Path) -> None:
    """Start, fail, free some room and open it again."""
    workspace = open_workspace(home)
    size = (home / "journal.jsonl").stat().st_size
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))
    try:
        start_work(workspace)
    except StorageFailed as error:
        resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        open_workspace(home).close()
        sys.stdout.write(f"{error}\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
