"""Write journal, blobs and engine files into one archive, also while the app runs."""

import argparse
from pathlib import Path

from core.cli.acting import add_home
from core.cli.output import emit
from core.settings import home_folder
from core.store.backup import back_up


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of this verb."""
    parser.add_argument("file", metavar="FILE", type=Path, help="the archive to write (.tar.gz)")
    add_home(parser)


def run(options: argparse.Namespace) -> None:
    """Back up."""
    home = home_folder(options.home)
    backup = back_up(home, options.file)
    size = options.file.stat().st_size
    text = f"Backed up {home} to {options.file}: {backup.files} files, {size:,} bytes."
    emit({"file": str(options.file), "files": backup.files, "bytes": size}, text, as_json=options.json)
