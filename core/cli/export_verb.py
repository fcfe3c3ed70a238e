"""Write one split of a frozen dataset as a file that trainers read."""

import argparse
from pathlib import Path

from core.cli.acting import add_home, opened
from core.cli.output import emit, write_whole
from core.datasets.export import Format, export
from core.datasets.splitting import Split


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of this verb."""
    parser.add_argument("--dataset", required=True, metavar="ID", help="the dataset's id")
    parser.add_argument("--split", required=True, choices=[split.value for split in Split])
    parser.add_argument("--format", default=Format.OPENAI_CHAT.value, choices=[form.value for form in Format])
    parser.add_argument("-o", dest="out", required=True, metavar="FILE", type=Path, help="the file to write")
    add_home(parser)


def run(options: argparse.Namespace) -> None:
    """Export."""
    with opened(options) as workspace:
        data = export(workspace.store, options.dataset, Split(options.split), Format(options.format))
    write_whole(options.out, data)
    text = f"Wrote {options.out}: {len(data):,} bytes, the {options.split} split of {options.dataset}."
    emit({"file": str(options.out), "bytes": len(data)}, text, as_json=options.json)
