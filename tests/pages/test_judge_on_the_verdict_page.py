"""A judge on the Verdict page: asked only after what will be sent was shown, and kept beside the raters."""

from collections.abc import Iterator

import pytest
from streamlit.testing.v1 import AppTest

from core.rating.studies import close_study
from tests.core.judging.conftest import prefers
from tests.core.providers.fake_provider import FakeProvider
from tests.core.rating.study_hall import Hall, likes, rate_all
from tests.pages.halls import settled, visit
from tests.pages.visiting import press, words
from ui import judge_panel


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeProvider]:
    """A provider in the surroundings; made before the app opens its workspace."""
    provider = FakeProvider(says=prefers("Approved")).start()
    for name, value in provider.secrets.items():
        monkeypatch.setenv(name, value)
    yield provider
    provider.stop()


def closed(hall: Hall) -> AppTest:
    study = hall.study(1)
    rate_all(hall, study, hall.rater("Rita"), likes("Approved"))
    close_study(hall.store, study, hall.owner)
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


def test_without_a_model_that_writes_the_page_says_why_there_is_no_judge(hall: Hall) -> None:
    assert "The reply picker cannot be a judge" in words(closed(hall))
