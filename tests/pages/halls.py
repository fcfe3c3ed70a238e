"""A study hall opened in the app, and what can be read on a page of it."""

from pathlib import Path
from typing import Any

from streamlit.testing.v1 import AppTest

from core.people.persons import Person
from tests.core.rating.study_hall import Hall
from tests.pages.visiting import plain_words
from ui import session

APP = Path(__file__).parents[2] / "app.py"


def visit(page: str, person: Person) -> AppTest:
    """A page as this person sees it."""
    app = AppTest.from_file(str(APP), default_timeout=30)
    app.session_state[session.PERSON] = person.id
    app.run()
    return app.switch_page(page).run()


def said(app: AppTest) -> str:
    """Everything that can be read on it."""
    parts = [*app.main.header, *app.main.markdown, *app.main.caption, *app.main.error, *app.main.success]
    return plain_words("\n".join(str(part.value) for part in parts))


def charts(app: AppTest) -> list[str]:
    """The charts as a screen reader has them."""
    return [str(chart.proto.alt) for chart in app.get("plotly_chart")]


def succeeded_run(hall: Hall) -> int:
    """A run whose two models have the names that the furnished arms have."""
    with hall.store.transaction("test") as tx:
        run_id = tx.new_id("runs")
        row: dict[str, Any] = {
            "id": run_id,
            "project_id": hall.project.id,
            "dataset_id": hall.dataset.id,
            "provider": "local",
            "base_model": "reply-picker-ngrams",
            "seed": 1,
            "token": "t",
            "state": "succeeded",
            "model": hall.tuned.model,
            "untuned_model": hall.base.model,
            "person_id": hall.owner.id,
            "created_at": tx.now,
            "finished_at": tx.now,
            "version": 1,
        }
        tx.insert("runs", row)
    return run_id


def settled(app: AppTest) -> AppTest:
    """The page once nothing works in the background any more."""
    while session.workspace().jobs.unfinished():
        session.workspace().jobs.unfinished()
    return app.run()
