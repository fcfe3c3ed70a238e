"""Take the rows of a file into a project; every row is taken, known already, or listed with the reason."""

import argparse
import sys
import tempfile
from pathlib import Path
from typing import Any

from core.cli.acting import acting_person, add_acting, opened
from core.cli.output import emit
from core.curation.intake.intake import plan_import
from core.curation.intake.mapping import mapping_for
from core.curation.intake.plain.decode import ENCODINGS
from core.curation.intake.reading import Wanted, read_file
from core.curation.intake.sieve import Tell
from core.curation.intake.source import Source, source_at
from core.curation.intake.table import Reading, Turns
from core.curation.intake.taking import TARGETS, may_import, prepared, take
from core.curation.intake.upload import ImportReport, Upload
from core.curation.items import State
from core.curation.projects import Kind, Project, create_project, find_project, must_be_allowed_to_start
from core.errors import Conflict, Refused
from core.people.persons import Person
from core.settings import home_folder
from core.store.store import Store, is_workspace
from core.text.figures import counted

MOST_LISTED = 20
WORTH_TELLING = 20_000
"""Rows after which progress is told on a terminal."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of this verb."""
    parser.add_argument(
        "file", metavar="FILE", type=Path, help="CSV, TSV, XLSX, Parquet, JSON, JSONL or a transcript"
    )
    parser.add_argument("--project", required=True, metavar="P", help="its name; made where it is missing")
    parser.add_argument(
        "--map",
        dest="mapping",
        metavar="question=COL,reply=COL,…",
        help="which column is the question, reply, topic, ticket, customer, date, volume, language, and "
        "keep=COL for any other that is to be kept (default: guessed by their names)",
    )
    parser.add_argument(
        "--state",
        choices=[state.value for state in TARGETS],
        default=State.SUBMITTED.value,
        help="what rows with a reply become (default submitted); waiting keeps the reply as your draft",
    )
    parser.add_argument(
        "--turns",
        choices=[turns.value for turns in Turns],
        default=Turns.LAST.value,
        help="which turn of a conversation is the question (default last); every makes an item of each reply",
    )
    parser.add_argument(
        "--sheet", metavar="NAME", help="the sheet of a workbook (default: the first with questions)"
    )
    parser.add_argument(
        "--encoding", choices=ENCODINGS, metavar="NAME", help="of a text file, where the guess is wrong"
    )
    parser.add_argument("--dry-run", action="store_true", help="say what would happen, and do nothing")
    add_acting(parser)


def run(options: argparse.Namespace) -> None:
    """Import the file, or say what importing it would do.

    Raises:
        Refused: the file cannot be read or mapped, or the person may not import it.
    """
    source = source_at(options.file)
    with tempfile.TemporaryDirectory() as folder:
        if not is_workspace(home_folder(options.home)):
            mapping_for(_read(source, options), options.mapping)
            options.home = str(Path(folder) / "home") if options.dry_run else options.home
        with opened(options, new=True) as workspace:
            store = workspace.store
            person = acting_person(store, options.email)
            report, upload = _import(store, options, person, source)
    emit(_document(report, upload.reading), _text(report, upload, options), as_json=options.json)


def _import(
    store: Store, options: argparse.Namespace, person: Person, source: Source
) -> tuple[ImportReport, Upload]:
    """Plan or import; a missing project is made in the import's own transaction."""
    target = State(options.state)
    there = find_project(store, options.project)
    project = there or _yet_to_be_made(store, options.project)
    if there is not None:
        may_import(store, there, person, target)
    reading = _read(source, options)
    mapping = mapping_for(reading, options.mapping, project.labels)
    upload = Upload(source, reading, mapping, target, _wanted(options))
    if options.dry_run:
        return plan_import(store, project, reading, mapping, _tell(options)), upload
    with (
        prepared(store, project, upload, person, _tell(options)) as ready,
        store.transaction(person.email) as tx,
    ):
        if there is None:
            must_be_allowed_to_start(tx, person)
        made = there or create_project(tx, options.project, person)
        if made.id != project.id:
            raise Conflict("Another project was made meanwhile. Nothing was imported; try again.")
        return take(tx, store, made, ready, person), upload


def _read(source: Source, options: argparse.Namespace) -> Reading:
    return read_file(source, _wanted(options))


def _wanted(options: argparse.Namespace) -> Wanted:
    return Wanted(Turns(options.turns), options.sheet, options.encoding)


def _tell(options: argparse.Namespace) -> Tell | None:
    """Progress on a terminal, where somebody waits."""
    if options.json or not sys.stderr.isatty():
        return None

    def tell(rows: int, share: float | None) -> None:
        if rows and rows % WORTH_TELLING == 0:
            far = f" ({share:.0%} of the file)" if share else ""
            sys.stderr.write(f"\r{rows:,} rows read{far} … ")
            sys.stderr.flush()

    return tell


def _yet_to_be_made(store: Store, name: str) -> Project:
    """What a missing project will be like; it has no items yet."""
    if not name.strip():
        raise Refused("A project needs a name: --project NAME. Nothing was imported.")
    number = store.value("select next_id from counters where table_name = 'projects'") or 1
    return Project(number, name.strip(), Kind.REPLY, "", (), 1)


def _document(report: ImportReport, reading: Reading) -> dict[str, Any]:
    return {
        "format": reading.format,
        "encoding": reading.encoding,
        "rows": report.rows,
        "taken": report.taken,
        "duplicates": report.duplicates,
        "rejected": [{"line": one.line, "field": one.field, "reason": one.reason} for one in report.rejected],
    }


def _text(report: ImportReport, upload: Upload, options: argparse.Namespace) -> str:
    reading = upload.reading
    verb = "would be taken" if options.dry_run else "taken"
    sheet = f", sheet {reading.sheet}" if len(reading.sheets) > 1 else ""
    what = f"{reading.format}, {reading.encoding}{sheet}"
    lines = [
        f"{reading.name}: {what}, {counted(report.rows, 'row')}; {upload.mapping}.",
        f"{report.taken:,} {verb} into {options.project}, {report.with_reply:,} of them with a reply.",
        f"{counted(report.duplicates, 'duplicate')}, {len(report.rejected):,} rejected.",
        *report.notes,
    ]
    for one in report.rejected[:MOST_LISTED]:
        field = f", {one.field}" if one.field else ""
        lines.append(f"  {reading.unit.value} {one.line}{field}: {one.reason}")
    if len(report.rejected) > MOST_LISTED:
        lines.append(f"  and {len(report.rejected) - MOST_LISTED:,} more; --json lists them all.")
    return "\n".join(lines)
