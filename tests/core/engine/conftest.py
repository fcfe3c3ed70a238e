"""One engine for a module's tests."""

from collections.abc import Iterator

import openai
import pytest

from tests.conformance.openai_spec import SpecCheck
from tests.core.engine.running import RunningEngine


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningEngine]:
    check = SpecCheck.where_available()
    running = RunningEngine(tmp_path_factory.mktemp("home"), [check] if check else []).start()
    yield running
    assert running.stop() == 0
    assert check is None or check.violations == []


@pytest.fixture(scope="module")
def client(engine: RunningEngine) -> openai.OpenAI:
    return engine.client()
