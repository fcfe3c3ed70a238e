"""The app on a workspace of its own: the demo, an empty project, and one whose texts nobody trusts."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import streamlit as st

from core.providers.profiles import PROFILES
from tests import homes
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
