"""A judge on the Verdict page: asked only after what will be sent was shown, and kept beside the raters."""

import threading
from collections.abc import Iterator

import pytest
from streamlit.testing.v1 import AppTest

from core.judging.judges import ask_judge
from core.people.membership import add_member
from core.people.persons import add_person
from core.people.roles import Role
from core.rating.studies import Study, close_study
from tests.core.judging.conftest import prefers
from tests.core.providers.fake_provider import FakeProvider
from tests.core.rating.study_hall import Hall, likes, rate_all
from tests.pages.halls import settled, visit
from tests.pages.visiting import press, words
from ui import judge_panel, session


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeProvider]:
    """A provider in the surroundings; made before the app opens its workspace."""
    provider = FakeProvider(says=prefers("Approved")).start()
    for name, value in provider.secrets.items():
        monkeypatch.setenv(name, value)
    yield provider
    provider.stop()


def rated(hall: Hall) -> Study:
    study = hall.study(1)
    rate_all(hall, study, hall.rater("Rita"), likes("Approved"))
    return close_study(hall.store, study, hall.owner)


def closed(hall: Hall) -> AppTest:
    rated(hall)
    return visit("pages/compare/verdict.py", hall.owner)


def test_an_owner_sees_what_will_be_sent_and_then_what_the_judge_adds(fake: FakeProvider, hall: Hall) -> None:
    app = closed(hall)
    app.text_input(judge_panel.MODEL).set_value("mistral-large").run()

    assert "60 requests go to Compatible endpoint" in words(app)
    assert fake.requests == []
    app = settled(press(app, "Send and ask"))

    assert not app.exception
    assert len(fake.requests) == 60
    assert "mistral-large (Compatible endpoint) judged 30 pairs in both orders." in words(app)
    assert "so here it adds nothing" in words(app)


def test_a_judge_at_work_is_stopped_by_who_may_open_studies_and_nobody_else(
    fake: FakeProvider, hall: Hall
) -> None:
    study, enough = rated(hall), threading.Event()
    fake.says = lambda _: "tie" if enough.wait(30) else ""
    workspace = session.workspace()
    provider = workspace.providers.get("compatible")
    ask_judge(hall.store, workspace.jobs, study, provider, "mistral-large", hall.owner)
    vera = add_person(hall.store, "vera@example.com", "Vera")
    add_member(hall.store, hall.project.id, vera.email, "", Role.VIEWER, hall.owner)

    seen = {
        person.name: [button.label for button in visit("pages/compare/verdict.py", person).main.button]
        for person in (vera, hall.owner)
    }
    enough.set()

    assert "Stop" not in seen["Vera"]
    assert "Stop" in seen[hall.owner.name]


def test_without_a_model_that_writes_the_page_says_why_there_is_no_judge(hall: Hall) -> None:
    assert "The reply picker cannot be a judge" in words(closed(hall))
