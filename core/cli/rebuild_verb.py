"""Make the database anew from journal and blobs; the old file is kept beside it."""

import argparse

from core.cli.acting import add_home, opened
from core.cli.output import emit


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of this verb."""
    add_home(parser)


def run(options: argparse.Namespace) -> None:
    """Rebuild."""
    with opened(options) as workspace:
        workspace.store.rebuild()
        notices = list(workspace.store.notices)
        rows = sum(table.rows for table in workspace.store.digest().values())
    text = "\n".join([f"The database was made anew: {rows:,} rows.", *notices])
    emit({"rows": rows, "notices": notices}, text, as_json=options.json)
