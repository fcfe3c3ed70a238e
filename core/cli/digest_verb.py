"""Say what every journalled table holds: rows and a checksum, the same after restore and rebuild."""

import argparse
from dataclasses import asdict

from core.cli.acting import add_home, opened
from core.cli.output import emit


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of this verb."""
    add_home(parser)


def run(options: argparse.Namespace) -> None:
    """Print the digest."""
    with opened(options) as workspace:
        digest = workspace.store.digest()
    document = {"tables": {name: asdict(table) for name, table in digest.items()}}
    lines = [f"{name:<16} {table.rows:>9,} rows  {table.sha256}" for name, table in digest.items()]
    emit(document, "\n".join(lines), as_json=options.json)
