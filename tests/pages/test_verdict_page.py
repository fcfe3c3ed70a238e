"""The Verdict page: how sure it is while a study is open, who was preferred once it is closed."""

from streamlit.testing.v1 import AppTest

from core.people.membership import grant
from core.people.persons import Person
from core.people.roles import Role
from core.rating.looks import looks_at
from core.rating.studies import close_study
from tests.core.rating.study_hall import Hall, likes, rate_all
from tests.pages.halls import charts, said, visit

PAGE = "pages/compare/verdict.py"


def page(person: Person) -> AppTest:
    return visit(PAGE, person)


def test_without_a_study_or_a_model_the_page_leads_to_fine_tuning(hall: Hall) -> None:
    app = page(hall.owner)

    assert not app.exception
    assert "Here you will read which model raters preferred" in said(app)
    assert [link.proto.label for link in app.get("page_link")] == ["Fine-tune one"]


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


def test_a_closed_study_says_who_was_preferred_and_what_it_does_not_say(hall: Hall) -> None:
    rita = hall.rater("Rita")
    study = hall.study()
    rate_all(hall, study, rita, likes("Approved"))
    close_study(hall.store, study, hall.owner)

    app = page(hall.owner)
    assert not app.exception
    text = said(app)
    assert "This one rater preferred the tuned model on prompts like these: 100 % to 0 %" in text
    assert "One rater cannot speak for all experts." in text
    assert "it chooses among approved replies, and writes no text" in text
    assert "tokens and cost do not apply" in text
    assert len(charts(app)) == 3
    assert charts(app)[0] == (
        "How did the votes fall? the tuned model better 100 %, the same answer 0 %, tie 0 %, both bad 0 %, "
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


def test_a_look_at_an_open_study_is_noted_once_for_each_new_state_and_told(hall: Hall) -> None:
    rita = hall.rater("Rita")
    study = hall.study()
    page(hall.owner)
    assert looks_at(hall.store, study.id) == []

    rate_all(hall, study, rita, likes("Approved"), at_most=2)
    page(hall.owner)
    page(hall.owner).run()
    rate_all(hall, study, rita, likes("Approved"), at_most=1)
    page(hall.owner)

    assert [(look.person, look.n_votes) for look in looks_at(hall.store, study.id)] == [
        ("Olga", 2),
        ("Olga", 3),
    ]
    close_study(hall.store, study, hall.owner)
    assert "Looked at 2 times while it was open, without a direction, by Olga." in said(page(hall.owner))
