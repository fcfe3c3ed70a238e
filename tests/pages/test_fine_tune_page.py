"""The Fine-tune page: what it takes, then the run itself, on the real engine."""

import time

from streamlit.testing.v1 import AppTest

from core.training.runs import Run, RunState, metric_points, runs_of
from tests import homes
from tests.pages.visiting import DATASET, FINE_TUNE, App, press, said, words

PATIENCE_SECONDS = 60


def runs(app: App, project: str = homes.SUSPECT) -> list[Run]:
    return runs_of(app.store, app.project_id(project))


def frozen(app: App) -> AppTest:
    """The page of a project with a frozen dataset."""
    page = press(app.visit(DATASET, homes.VERA, homes.SUSPECT), "Freeze")
    return page.switch_page(FINE_TUNE).run()


def finished(page: AppTest, app: App) -> AppTest:
    """The page once the newest run has ended."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not runs(app)[0].ended and time.monotonic() < deadline:
        time.sleep(0.2)
    return page.run()


def test_without_a_dataset_the_page_leads_to_one(app: App) -> None:
    page = app.visit(FINE_TUNE, homes.OWNER, homes.EMPTY)

    assert not page.exception
    assert "A fine-tuning needs a frozen dataset." in words(page)
    assert not page.main.button


def test_the_estimate_says_what_is_unknown_or_not_applicable_in_words(app: App) -> None:
    page = frozen(app)

    shown = {metric.label: metric.value for metric in page.metric}
    assert not page.exception
    assert shown["cost"] == "not applicable"
    assert shown["tokens trained"] == "not applicable"
    assert int(shown["examples to learn from"]) > 0
    assert runs(app) == []


def test_a_provider_that_is_not_set_up_cannot_be_started(app: App) -> None:
    page = frozen(app)
    box = page.selectbox(key="tune_provider")

    box.select_index(next(place for place, name in enumerate(box.options) if "OpenAI" in name)).run()

    start = next(button for button in page.main.button if button.label == "Start fine-tuning")
    assert not page.exception
    assert start.disabled
    assert page.error
    assert runs(app) == []


def test_a_run_is_launched_followed_and_succeeds(app: App) -> None:
    page = press(frozen(app), "Start fine-tuning")

    assert not page.exception
    page = finished(page, app)

    (run,) = runs(app)
    assert run.state is RunState.SUCCEEDED
    assert "The tuned model is ready." in said(page, "success")
    points = metric_points(app.store, run.id)
    assert points["train_loss"].notna().any()
    assert len(page.get("plotly_chart")) == 1
    assert "Loss" in words(page) or "loss" in words(page)
    assert not [button for button in page.main.button if button.label == "Stop this run"]


def test_a_run_can_be_stopped_and_the_dataset_is_as_it_was(app: App) -> None:
    page = frozen(app)
    page.number_input(key="tune_epochs").set_value(50).run()
    press(page, "Start fine-tuning")
    stop = [button for button in page.main.button if button.label == "Stop this run"]
    assert len(stop) == 1

    stop[0].click().run()
    page = finished(page, app)

    (run,) = runs(app)
    assert not page.exception
    assert run.cancel_asked_at is not None
    assert run.state in {RunState.CANCELLED, RunState.SUCCEEDED}
