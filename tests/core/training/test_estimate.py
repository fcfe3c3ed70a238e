"""What a run would do and cost is said before it is launched, and never invented."""

from dataclasses import replace
from datetime import date

import pytest

from core.errors import Refused
from core.providers.profiles import PROFILES, with_settings
from core.training.estimate import default_epochs, estimate
from core.training.runs import create_run
from tests.core.training.desk import Desk

TODAY = date(2026, 11, 21)
MINI = "gpt-4.1-mini-2025-04-14"


def test_nothing_is_charged_on_this_machine(desk: Desk) -> None:
    told = estimate(desk.store, desk.dataset, PROFILES["local"], "reply-picker-minilm", None, TODAY)

    assert told.examples == desk.dataset.n_train
    assert (told.tokens, told.trained_tokens, told.cost) == (None, None, None)
    assert told.cost_text == "not applicable"
    assert told.obstacles == ()


def test_a_known_price_gives_a_cost_and_an_unknown_one_does_not(desk: Desk) -> None:
    known = estimate(desk.store, desk.dataset, PROFILES["openai"], MINI, 2, TODAY)
    unknown = estimate(desk.store, desk.dataset, PROFILES["nebius"], "some-model", 2, TODAY)

    assert known.tokens is not None
    assert known.trained_tokens == 2 * known.tokens
    assert known.cost == pytest.approx(5 * known.trained_tokens / 1_000_000)
    assert known.price_as_of == "mid-2025"
    assert unknown.cost is None
    assert unknown.cost_text == "unknown"


def test_the_end_of_a_model_and_of_fine_tuning_is_told_first(desk: Desk) -> None:
    told = estimate(desk.store, desk.dataset, PROFILES["openai"], MINI, None, TODAY)

    assert told.warnings[0] == "Fine-tuning at OpenAI ends on 6 January 2027."
    assert "14 January 2027" in told.warnings[1]


@pytest.mark.parametrize(("examples", "epochs"), [(10, 10), (33, 3), (40, 3), (100, 3), (10_000, 2), (3, 25)])
def test_epochs_follow_the_rule_openai_published(examples: int, epochs: int) -> None:
    assert default_epochs(PROFILES["openai"], examples) == epochs


def test_fewer_than_ten_examples_are_refused_before_anything_is_written(desk: Desk) -> None:
    small = replace(desk.dataset, n_train=9)

    with pytest.raises(Refused, match="at least 10 examples to learn from; this dataset has 9"):
        create_run(desk.store, desk.project, small, PROFILES["local"], "m", None, 1, desk.owner)

    assert desk.store.value("select count(*) from runs") == 0


def test_a_provider_without_its_key_is_refused(desk: Desk) -> None:
    openai = with_settings(PROFILES["openai"], {})

    with pytest.raises(Refused, match="OPENAI_API_KEY is not set"):
        create_run(desk.store, desk.project, desk.dataset, openai, MINI, None, 1, desk.owner)
