"""What "auto" means for an adapter, and which files it can be trained on."""

from pathlib import Path
from typing import Any

import pytest

from core.engine.errors import JobFailed
from core.engine.jobs.folder import Order
from core.engine.lora.data import read_conversations, read_preferences
from core.engine.lora.settings import Settings, settings_for
from tests.core.engine.lora.school import SMALL, conversation, preference, write_lines


def order(**changes: Any) -> Order:
    plain: dict[str, Any] = {
        "job_id": "ftjob-1",
        "trainer": "lora",
        "base_model": "tiny",
        "model_id": "ft:tiny:touchstone::1",
        "training_path": "",
        "training_sha256": "",
        "validation_path": None,
        "seed": 1,
        "n_epochs": "auto",
        "batch_size": "auto",
        "learning_rate_multiplier": "auto",
        "cache": "",
    }
    return Order(**(plain | changes))


@pytest.mark.parametrize(
    ("lessons", "epochs"), [(1, 25), (10, 10), (33, 3), (34, 3), (8_000, 3), (12_000, 2), (30_000, 1)]
)
def test_few_lessons_are_read_more_often(lessons: int, epochs: int) -> None:
    assert settings_for(order(), lessons, 100).epochs == epochs


@pytest.mark.parametrize(
    ("batch", "lessons", "width", "expected"),
    [
        ("auto", 100, 50, (8, 8, 13)),
        ("auto", 3, 50, (3, 3, 1)),
        (256, 1000, 100, (256, 64, 4)),
        (6, 60, 4096, (6, 2, 10)),
        (7, 60, 4096, (7, 1, 9)),
    ],
)
def test_a_batch_is_cut_into_even_parts_that_fit(
    batch: int | str, lessons: int, width: int, expected: tuple[int, int, int]
) -> None:
    settings = settings_for(order(batch_size=batch), lessons, width)

    assert (settings.batch_size, settings.at_once, settings.steps_an_epoch) == expected


def test_the_multiplier_and_beta_are_heeded_and_told() -> None:
    chosen = settings_for(order(method="dpo", beta=0.5, learning_rate_multiplier=2.0, n_epochs=4), 20, 50)
    auto: Settings = settings_for(order(method="dpo", beta="auto"), 20, 50)

    assert (chosen.learning_rate, chosen.beta, chosen.epochs, chosen.steps) == (1e-4, 0.5, 4, 12)
    assert "method dpo: n_epochs 4, batch_size 8, learning rate 0.0001, beta 0.5, seed 1" in chosen.told()
    assert (auto.learning_rate, auto.beta) == (5e-5, 0.1)


def test_too_few_examples_and_wrong_lines_are_told_apart(tmp_path: Path) -> None:
    talks = [conversation(question, reply) for question, reply in SMALL]
    few = write_lines(tmp_path / "few.jsonl", talks[:9])
    mixed = write_lines(tmp_path / "mixed.jsonl", [*talks, preference("Where?", "Here.", "There.")])

    with pytest.raises(JobFailed, match="has 9 example") as too_few:
        read_conversations(few, "training_file")
    with pytest.raises(JobFailed, match="Line 21") as wrong:
        read_conversations(mixed, "training_file")
    with pytest.raises(JobFailed, match=r"Line 1: The line is no preference.*And 17 more"):
        read_preferences(mixed, "training_file")

    assert too_few.value.code == "invalid_n_examples"
    assert wrong.value.code == "invalid_training_file"
    assert len(read_conversations(few, "validation_file")) == 9
