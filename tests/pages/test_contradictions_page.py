"""The page Contradictions: a scan in the background, both sides beside each other, a way to settle them."""

import time

import pytest
from streamlit.testing.v1 import AppTest

from core.curation import review, writing
from core.curation.checks.acceptance import accepted_of
from core.curation.items import Item, NewItem, State, add_item, history_of, item_by_id
from tests import homes
from tests.pages.visiting import App, obeyed, press, said, words

CONTRADICTIONS = "pages/curate/contradictions.py"
FOUR = "One hour in the car park costs €4; pay at the machine beside Door 2 before you leave."
SIX = FOUR.replace("€4", "€6")


def approved(app: App, question: str, reply: str, project: str = homes.EMPTY) -> Item:
    owner, anna, ben = (app.person(email) for email in (homes.OWNER, homes.ANNA, homes.BEN))
    with app.store.transaction(owner.email) as tx:
        item = add_item(tx, app.project_id(project), NewItem(question), owner)
    writing.submit(app.store, item.id, reply, anna)
    review.approve(app.store, item.id, ben)
    return item_by_id(app.store, item.id)


def scanned(app: App, email: str = homes.BEN, project: str = homes.EMPTY) -> AppTest:
    """The page after a scan."""
    press(app.visit(CONTRADICTIONS, email, project), "Scan now")
    while app.working():
        time.sleep(0.02)
    return app.visit(CONTRADICTIONS, email, project)


@pytest.fixture
def sides(app: App) -> tuple[Item, Item]:
    """Two approved items that contradict each other."""
    return (
        approved(app, "How much is the car park for one hour?", FOUR),
        approved(app, "Hello, how much is the car park for one hour please?", SIX),
    )


def test_before_a_scan_the_page_says_what_one_does(app: App) -> None:
    page = app.visit(CONTRADICTIONS, homes.BEN)

    assert not page.exception
    assert "A scan compares all questions" in words(page)


def test_a_reply_of_the_demo_names_an_old_fare(app: App) -> None:
    page = scanned(app, project=homes.DEMO)

    assert not page.exception
    assert "318 items compared" in said(page, "caption")
    assert "Contradictions 1" in words(page)
    assert "against “€6.40”" in words(page) or "“€6.40” against" in words(page)


def test_both_sides_stand_beside_each_other_with_what_differs_marked(
    app: App, sides: tuple[Item, Item]
) -> None:
    page = scanned(app)

    assert "“€4” against “€6”" in words(page)
    bodies = [str(one.proto.body) for one in page.get("html")]
    assert any(">€4</mark>" in body for body in bodies)
    assert any(">€6</mark>" in body for body in bodies)


def test_one_side_goes_back_to_review_with_a_reason_for_its_reviewer(
    app: App, sides: tuple[Item, Item]
) -> None:
    page = scanned(app)
    right = sides[1]

    next(box for box in page.text_input if (box.key or "").endswith(f"-{right.id}")).input("It is €4.").run()
    next(one for one in page.button if (one.key or "").endswith(f"-{right.id}-done")).click().run()

    assert item_by_id(app.store, right.id).state is State.SUBMITTED
    assert history_of(app.store, right.id)[-1].comment == "It is €4."
    assert "This reply waits for review." in words(page)


def test_both_are_right_takes_a_reason(app: App, sides: tuple[Item, Item]) -> None:
    page = scanned(app)
    accept = next(one for one in page.button if (one.key or "").startswith("both-right-"))

    accept.click().run()
    assert "Say why it is fine as it is" in said(page, "error")
    next(box for box in page.text_input if (box.key or "").startswith("both-right-")).input(
        "Two car parks."
    ).run()
    next(one for one in page.button if (one.key or "").startswith("both-right-")).click().run()

    assert "Contradictions 0" in words(page)
    assert [len(accepted_of(app.store, item.id)) for item in sides] == [1, 1]


def test_the_list_has_pages(app: App) -> None:
    for number in range(12):
        question = f"How much is car park {'abcdefghijkl'[number] * 3} for one hour?"
        approved(app, question, FOUR)
        approved(app, f"Hello, {question}", SIX)
    page = scanned(app)
    assert "page 1 of 2" in words(page)

    press(page, "Further")

    assert "page 2 of 2" in words(page)
    assert words(page).count("against") == 2


def test_questions_and_replies_stay_text(app: App) -> None:
    project = homes.SUSPECT
    approved(app, f"How much is the car park? {homes.UNTRUSTED}", f"€4 {homes.UNTRUSTED}", project)
    approved(app, f"How much is the car park please? {homes.UNTRUSTED}", f"€6 {homes.UNTRUSTED}", project)
    page = scanned(app, homes.VERA, project)

    assert "“€4” against “€6”" in words(page)
    assert obeyed(page) == []
