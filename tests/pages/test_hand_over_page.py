"""The Hand-over page: the model that was chosen, how to ask it, and the way back."""

from core.people.membership import grant
from core.people.persons import add_person
from core.people.roles import Role
from core.rating.studies import Study, close_study
from core.serving.choice import choose, serving
from tests.core.rating.study_hall import Hall, likes, rate_all
from tests.pages.halls import visit
from tests.pages.visiting import press, words
from ui import choosing

PAGE = "pages/decide/hand_over.py"


def closed(hall: Hall) -> Study:
    study = hall.study(1)
    rate_all(hall, study, hall.rater("Rita"), likes("Approved"))
    return close_study(hall.store, study, hall.owner)


def test_before_anything_was_chosen_the_page_leads_to_the_verdict(hall: Hall) -> None:
    app = visit(PAGE, hall.owner)

    assert not app.exception
    assert "A model is chosen on the verdict of a closed study." in words(app)


def test_the_owner_chooses_the_preferred_model_below_its_verdict(hall: Hall) -> None:
    study = closed(hall)
    app = visit("pages/compare/verdict.py", hall.owner)

    press(app, "Use the tuned model")
    assert app.text_input(choosing.WHY).value == f"Preferred in study {study.id}."
    app.button("use_now").click().run()

    current = serving(hall.store, hall.project.id)
    assert current is not None
    assert (current.arm_id, current.study_id) == (hall.tuned.id, study.id)


def test_the_page_tells_how_to_ask_the_model_and_shows_no_key(hall: Hall) -> None:
    choose(hall.store, closed(hall), hall.tuned, "It was preferred.", hall.owner)

    app = visit(PAGE, hall.owner)

    text = words(app)
    assert not app.exception
    assert "Run 1, tuned serves this project" in text
    assert "Olga" in text
    assert "It was preferred." in text
    assert hall.tuned.model in text
    assert "it is never shown here" in text
    assert "abstained" in text
    assert "This one rater preferred the tuned model" in text


def test_an_owner_rolls_back_with_a_reason_and_the_history_keeps_it(hall: Hall) -> None:
    study = closed(hall)
    choose(hall.store, study, hall.base, "To begin with.", hall.owner)
    choose(hall.store, study, hall.tuned, "It was preferred.", hall.owner)
    app = visit(PAGE, hall.owner)

    press(app, "Roll back")
    app.text_input(choosing.WHY).set_value("Customers complained.")
    app.button("roll_back_now").click().run()

    current = serving(hall.store, hall.project.id)
    assert current is not None
    assert current.arm_id == hall.base.id
    assert "rolled back to Run 1, base (study 1): Customers complained." in words(visit(PAGE, hall.owner))


def test_a_viewer_reads_it_and_can_change_nothing(hall: Hall) -> None:
    study = closed(hall)
    choose(hall.store, study, hall.base, "To begin with.", hall.owner)
    choose(hall.store, study, hall.tuned, "It was preferred.", hall.owner)
    eva = add_person(hall.store, "eva@example.com", "Eva")
    with hall.store.transaction("test") as tx:
        grant(tx, hall.project.id, eva, Role.VIEWER)

    app = visit(PAGE, eva)

    assert "serves this project" in words(app)
    assert "Roll back" not in [button.label for button in app.main.button]
