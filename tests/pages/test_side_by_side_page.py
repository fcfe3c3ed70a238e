"""Side by side: one question, two answers, and where they come from."""

from pathlib import Path

import pytest

from core.datasets.splitting import Split
from core.datasets.versions import datasets_of, rows_of
from tests import homes
from tests.pages.visiting import FINE_TUNE, SIDE_BY_SIDE, App, obeyed, press, said, words


@pytest.fixture(scope="session")
def tuned_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace whose suspect desk has a tuned model."""
    home = tmp_path_factory.mktemp("tuned") / "home"
    homes.seed(home)
    homes.tune_suspect_desk(home)
    return home


@pytest.fixture
def seeded_home(tuned_home: Path) -> Path:
    return tuned_home


def test_without_a_tuned_model_the_page_leads_to_one(app: App) -> None:
    page = app.visit(SIDE_BY_SIDE, homes.OWNER, homes.EMPTY)

    assert not page.exception
    assert "There is no tuned model to ask yet." in words(page)
    assert FINE_TUNE.rsplit("/", 1)[-1].removesuffix(".py") in words(page)


def test_who_may_not_tune_is_led_back(app: App) -> None:
    page = app.visit(SIDE_BY_SIDE, homes.EVA, homes.EMPTY)

    assert not page.exception
    assert "Back to the overview" in words(page)


def test_both_models_answer_and_the_built_in_one_is_called_what_it_is(app: App) -> None:
    page = app.visit(SIDE_BY_SIDE, homes.VERA, homes.SUSPECT)
    dataset = datasets_of(app.store, app.project_id(homes.SUSPECT))[0]
    known = rows_of(app.store, dataset.id, Split.TRAIN)[0]
    page.text_area(key="side_question").input(known.question)

    press(page, "Ask both")

    assert not page.exception
    assert "Before tuning" in words(page)
    assert "Tuned" in words(page)
    assert said(page, "caption").count("a reply picker: it chose this among approved replies") == 2
    assert said(page, "caption").count("tokens and cost: not applicable") == 2
    assert "Nearest approved question" in words(page)
    assert obeyed(page) == []
    assert sum("&lt;img" in str(one.proto.body) for one in page.get("html")) >= 2


def test_held_out_questions_are_offered_and_asked_at_one_press(app: App) -> None:
    page = app.visit(SIDE_BY_SIDE, homes.VERA, homes.SUSPECT)

    page.button(key="example-0").click().run()

    assert not page.exception
    assert (page.text_area(key="side_question").value or "nothing") in words(page)
    assert "Tuned" in words(page)
    assert obeyed(page) == []


def test_an_empty_question_is_not_asked(app: App) -> None:
    page = press(app.visit(SIDE_BY_SIDE, homes.VERA, homes.SUSPECT), "Ask both")

    assert not page.exception
    assert "Before tuning" not in words(page)


def test_a_third_model_needs_a_provider_and_the_page_says_how_to_set_one_up(app: App) -> None:
    page = app.visit(SIDE_BY_SIDE, homes.VERA, homes.SUSPECT)

    assert "No other provider is set up." in said(page, "caption")
