"""Take the rows of a file into a project; every row is taken, known already, or listed with the reason."""

import argparse
import tempfile
from pathlib import Path
from typing import Any

from core.cli.acting import acting_person, add_acting, opened
from core.cli.output import emit
from core.curation.intake.arrival import arrivals
from core.curation.intake.intake import (
    TARGETS,
    ImportPlan,
    ImportReport,
    Upload,
    may_import,
    plan_import,
    take,
)
from core.curation.intake.mapping import mapping_for
from core.curation.intake.reading import read_file
from core.curation.intake.table import counted
from core.curation.items import State
from core.curation.projects import Kind, Project, create_project, find_project
from core.errors import Refused
from core.people.persons import Person
from core.settings import home_folder
from core.store.store import Store, is_workspace

MOST_LISTED = 20


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of this verb."""
    parser.add_argument("file", metavar="FILE", type=Path, help="CSV, TSV, JSONL or a JSON list")
    parser.add_argument("--project", required=True, metavar="P", help="its name; made where it is missing")
    parser.add_argument(
        "--map",
        dest="mapping",
        metavar="question=COL,reply=COL,…",
        help="which column is the question, reply, topic, ticket, customer (default: guessed by their names)",
    )
    parser.add_argument(
        "--state",
        choices=[state.value for state in TARGETS],
        default=State.SUBMITTED.value,
        help="what rows with a reply become (default submitted); waiting keeps the reply as your draft",
    )
    parser.add_argument("--dry-run", action="store_true", help="say what would happen, and do nothing")
    add_acting(parser)


def run(options: argparse.Namespace) -> None:
    """Import the file, or say what importing it would do.

    Raises:
        Refused: the file cannot be read or mapped, or the person may not import it.
    """
    data = _bytes_of(options.file)
    with tempfile.TemporaryDirectory() as folder:
        if not is_workspace(home_folder(options.home)):
            mapping_for(read_file(options.file.name, data), options.mapping, ())
            options.home = str(Path(folder) / "home") if options.dry_run else options.home
        with opened(options, new=True) as workspace:
            store = workspace.store
            person = acting_person(store, options.email)
            outcome, upload = _import(store, options, person, data)
    emit(_document(outcome, upload), _text(outcome, upload, options), as_json=options.json)


def _import(
    store: Store, options: argparse.Namespace, person: Person, data: bytes
) -> tuple[ImportPlan | ImportReport, Upload]:
    """Plan or import; a missing project is made in the import's own transaction."""
    target = State(options.state)
    there = find_project(store, options.project)
    project = there or _yet_to_be_made(options.project)
    if there is not None:
        may_import(store, there, person, target)
    table = read_file(options.file.name, data)
    mapping = mapping_for(table, options.mapping, project.labels)
    upload = Upload(table.name, data, table, mapping)
    if options.dry_run:
        return plan_import(store, project, table, mapping), upload
    found = arrivals(project, table, mapping)
    with store.transaction(person.email) as tx:
        made = find_project(tx, options.project) or create_project(tx, options.project, person)
        return take(tx, store, made, upload, found, person, target), upload


def _yet_to_be_made(name: str) -> Project:
    """What a missing project will be like; it has no items yet."""
    if not name.strip():
        raise Refused("A project needs a name: --project NAME. Nothing was imported.")
    return Project(0, name.strip(), Kind.REPLY, "", (), 1)


def _bytes_of(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError as error:
        raise Refused(f"There is no file {path}. Nothing was imported.") from error
    except OSError as error:
        raise Refused(f"{path} cannot be read: {error.strerror}. Nothing was imported.") from error


def _document(outcome: ImportPlan | ImportReport, upload: Upload) -> dict[str, Any]:
    return {
        "format": upload.table.format,
        "encoding": upload.table.encoding,
        "rows": outcome.rows,
        "taken": outcome.taken,
        "duplicates": outcome.duplicates,
        "rejected": [
            {"line": one.line, "field": one.field, "reason": one.reason} for one in outcome.rejected
        ],
    }


def _text(outcome: ImportPlan | ImportReport, upload: Upload, options: argparse.Namespace) -> str:
    table = upload.table
    verb = "would be taken" if options.dry_run else "taken"
    lines = [
        f"{table.name}: {table.format}, {table.encoding}, {counted(outcome.rows, 'row')}; {upload.mapping}.",
        f"{outcome.taken:,} {verb} into {options.project}, {outcome.with_reply:,} of them with a reply.",
        f"{counted(outcome.duplicates, 'duplicate')}, {len(outcome.rejected):,} rejected.",
        *outcome.notes,
    ]
    for one in outcome.rejected[:MOST_LISTED]:
        field = f", {one.field}" if one.field else ""
        lines.append(f"  line {one.line}{field}: {one.reason}")
    if len(outcome.rejected) > MOST_LISTED:
        lines.append(f"  and {len(outcome.rejected) - MOST_LISTED:,} more; --json lists them all.")
    return "\n".join(lines)
