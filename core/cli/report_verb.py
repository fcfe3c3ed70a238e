"""The one-page report of a closed study, as HTML or Markdown by the file's ending."""

import argparse
from pathlib import Path

from core.cli.acting import acting_person, add_acting, opened
from core.cli.output import emit, write_whole
from core.errors import Refused
from core.rating.studies import study_by_id
from core.report.html_page import html_page
from core.report.markdown_page import markdown_page
from core.report.one_page import one_page

WRITERS = {".html": html_page, ".md": markdown_page}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of this verb."""
    parser.add_argument("--study", required=True, type=int, metavar="ID", help="the study's number")
    parser.add_argument(
        "-o", dest="file", required=True, type=Path, metavar="FILE", help="where to: .html or .md"
    )
    add_acting(parser)


def run(options: argparse.Namespace) -> None:
    """Write the report.

    Raises:
        Refused: the study is not closed, or the file has another ending.
        StorageFailed: the file cannot be written.
    """
    path: Path = options.file
    writer = WRITERS.get(path.suffix.lower())
    if writer is None:
        raise Refused(f"{path} ends in neither .html nor .md. Nothing was written.")
    with opened(options) as workspace:
        store = workspace.store
        study = study_by_id(store, options.study)
        report = one_page(store, study, acting_person(store, options.email))
    write_whole(path, writer(report).encode())
    document = {
        "study": study.id,
        "file": str(path),
        "sentence": report.verdict.sentence,
        "recommendation": report.recommendation,
    }
    emit(document, f"{report.verdict.sentence}\nWritten to {path}.", as_json=options.json)
