"""The Rounds page: each trip through the loop with its verdict, and the price of an hour."""

from core.curation.labour import rate_of
from core.rating.studies import close_study
from tests.core.rating.study_hall import Hall, likes, rate_all
from tests.pages.halls import visit
from tests.pages.visiting import words

PAGE = "pages/decide/rounds.py"


def test_before_the_first_round_the_page_says_what_one_is(hall: Hall) -> None:
    app = visit(PAGE, hall.owner)

    assert not app.exception
    assert "Each trip through the loop will stand here" in words(app)


def test_a_round_stands_with_its_verdict_and_labour_gets_a_price(hall: Hall) -> None:
    study = hall.study(1)
    rate_all(hall, study, hall.rater("Rita"), likes("Approved"))
    close_study(hall.store, study, hall.owner)

    app = visit(PAGE, hall.owner)
    app.number_input("rounds_rate").set_value(45.0).run()

    assert not app.exception
    assert "This one rater preferred the tuned model" in words(app)
    assert "60 replies added" in words(app)
    assert rate_of(hall.store, hall.project.id) == 45.0
