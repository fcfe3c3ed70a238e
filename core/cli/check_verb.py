"""Check a training file line by line, and against what a provider takes; no workspace is opened."""

import argparse
from dataclasses import asdict
from pathlib import Path

from core.cli.output import emit
from core.errors import Refused
from core.providers.profiles import FILES_CHECKED_FOR, LOCAL, Provider
from core.training.file_check import FileCheck, Kind, check_file

MOST_LISTED = 20


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of this verb."""
    parser.add_argument("file", metavar="FILE.jsonl", type=Path, help="a file to learn from")
    parser.add_argument(
        "--provider", default=LOCAL.name, choices=list(FILES_CHECKED_FOR), help="who is to take it"
    )
    parser.add_argument(
        "--kind",
        default=Kind.SFT.value,
        choices=[kind.value for kind in Kind],
        help="sft: conversations with their ideal replies (the default); dpo: which of two replies is better",
    )


def run(options: argparse.Namespace) -> None:
    """Say what is wrong with the file.

    Raises:
        Refused: something is wrong with it, or it cannot be read.
    """
    provider, kind = FILES_CHECKED_FOR[options.provider], Kind(options.kind)
    found = check_file(options.file, kind, provider)
    document = {
        "file": str(options.file),
        "kind": kind.value,
        "provider": provider.name,
        "lines": found.lines,
        "examples": found.examples,
        "problems": [asdict(one) for one in found.problems],
        "warnings": found.warnings,
    }
    emit(document, _text(options.file, provider, found), as_json=options.json)
    if found.problems:
        many = "a problem" if len(found.problems) == 1 else f"{len(found.problems):,} problems"
        raise Refused(f"{options.file} has {many}; {provider.title} would not learn from it.")


def _text(path: Path, provider: Provider, found: FileCheck) -> str:
    read = "not read" if found.examples is None else f"{found.examples:,} examples"
    lines = [f"{path}: {read}, for {provider.title}."]
    lines += [f"  {one}" for one in found.problems[:MOST_LISTED]]
    if len(found.problems) > MOST_LISTED:
        lines.append(f"  and {len(found.problems) - MOST_LISTED:,} more; --json lists them all.")
    lines += [f"  Beware: {warning}" for warning in found.warnings]
    if not found.problems:
        lines.append(f"Nothing is wrong with it for {provider.title}.")
    return "\n".join(lines)
