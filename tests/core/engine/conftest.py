"""One engine for a module's tests."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openai
import pytest

from tests.conformance.openai_spec import SpecCheck
from tests.core.engine.running import EngineOf, RunningEngine


@pytest.fixture
def engine_of() -> Iterator[EngineOf]:
    """Makes engines of a test's own, which do not outlive it."""
    made: list[RunningEngine] = []

    def make(home: Path, **options: Any) -> RunningEngine:
        made.append(RunningEngine(home, **options))
        return made[-1]

    yield make
    for engine in made:
        if engine.is_running:
            engine.kill()


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
