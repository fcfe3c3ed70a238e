"""The Overview: where the project stands, and the one next thing for whoever looks."""

from pathlib import Path

import pytest

from core.curation.items import NewItem, State, add_item, count_by_state
from core.curation.projects import create_project
from core.curation.writing import submit
from core.people.membership import add_member
from core.people.roles import Role
from tests import homes
from tests.pages.visiting import OVERVIEW, REVIEW, App, obeyed, press, said, words

OWN = "Start your own project"


def test_the_strip_counts_what_is_there(app: App) -> None:
    page = app.visit(OVERVIEW, homes.OWNER)

    counts = count_by_state(app.store, app.project_id(homes.DEMO))
    shown = {metric.label: metric.value for metric in page.metric}
    assert not page.exception
    assert [title.value for title in page.title] == [homes.DEMO]
    assert shown["approved"] == str(counts[State.APPROVED])
    assert shown["submitted"] == str(counts[State.SUBMITTED])
    open_to_write = counts[State.WAITING] + counts[State.DRAFT] + counts[State.RETURNED]
    assert shown["waiting"] == str(open_to_write)
    assert shown["votes"] == "0"


@pytest.mark.parametrize(
    ("email", "button", "sentence"),
    [
        (homes.ANNA, "Write", "4 replies of yours came back with a comment."),
        (homes.BEN, "Review", "10 replies to review."),
        (homes.OWNER, "Review", "10 replies to review."),
    ],
)
def test_everybody_is_offered_one_next_thing(app: App, email: str, button: str, sentence: str) -> None:
    page = app.visit(OVERVIEW, email)

    assert [one.label for one in page.main.button] == [OWN, button]
    assert sentence in words(page)


def test_who_writes_where_nobody_else_may_review_is_told_to_add_somebody(app: App) -> None:
    owner = app.person(homes.OWNER)
    with app.store.transaction(owner.email) as tx:
        desk = create_project(tx, "Lamp shop", owner)
        item = add_item(tx, desk.id, NewItem("Which bulb?"), owner)
    submit(app.store, item.id, "An E27.", owner)

    overview = app.visit(OVERVIEW, homes.OWNER, "Lamp shop")
    assert "nobody else here may" in words(overview)
    assert "Add a reviewer" in [one.label for one in overview.main.button]
    assert "Add a reviewer" in words(app.visit(REVIEW, homes.OWNER, "Lamp shop"))

    add_member(app.store, desk.id, homes.BEN, "", Role.REVIEWER, owner)
    assert "Add a reviewer" not in words(app.visit(OVERVIEW, homes.OWNER, "Lamp shop"))
    assert "Nothing waits for your decision." in words(app.visit(REVIEW, homes.OWNER, "Lamp shop"))


def test_the_next_thing_leads_there(app: App) -> None:
    page = press(app.visit(OVERVIEW, homes.ANNA), "Write")

    assert not page.exception


def test_somebody_who_only_looks_on_has_nothing_to_do_before_a_model_is_tuned(app: App) -> None:
    page = app.visit(OVERVIEW, homes.EVA)

    assert "There is nothing for you to do right now." in words(page)
    assert [one.label for one in page.main.button] == [OWN]


def test_an_empty_project_begins_with_an_import(app: App) -> None:
    owner = app.visit(OVERVIEW, homes.OWNER, homes.EMPTY)
    assert {metric.value for metric in owner.metric} == {"0"}
    assert [one.label for one in owner.main.button] == ["Import"]

    expert = app.visit(OVERVIEW, homes.ANNA, homes.EMPTY)
    assert "nothing for you to do" in words(expert)


def test_a_demo_says_that_it_is_one_and_leads_to_a_project_of_ones_own(app: App) -> None:
    page = app.visit(OVERVIEW, homes.OWNER)
    assert "A demo with made-up customers" in words(page)

    press(page, OWN)
    page.text_input(key="new_project_name").set_value("Lamp shop")
    next(one for one in page.button if one.label == "Start the project").click().run()

    assert [title.value for title in page.title] == ["Lamp shop"]
    assert "A demo" not in words(page)
    assert OWN not in [one.label for one in page.main.button]


def test_a_repaired_workspace_says_so(app: App, home: Path) -> None:
    with (home / "touchstone.duckdb").open("r+b") as file:
        file.write(bytes(4096))

    page = app.visit(OVERVIEW, homes.OWNER)

    assert not page.exception
    assert "was damaged" in said(page, "info")
    assert {metric.label: metric.value for metric in page.metric}["submitted"] == "10"


def test_nothing_on_it_is_read_as_markdown_or_html(app: App) -> None:
    page = app.visit(OVERVIEW, homes.VERA, homes.SUSPECT)

    assert not page.exception
    assert obeyed(page) == []
