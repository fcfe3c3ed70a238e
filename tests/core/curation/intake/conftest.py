"""A project to import into, and short ways to import a text and to look at what arrived."""

from collections.abc import Callable

import pytest

from core.curation.intake.intake import import_file
from core.curation.intake.mapping import mapping_for
from core.curation.intake.reading import Wanted, read_file
from core.curation.intake.source import source_of
from core.curation.intake.table import Turns
from core.curation.intake.upload import ImportReport, Upload
from core.curation.items import State
from core.curation.projects import Kind, Project, create_project
from core.people.persons import Person
from core.store.store import Store

LABELS = ("Credit card", "Mortgage")

Import = Callable[..., ImportReport]


@pytest.fixture
def desk(store: Store, olga: Person) -> Project:
    """A project of Olga's with free replies."""
    with store.transaction(olga.email) as tx:
        return create_project(tx, "Desk", olga)


@pytest.fixture
def labels(store: Store, olga: Person) -> Project:
    """A project of Olga's whose replies are labels."""
    with store.transaction(olga.email) as tx:
        return create_project(tx, "Labels", olga, kind=Kind.LABEL, labels=LABELS)


@pytest.fixture
def bring(store: Store, olga: Person) -> Import:
    """Import bytes or a text into a project as Olga."""

    def run(
        project: Project,
        content: bytes | str,
        name: str = "file.csv",
        *,
        mapping: str | None = None,
        target: State = State.SUBMITTED,
        person: Person | None = None,
        turns: Turns = Turns.LAST,
    ) -> ImportReport:
        source = source_of(name, content.encode() if isinstance(content, str) else content)
        wanted = Wanted(turns)
        reading = read_file(source, wanted)
        chosen = mapping_for(reading, mapping, project.labels)
        return import_file(store, project, Upload(source, reading, chosen, target, wanted), person or olga)

    return run
