"""The page Review quality: opinions are given blind, and numbers say of how many."""

from html import escape

from core.curation import review
from core.curation.items import NewItem, add_item
from core.curation.projects import project_by_id
from core.curation.second_opinion import concord, to_give
from core.curation.writing import submit
from core.people.membership import grant
from core.people.persons import ensure_person
from core.people.roles import Role
from tests import homes
from tests.pages.visiting import App, press, words

QUALITY = "pages/curate/review_quality.py"
DAVE = "dave@example.com"


def decide_many(app: App) -> None:
    owner, anna, ben = (app.person(email) for email in (homes.OWNER, homes.ANNA, homes.BEN))
    for number in range(30):
        with app.store.transaction(owner.email) as tx:
            item = add_item(
                tx, app.project_id(homes.DEMO), NewItem(f"Where do I find counter number {number}?"), owner
            )
        submit(app.store, item.id, f"Counter {number} is left of the stairs, open until midnight.", anna)
        review.approve(app.store, item.id, ben)
    with app.store.transaction(owner.email) as tx:
        grant(tx, app.project_id(homes.DEMO), ensure_person(tx, DAVE, "Dave"), Role.REVIEWER)


def test_before_anything_was_asked_the_page_says_what_it_will_show(app: App) -> None:
    page = app.visit(QUALITY, homes.BEN)

    assert not page.exception
    assert "known as soon as second opinions were given" in words(page)


def test_an_opinion_is_given_without_seeing_the_decision_and_counted(app: App) -> None:
    decide_many(app)
    page = app.visit(QUALITY, DAVE)
    project = project_by_id(app.store, app.project_id(homes.DEMO))
    asked = to_give(app.store, project, app.person(DAVE))
    assert asked is not None
    assert escape(asked.reply.text.split("\n")[0]) in words(page)
    assert "approved by" not in words(page)

    press(page, "I would approve it")

    assert concord(app.store, project.id).given == 1
    assert "1 of 1 (100.0 %" in words(page)
