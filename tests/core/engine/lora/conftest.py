"""The extra, and the tiny model that all tests of a session share."""

from pathlib import Path

import pytest

from tests.core.engine.lora import school
from tests.core.engine.shop import TAUGHT


@pytest.fixture(scope="session")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a tiny model; where the extra is not installed, its tests are passed over."""
    pytest.importorskip(
        "torch", reason="The LoRA extra is not installed (make lora), so adapters are not tested."
    )
    folder = tmp_path_factory.mktemp("tiny")
    school.make_model(folder, [f"{question} {reply}" for question, reply in TAUGHT])
    return folder


@pytest.fixture(scope="session")
def small_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A training file of twenty examples."""
    lines = [school.conversation(question, reply) for question, reply in school.SMALL]
    return school.write_lines(tmp_path_factory.mktemp("files") / "small.jsonl", lines)
