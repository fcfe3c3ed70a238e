"""The app on a workspace of its own: the demo, an empty project, and one whose texts nobody trusts."""

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import streamlit as st

from core.people.persons import add_person
from core.providers.profiles import PROFILES
from core.store.store import Store
from tests import homes
from tests.core.rating.study_hall import Hall, furnished, golden, plain
from tests.pages.visiting import App
from ui import session


@pytest.fixture(scope="session")
def seeded_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The workspace as it is before anybody visits; tests work on copies."""
    home = tmp_path_factory.mktemp("seeded") / "home"
    homes.seed(home)
    return home


@pytest.fixture
def home(tmp_path: Path, seeded_home: Path) -> Path:
    """A copy of it."""
    return Path(shutil.copytree(seeded_home, tmp_path / "home"))


@pytest.fixture
def app(home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[App]:
    """The app opened on the copy; what it started is ended afterwards."""
    monkeypatch.setenv("TOUCHSTONE_HOME", str(home))
    for profile in PROFILES.values():
        if profile.key_variable:
            monkeypatch.delenv(profile.key_variable, raising=False)
    st.cache_resource.clear()
    yield App(home)
    workspace = session.workspace()
    workspace.close()
    st.cache_resource.clear()
    homes.stop_engine(home)


@pytest.fixture
def hall(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hall]:
    """A furnished study hall in the app's own workspace; its tuned model gives the approved replies."""
    home = tmp_path / "home"
    monkeypatch.setenv("TOUCHSTONE_HOME", str(home))
    store = Store(home)
    olga, anna = (add_person(store, f"{name.lower()}@example.com", name) for name in ("Olga", "Anna"))
    made = furnished(store, olga, anna, prompts=30, base=plain, tuned=golden)
    store.close()
    st.cache_resource.clear()
    yield replace(made, store=session.workspace().store)
    session.workspace().close()
    st.cache_resource.clear()
