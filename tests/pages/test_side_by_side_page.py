"""Side by side: one question, two answers, and where they come from."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from core.answers.arms import arms_of
from core.curation.projects import find_project
from core.curation.suggestions import newest_suggestion
from core.curation.writing import draft_of
from core.datasets.splitting import Split
from core.datasets.versions import datasets_of, rows_of
from core.rating.studies import StudyState, close_study, open_study, studies_of
from tests import homes
from tests.core.providers.fake_provider import FakeProvider
from tests.pages.visiting import FINE_TUNE, OVERVIEW, SIDE_BY_SIDE, WRITE, App, obeyed, press, said, words
from ui import session


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
    page = app.visit(SIDE_BY_SIDE, homes.OWNER, homes.SUSPECT)

    page.button(key="example-0").click().run()

    assert not page.exception
    assert (page.text_area(key="side_question").value or "nothing") in words(page)
    assert "Tuned" in words(page)
    assert obeyed(page) == []


def test_an_empty_question_is_not_asked(app: App) -> None:
    page = press(app.visit(SIDE_BY_SIDE, homes.VERA, homes.SUSPECT), "Ask both")

    assert not page.exception
    assert "Before tuning" not in words(page)
    assert "Type a question first." in said(page, "info")


def test_answers_stay_through_reruns_and_other_pages_and_are_not_asked_again(app: App) -> None:
    page = app.visit(SIDE_BY_SIDE, homes.OWNER, homes.SUSPECT)
    page.button(key="example-0").click().run()
    before = timings(page)
    assert len(before) == 2
    homes.stop_engine(app.home)

    assert timings(page.run()) == before
    assert timings(page.switch_page(OVERVIEW).run().switch_page(SIDE_BY_SIDE).run()) == before
    assert not page.error


def test_another_project_neither_shows_nor_asks_the_question(app: App) -> None:
    page = app.visit(SIDE_BY_SIDE, homes.OWNER, homes.SUSPECT)
    page.button(key="example-0").click().run()

    page.session_state[session.PROJECT] = app.project_id(homes.EMPTY)
    page.run()

    assert not page.exception
    assert timings(page) == []
    assert "asked" not in words(page).splitlines()


def test_a_question_of_unreasonable_length_is_not_asked(app: App) -> None:
    page = app.visit(SIDE_BY_SIDE, homes.OWNER, homes.SUSPECT)
    page.text_area(key="side_question").input("Why? " * 5_000)

    press(page, "Ask both")

    assert "20,000 are the most" in said(page, "info")
    assert timings(page) == []


def test_who_rates_an_open_study_is_offered_none_of_its_questions(app: App) -> None:
    page = app.visit(SIDE_BY_SIDE, homes.VERA, homes.SUSPECT)

    assert not [button for button in page.button if (button.key or "").startswith("example-")]
    assert "all of them are part of a blind study" in said(page, "caption")


def test_who_rates_an_open_study_cannot_ask_its_questions_in_any_spelling(app: App) -> None:
    page = app.visit(SIDE_BY_SIDE, homes.VERA, homes.SUSPECT)
    page.text_area(key="side_question").input(f"  {a_test_question(app).upper()} ")

    press(page, "Ask both")

    assert "This question is part of a blind study that is open." in said(page, "info")
    assert timings(page) == []


def test_a_study_being_prepared_hides_its_questions_too_and_a_closed_one_no_more(app: App) -> None:
    vera = app.person(homes.VERA)
    first, second, *_ = arms_of(app.store, app.project_id(homes.SUSPECT))
    study = studies_of(app.store, app.project_id(homes.SUSPECT))[0]
    close_study(app.store, study, vera)
    page = app.visit(SIDE_BY_SIDE, homes.VERA, homes.SUSPECT)
    page.button(key="example-0").click().run()
    assert len(timings(page)) == 2
    project = find_project(app.store, homes.SUSPECT)
    assert project is not None

    dataset = datasets_of(app.store, project.id)[0]
    opened = open_study(app.store, project, dataset, first, second, vera)
    page.run()

    assert opened.state is StudyState.PREPARING
    assert timings(page) == [], "Answers seen before the study was opened are taken off the screen."
    assert "all of them are part of a blind study" in said(page, "caption")


def test_a_third_model_needs_a_provider_and_the_page_says_how_to_set_one_up(app: App) -> None:
    page = app.visit(SIDE_BY_SIDE, homes.VERA, homes.SUSPECT)

    assert "No other provider is set up." in said(page, "caption")


def test_wanting_a_third_model_asks_nothing_until_the_next_question(
    app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TOUCHSTONE_PROVIDER_BASE_URL", "http://127.0.0.1:9/v1")
    monkeypatch.setenv("TOUCHSTONE_PROVIDER_KEY", "not-a-key")
    page = app.visit(SIDE_BY_SIDE, homes.OWNER, homes.SUSPECT)
    page.button(key="example-0").click().run()
    before = len(arms_of(app.store, app.project_id(homes.SUSPECT)))

    page.text_input(key="side_model").input(f"other {homes.UNTRUSTED}").run()
    page.checkbox(key="side_other").check().run()

    assert not page.exception
    assert "Another model" not in words(page).replace("*", "").splitlines()
    assert len(arms_of(app.store, app.project_id(homes.SUSPECT))) == before
    page.button(key="example-0").click().run()
    assert "Another model" in words(page).replace("*", "").splitlines()
    failed = said(page, "error")
    assert failed
    assert said(page.run(), "error") == failed
    assert obeyed(page) == []


def test_a_third_model_reads_the_nearest_replies_the_tuned_one_learned_from(
    app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    provider = FakeProvider().start()
    for name, value in provider.secrets.items():
        monkeypatch.setenv(name, value)
    page = app.visit(SIDE_BY_SIDE, homes.OWNER, homes.SUSPECT)
    page.text_input(key="side_model").input("other").run()
    page.number_input(key="side_examples").set_value(2).run()
    assert "The question, the examples and your project's instructions are sent" in said(page, "caption")
    page.checkbox(key="side_other").check().run()

    page.button(key="example-0").click().run()
    provider.stop()

    assert "other (Compatible endpoint) shown 2 examples" in words(page)
    dataset = datasets_of(app.store, app.project_id(homes.SUSPECT))[0]
    taught = {row.reply for row in rows_of(app.store, dataset.id, Split.TRAIN)}
    (asked,) = provider.asked("POST /chat/completions")
    shown = [turn["content"] for turn in asked.json["messages"] if turn["role"] == "assistant"]
    assert 0 < len(shown) <= 2
    assert taught.issuperset(shown)


def timings(page: AppTest) -> list[str]:
    """How long each answer on the screen took; an answer that is asked again has another time."""
    return [line for line in said(page, "caption").splitlines() if "tokens and cost" in line]


def a_test_question(app: App) -> str:
    dataset = datasets_of(app.store, app.project_id(homes.SUSPECT))[0]
    return rows_of(app.store, dataset.id, Split.TEST)[0].question


def test_an_expert_starts_a_reply_from_what_a_model_suggests(app: App) -> None:
    page = app.visit(WRITE, homes.VERA, homes.SUSPECT)
    press(page, "Skip")
    item = page.session_state["write_item"]

    page.session_state["suggesting_open"] = True
    press(page.run(), "Suggest a draft")
    suggested = newest_suggestion(app.store, item, app.person(homes.VERA))
    assert suggested is not None
    press(page, "Start from this")

    draft = draft_of(app.store, item, app.person(homes.VERA))
    assert draft is not None
    assert draft.text == suggested.text
    assert "Reviewers will see that a model drafted it" in words(page)
