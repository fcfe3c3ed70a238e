"""The Rate page: one duel, voted on by people who saw it, and nothing that tells whose answers they are."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from core.people.membership import grant
from core.people.persons import Person, add_person
from core.people.roles import Role
from core.rating.studies import Study, close_study
from core.rating.study_plan import Form
from core.store.store import Store
from tests.core.rating.study_hall import LONG_AGO, Hall, furnished
from tests.pages.visiting import words
from ui import session

APP = Path(__file__).parents[2] / "app.py"
PAGE = "pages/compare/rate.py"
SHOWN = "rate_shown"


@pytest.fixture
def hall(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hall]:
    """A furnished study hall in the workspace that the app opens."""
    home = tmp_path / "home"
    monkeypatch.setenv("TOUCHSTONE_HOME", str(home))
    store = Store(home)
    olga, anna = (add_person(store, f"{name.lower()}@example.com", name) for name in ("Olga", "Anna"))
    made = furnished(store, olga, anna)
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


def seated(hall: Hall) -> tuple[AppTest, Person, Study]:
    """Rita on the Rate page with her first duel."""
    rita = hall.rater("Rita")
    study = hall.study()
    app = page(rita)
    app.button(key="rate_start").click().run()
    return app, rita, study


def press(app: AppTest, key: str, *, after_a_look: bool = True) -> AppTest:
    """Press a button, as somebody who looked long enough, or as somebody who did not."""
    if after_a_look and SHOWN in app.session_state:
        duel_id, shown_at = app.session_state[SHOWN]
        app.session_state[SHOWN] = (duel_id, shown_at - LONG_AGO)
    return next(one for one in app.main.button if str(one.key).startswith(f"rate_{key}_")).click().run()


def everything(app: AppTest) -> str:
    """All that the page sends to the browser."""
    return "\n".join(_messages(app._tree))


def _messages(node: Any) -> Iterator[str]:
    if getattr(node, "proto", None) is not None:
        yield str(node.proto)
    for child in getattr(node, "children", {}).values():
        yield from _messages(child)


def said(app: AppTest) -> str:
    parts = [*app.markdown, *app.caption, *app.info, *app.error]
    return "\n".join(str(part.value) for part in parts).replace("\\", "")


def outcomes(hall: Hall) -> list[str]:
    rows = hall.store.rows(
        "select v.outcome from votes v join duels d on d.id = v.duel_id order by d.position"
    )
    return [outcome for (outcome,) in rows]


def test_without_a_study_the_page_says_what_will_be_here(hall: Hall) -> None:
    app = page(hall.rater("Rita"))

    assert not app.exception
    assert "Here two answers to one question will stand side by side" in said(app)
    assert not app.main.button


def test_five_keys_a_note_and_an_undo_are_all_there_is(hall: Hall) -> None:
    app, _, _ = seated(hall)

    assert not app.exception
    assert [(button.label, button.proto.shortcut) for button in app.main.button] == [
        ("A better", "1"),
        ("B better", "2"),
        ("Tie", "3"),
        ("Both bad", "4"),
        ("Skip", "5"),
        ("Note", "n"),
        ("Undo", "z"),
    ]
    assert "Duel 1 of 12" in everything(app)


def test_nothing_that_reaches_a_rater_names_an_arm_a_model_or_a_price(hall: Hall) -> None:
    app, _, _ = seated(hall)

    for _ in range(12):
        sent = everything(app)
        assert "consult the plain notice" in sent
        for secret in (hall.base.name, hall.tuned.name, hall.base.model, hall.tuned.model):
            assert secret not in sent
        for word in ("secret-model", "Run 1", "arm", "tuned", "base", "provider", "local", "0.25"):
            assert word not in sent.replace("warm", "")
        press(app, "left")
    assert "came from a model that learned from your team" in said(app)


def test_a_press_is_a_vote_and_brings_the_next_duel(hall: Hall) -> None:
    app, _, _ = seated(hall)

    for key in ("left", "right", "tie", "both_bad"):
        press(app, key)

    assert outcomes(hall) == ["left", "right", "tie", "both_bad"]
    assert "Duel 5 of 12" in everything(app)


def test_fast_presses_vote_on_nothing_that_was_not_seen(hall: Hall) -> None:
    app, _, _ = seated(hall)
    press(app, "left")

    for _ in range(5):
        press(app, "right", after_a_look=False)

    assert outcomes(hall) == ["left"]
    assert "Duel 2 of 12" in everything(app)
    assert not app.error


def test_a_second_tab_cannot_vote_again_and_is_brought_to_the_next_duel(hall: Hall) -> None:
    app, rita, _ = seated(hall)
    other = page(rita)
    press(app, "left")

    press(other, "right")

    assert outcomes(hall) == ["left"]
    assert "decided already, perhaps in another tab" in said(other)
    assert "Duel 2 of 12" in everything(other)


def test_a_skip_is_asked_for_its_reason_and_may_be_thought_over(hall: Hall) -> None:
    app, _, _ = seated(hall)

    press(app, "skip")
    assert [button.label for button in app.main.button][-3:] == ["Back", "Note", "Undo"]
    press(app, "skip")
    assert "A better" in [button.label for button in app.main.button]
    press(app, "skip")
    press(app, "unclear")

    assert hall.store.rows("select outcome, reason from votes") == [("skip", "unclear")]
    assert "Duel 2 of 12" in everything(app)


def test_a_key_pressed_while_the_reason_is_asked_for_is_no_vote(hall: Hall) -> None:
    app, _, _ = seated(hall)
    duel_id, _ = app.session_state[SHOWN]

    app.session_state["rate_skipping"] = duel_id
    press(app, "left")

    assert outcomes(hall) == []


def test_a_note_is_kept_without_a_vote_and_its_passage_is_marked(hall: Hall) -> None:
    app, rita, _ = seated(hall)
    press(app, "write")
    duel_id, _ = app.session_state[SHOWN]

    app.text_area(key=f"rate_note_{duel_id}").input("Too cold.").run()
    app.text_input(key=f"rate_passage_{duel_id}").input("consult the  plain notice").run()

    assert hall.store.rows("select note, passage from duel_notes") == [
        ("Too cold.", "consult the  plain notice")
    ]
    assert "consult the plain notice</mark>" in everything(app)
    app.text_input(key=f"rate_passage_{duel_id}").input("words of nobody").run()
    assert "stand in neither answer" in said(app)
    assert hall.store.rows("select note, passage from duel_notes") == [("Too cold.", "")]
    again = page(rita)
    press(again, "write")
    assert again.text_area(key=f"rate_note_{duel_id}").value == "Too cold."


def test_practice_says_so_and_counts_nowhere(hall: Hall) -> None:
    rita = hall.rater("Rita")
    hall.study_of(replace(hall.plan(), practice=2))
    app = page(rita)
    app.button(key="rate_start").click().run()

    assert "Practice 1 of 2" in everything(app)
    assert "kept apart and counts nowhere" in said(app)
    press(app, "left")
    assert "Practice 2 of 2" in everything(app)
    app.button(key="rate_leave_practice").click().run()

    assert "Duel 1 of 10" in everything(app)
    assert outcomes(hall) == []
    assert hall.store.rows("select outcome from practice_votes order by number") == [("left",), ("left out",)]


def test_on_a_scale_the_duel_is_done_once_both_answers_are_rated(hall: Hall) -> None:
    rita = hall.rater("Rita")
    hall.study_of(replace(hall.plan(), form=Form.SCALE, quality="Politeness"))
    app = page(rita)
    app.button(key="rate_start").click().run()

    assert [one.proto.shortcut for one in app.main.button][:10] == list("1234567890")
    press(app, "A4")
    press(app, "A2")
    assert "Duel 1 of 12" in everything(app)
    press(app, "B5")

    assert "Duel 2 of 12" in everything(app)
    assert hall.store.rows("select outcome, left_score, right_score from votes") == [("right", 2, 5)]


def test_undo_brings_the_last_duel_back(hall: Hall) -> None:
    app, _, _ = seated(hall)
    assert app.button(key="rate_undo").disabled
    press(app, "left")

    app.button(key="rate_undo").click().run()

    assert outcomes(hall) == []
    assert "Duel 1 of 12" in everything(app)
    assert hall.store.value("select count(*) from undone_votes") == 1


def test_after_a_reload_it_goes_on_where_it_was(hall: Hall) -> None:
    app, rita, _ = seated(hall)
    press(app, "left")

    assert "Duel 2 of 12" in everything(page(rita))


def test_the_end_says_thank_you_and_can_still_be_undone(hall: Hall) -> None:
    app, _, _ = seated(hall)
    for _ in range(12):
        press(app, "tie")

    assert "You rated everything, thank you" in said(app)
    app.button(key="rate_undo").click().run()
    assert "Duel 12 of 12" in everything(app)
    press(app, "tie")
    app.button(key="rate_decline").click().run()
    assert "Thank you. You rated all 12 pairs" in said(app)
    assert app.button(key="rate_undo").disabled


def test_a_vote_after_closing_is_not_taken_and_said_so(hall: Hall) -> None:
    app, _, study = seated(hall)
    close_study(hall.store, study, hall.owner)

    press(app, "left")

    assert "closed in the meantime" in said(app)
    assert outcomes(hall) == []


def test_an_author_of_the_replies_is_told_why_not(hall: Hall) -> None:
    with hall.store.transaction("test") as tx:
        grant(tx, hall.project.id, hall.author, Role.RATER)
    hall.study()

    app = page(hall.author)

    assert "nobody rates what they helped to write" in said(app)
    assert not app.main.button


def test_who_is_no_rater_sees_no_page(hall: Hall) -> None:
    hall.study()
    app = AppTest.from_file(str(APP), default_timeout=30)
    app.session_state[session.PERSON] = hall.owner.id
    app.run()

    assert "may not rate answers" in words(app.switch_page(PAGE).run())
