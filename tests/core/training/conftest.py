"""A desk with a fake provider, and one with the real engine."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.core.providers.fake_provider import FakeProvider
from tests.core.training.desk import Desk, open_desk, stop_engine


@pytest.fixture
def fake() -> Iterator[FakeProvider]:
    provider = FakeProvider().start()
    yield provider
    provider.stop()
    assert provider.check is None or provider.check.violations == []


@pytest.fixture(scope="session")
def frozen_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The desk's workspace as it is before any run; tests work on copies of it."""
    home = tmp_path_factory.mktemp("frozen") / "home"
    open_desk(home, {}).close()
    return home


@pytest.fixture
def home(tmp_path: Path, frozen_home: Path) -> Path:
    return Path(shutil.copytree(frozen_home, tmp_path / "home"))


@pytest.fixture
def desk(home: Path, fake: FakeProvider) -> Iterator[Desk]:
    opened = open_desk(home, fake.secrets)
    yield opened
    opened.close()


@pytest.fixture
def local_desk(home: Path) -> Iterator[Desk]:
    opened = open_desk(home, {})
    yield opened
    opened.close()
    stop_engine(home)
