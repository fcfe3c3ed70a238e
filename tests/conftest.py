"""What every test may ask for: a workspace in a temporary folder, and people in it."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from core.people.persons import Person, add_person
from core.store.store import Store
from tests.core.curation.desk import Desk, open_desk

os.environ.setdefault("OMP_NUM_THREADS", "1")
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """A real store in a folder of its own."""
    opened = Store(tmp_path / "home")
    yield opened
    opened.close()


@pytest.fixture
def anna(store: Store) -> Person:
    """An expert who writes."""
    return add_person(store, "anna@example.com", "Anna")


@pytest.fixture
def ben(store: Store) -> Person:
    """A reviewer."""
    return add_person(store, "ben@example.com", "Ben")


@pytest.fixture
def olga(store: Store) -> Person:
    """An owner."""
    return add_person(store, "olga@example.com", "Olga")


@pytest.fixture
def desk(store: Store) -> Desk:
    """A project of free replies with its people."""
    return open_desk(store)


@pytest.fixture
def shared() -> Path:
    """The folder of real data and published results; tests that need it skip where it is absent."""
    folder = Path(os.environ.get("TOUCHSTONE_TEST_DATA", "../shared")).resolve()
    if not folder.is_dir():
        pytest.skip(f"{folder} is not here: name the folder of test data with TOUCHSTONE_TEST_DATA.")
    return folder
