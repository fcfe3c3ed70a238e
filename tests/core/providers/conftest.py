"""A fake provider, and this program's view of it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from core.providers.providers import Providers
from core.providers.service import Service
from tests.core.providers.fake_provider import FakeProvider


@pytest.fixture
def fake() -> Iterator[FakeProvider]:
    provider = FakeProvider().start()
    yield provider
    provider.stop()
    assert provider.check is None or provider.check.violations == []


@pytest.fixture
def providers(tmp_path: Path, fake: FakeProvider) -> Iterator[Providers]:
    made = Providers(tmp_path / "home", fake.secrets)
    yield made
    made.close()


@pytest.fixture
def service(providers: Providers) -> Service:
    return providers.service("compatible")
