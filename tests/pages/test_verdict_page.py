"""The Verdict page: how sure it is while a study is open, who was preferred once it is closed."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from core.jobs.jobs import JobState
from core.people.membership import grant
from core.people.persons import Person, add_person
from core.people.roles import Role
from core.rating.studies import StudyState, close_study, studies_of, study_by_id
from core.store.store import Store
from tests.core.rating.study_hall import Hall, furnished, golden, likes, plain, rate_all
from ui import session

APP = Path(__file__).parents[2] / "app.py"
PAGE = "pages/compare/verdict.py"


@pytest.fixture
def hall(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hall]:
    """A furnished study hall in the app's own workspace; its tuned model gives the approved replies."""
    home = tmp_path / "home"
    monkeypatch.setenv("TOUCHSTONE_HOME", str(home))
    store = Store(home)
    olga, anna = (add_person(store, f"{name.lower()}@example.com", name) for name in ("Olga", "Anna"))
    made = furnished(store, olga, anna, prompts=30, base=plain, tuned=golden)
    store.close()
    st.cache_resource.clear()
    yield replace(made, store=session.workspace().store)
    session.workspace().close()
    st.cache_resource.clear()


def page(person: Person) -> AppTest:
    app = AppTest.from_file(str(APP), default_timeout=30)
    app.session_state[session.PERSON] = person.id
    app.run()
    return app.switch_page(PAGE).run()


def said(app: AppTest) -> str:
    parts = [*app.main.header, *app.main.markdown, *app.main.caption, *app.main.error, *app.main.success]
    return "\n".join(str(part.value) for part in parts).replace("\\", "")


def charts(app: AppTest) -> list[str]:
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


def test_without_a_study_or_a_model_the_page_leads_to_fine_tuning(hall: Hall) -> None:
    app = page(hall.owner)

    assert not app.exception
    assert "Here you will read which model raters preferred" in said(app)
    assert [link.proto.label for link in app.get("page_link")] == ["Fine-tune one"]


def test_an_owner_opens_a_study_of_a_run_and_it_is_prepared(hall: Hall) -> None:
    hall.rater("Rita")
    succeeded_run(hall)
    app = page(hall.owner)
    assert "Invited: Rita" in said(app)

    app.main.button[-1].click().run()
    app = settled(app)

    assert not app.exception
    (study,) = studies_of(hall.store, hall.project.id)
    assert (study.state, study.raters) == (StudyState.OPEN, 1)
    job = session.workspace().jobs.latest("study", str(study.id))
    assert job is not None
    assert (job.state, job.outcome) == (
        JobState.DONE,
        "Study 1 is ready: 30 prompts, answered by both models.",
    )
    assert "Nothing counts yet" in said(app)


def test_an_open_study_shows_evidence_and_not_which_model_leads(hall: Hall) -> None:
    rita = hall.rater("Rita")
    study = hall.study()
    rate_all(hall, study, rita, likes("Approved"))
    for_tuned = page(hall.owner)
    close_study(hall.store, study, hall.owner)
    rate_all(hall, hall.study(), rita, likes("plain"))
    for_base = page(hall.owner)

    assert "Enough evidence that one of the two is preferred." in said(for_tuned)
    assert charts(for_tuned) == charts(for_base)
    assert "Rita: 30 of 30" in "\n".join(str(bar.proto.text) for bar in for_tuned.get("progress"))
    one, two = (text.splitlines()[0] for text in (said(for_tuned), said(for_base)))
    assert one == two


def test_who_rates_sees_nothing_of_the_study_until_it_is_closed(hall: Hall) -> None:
    rita = hall.rater("Rita")
    with hall.store.transaction("test") as tx:
        grant(tx, hall.project.id, rita, Role.REVIEWER)
    study = hall.study()
    app = page(rita)

    assert "hidden from you until it is closed" in said(app)
    assert not charts(app)
    assert "Run 1" not in said(app)

    rate_all(hall, study, rita, likes("Approved"))
    close_study(hall.store, study, hall.owner)
    assert "This one rater preferred the tuned model" in said(page(rita))


def test_closing_asks_first_and_then_reveals(hall: Hall) -> None:
    rita = hall.rater("Rita")
    study = hall.study()
    rate_all(hall, study, rita, likes("Approved"))
    app = page(hall.owner)

    next(button for button in app.button if button.label == "Close and reveal").click().run()
    assert study_by_id(hall.store, study.id).state is StudyState.OPEN
    app.button(key="verdict_close").click().run()

    assert study_by_id(hall.store, study.id).state is StudyState.CLOSED
    app = page(hall.owner)
    assert not app.exception
    text = said(app)
    assert "This one rater preferred the tuned model on prompts like these: 100 % to 0 %" in text
    assert "One rater cannot speak for all experts." in text
    assert "it chooses among approved replies, and writes no text" in text
    assert "tokens written: not applicable · cost: not applicable" in text
    assert len(charts(app)) == 3
    assert charts(app)[0] == (
        "How did the 30 votes fall? the tuned model better 100 %, tie 0 %, both bad 0 %, "
        "the base model better 0 %."
    )


def test_a_closed_study_has_the_accuracy_beside_it(hall: Hall) -> None:
    rita = hall.rater("Rita")
    study = hall.study()
    rate_all(hall, study, rita, likes("Approved"))
    close_study(hall.store, study, hall.owner)

    text = said(page(hall.owner))

    assert "On 30 held-out questions the tuned model gave the approved reply word for word in 100 %" in text
    assert "30 fixed, 0 broken, p < 0.001 (exact McNemar)" in text


def test_only_owners_close_and_open(hall: Hall) -> None:
    ben = add_person(hall.store, "ben@example.com", "Ben")
    with hall.store.transaction("test") as tx:
        grant(tx, hall.project.id, ben, Role.VIEWER)
    succeeded_run(hall)
    hall.study()

    app = page(ben)

    assert not app.exception
    assert not app.main.button


def test_a_study_whose_preparation_failed_can_be_prepared_again(hall: Hall) -> None:
    hall.rater("Rita")
    succeeded_run(hall)
    with hall.store.transaction("test") as tx:
        rows = tx.rows("select item_id from answers where arm_id = ?", hall.base.id)
        for (item_id,) in rows:
            key = {"dataset_id": hall.dataset.id, "arm_id": hall.base.id, "item_id": item_id}
            tx.update("answers", key, {"text": "   "})
    app = page(hall.owner)
    app.main.button[-1].click().run()

    app = settled(app)

    assert "is being prepared" in said(app)
    assert "answered none of the test prompts" in said(app)
    assert any(button.label == "Prepare it again" for button in app.main.button)
