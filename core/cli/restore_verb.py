"""Unpack a backup into an empty folder and make its database."""

import argparse
from pathlib import Path

from core.cli.acting import add_home, opened
from core.cli.output import emit
from core.errors import TouchstoneError
from core.settings import home_folder
from core.store.backup import empty, restore


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of this verb."""
    parser.add_argument("file", metavar="FILE", type=Path, help="the archive to read")
    add_home(parser)


def run(options: argparse.Namespace) -> None:
    """Restore, and open the workspace once so that its database is there; if it cannot be, nothing is.

    Raises:
        TouchstoneError: the backup cannot be unpacked or opened.
    """
    home = home_folder(options.home)
    backup = restore(options.file, home)
    try:
        with opened(options, new=True) as workspace:
            rows = sum(table.rows for table in workspace.store.digest().values())
    except TouchstoneError:
        empty(home)
        raise
    text = f"Restored {backup.files} files into {home}; the database was made anew: {rows:,} rows."
    emit({"home": str(home), "files": backup.files, "rows": rows}, text, as_json=options.json)
