"""The Study page: a plan declared before the first vote, followed without a direction, closed for good."""

import re

import pytest
from streamlit.testing.v1 import AppTest

from core.jobs.jobs import JobState
from core.people.persons import Person
from core.rating.looks import looks_at
from core.rating.prompts import prompts_of
from core.rating.seal import seal_of
from core.rating.studies import StudyState, studies_of, study_by_id
from core.rating.study_plan import Claim, Form, plan_of
from tests.core.rating.study_hall import Hall, likes, rate_all
from tests.pages.halls import charts, said, settled, succeeded_run, visit
from ui import session

PAGE = "pages/compare/study.py"


def page(person: Person) -> AppTest:
    return visit(PAGE, person)


def press(app: AppTest, label: str) -> AppTest:
    next(button for button in app.main.button if button.label == label).click()
    return app.run()


def answer(hall: Hall, item_id: int, text: str) -> None:
    with hall.store.transaction("test") as tx:
        key = {"dataset_id": hall.dataset.id, "arm_id": hall.base.id, "item_id": item_id}
        tx.update("answers", key, {"text": text})


def test_without_a_tuned_model_the_page_leads_to_fine_tuning(hall: Hall) -> None:
    app = page(hall.owner)

    assert "It takes a tuned model, and there is none yet." in said(app)
    assert [link.proto.label for link in app.get("page_link")] == ["Fine-tune one"]


def test_one_press_opens_a_sensible_study_whose_plan_is_sealed(hall: Hall) -> None:
    hall.rater("Rita")
    succeeded_run(hall)
    app = page(hall.owner)
    assert "Invited: Rita" in said(app)
    assert "With 1 rater and 30 prompts you find in four of five cases" in said(app)

    app = settled(press(app, "Open the study"))

    assert not app.exception
    (study,) = studies_of(hall.store, hall.project.id)
    plan = plan_of(hall.store, study.id)
    assert (study.state, plan.raters, plan.claim) == (StudyState.OPEN, 1, Claim.BETTER)
    job = session.workspace().jobs.latest("study", str(study.id))
    assert job is not None
    assert (job.state, job.outcome) == (
        JobState.DONE,
        "Study 1 is ready: 30 prompts, answered by both models.",
    )
    seal = seal_of(hall.store, study.id)
    assert seal is not None
    assert f"Plan {seal.sha256[:12]}, sealed" in said(app)
    assert "0 of 30 prompts are rated by all" in "\n".join(str(bar.proto.text) for bar in app.get("progress"))


def test_the_rest_of_the_plan_can_be_changed_before_opening(hall: Hall) -> None:
    succeeded_run(hall)
    app = page(hall.owner)

    app.radio(key="study_claim").set_value(Claim.NOT_WORSE).run()
    app.number_input(key="study_margin").set_value(15.0).run()
    app.number_input(key="study_raters").set_value(4).run()
    app.radio(key="study_form").set_value(Form.SCALE).run()
    app.text_input(key="study_quality").set_value("tone").run()
    app.number_input(key=f"study_prompts_{hall.dataset.id}").set_value(20).run()
    assert "4 raters and 20 prompts show “not worse”" in said(app)
    app = settled(press(app, "Open the study"))

    plan = plan_of(hall.store, 1)
    assert (plan.claim, plan.margin, plan.raters) == (Claim.NOT_WORSE, 0.15, 4)
    assert (plan.form, plan.quality, plan.prompts) == (Form.SCALE, "tone", 20)
    assert plan.rubric.startswith("How good is each answer in this one quality")
    assert len(prompts_of(hall.store, 1)) == 20
    assert "not worse than the base model by more than 15 points" in said(app)


def test_a_plan_that_does_not_hold_is_refused_in_a_sentence(hall: Hall) -> None:
    succeeded_run(hall)
    app = page(hall.owner)
    app.radio(key="study_form").set_value(Form.SCALE).run()

    app = press(app, "Open the study")

    assert "A scale needs the name of one quality" in said(app)
    assert studies_of(hall.store, hall.project.id) == []


def test_a_study_with_identity_words_waits_and_leaves_out_what_its_owner_ticks(hall: Hall) -> None:
    succeeded_run(hall)
    item_id = hall.store.value("select min(item_id) from answers")
    answer(hall, item_id, "As an AI language model I cannot say.")
    app = settled(press(page(hall.owner), "Open the study"))
    assert study_by_id(hall.store, 1).state is StudyState.PREPARING
    assert "1 prompt of 30 may give the models away" in said(app)

    app = settled(press(app, "Open the study"))

    assert study_by_id(hall.store, 1).state is StudyState.OPEN
    assert plan_of(hall.store, 1).left_out == (item_id,)
    assert "1 prompt was left out before the study opened, 0 were kept" in said(app)


def test_evidence_is_shown_when_asked_for_and_each_look_is_noted(hall: Hall) -> None:
    rita = hall.rater("Rita")
    study = hall.study()
    rate_all(hall, study, rita, likes("Approved"))
    app = page(hall.owner)
    assert "Evidence reached" not in said(app)
    assert looks_at(hall.store, study.id) == []

    app.toggle(key=f"study_look_{study.id}").set_value(True).run()

    assert "Enough evidence that one of the two is preferred." in said(app)
    assert "Looked at once so far" in said(app)
    assert len(charts(app)) == 1
    assert re.search(r"stood left in 1[456] of 30 votes", said(app))
    assert "The next votes are best spent on" in said(app)


@pytest.mark.parametrize("word", ["Approved", "plain"])
def test_an_open_study_reads_the_same_whoever_leads(hall: Hall, word: str) -> None:
    rita = hall.rater("Rita")
    study = hall.study()
    rate_all(hall, study, rita, likes(word))
    app = page(hall.owner)

    app.toggle(key=f"study_look_{study.id}").set_value(True).run()

    assert "from ±0.0 to about ±0.0 points" in said(app)
    assert "After 30 prompts it stands at 1.4e+07" in charts(app)[0]


def test_closing_asks_first(hall: Hall) -> None:
    study = hall.study()
    app = press(page(hall.owner), "Close and reveal")
    assert study_by_id(hall.store, study.id).state is StudyState.OPEN

    app.button(key="study_close").click().run()

    assert study_by_id(hall.store, study.id).state is StudyState.CLOSED
    assert "Study 1: closed" in said(page(hall.owner))


def test_a_study_whose_preparation_failed_can_be_prepared_again(hall: Hall) -> None:
    hall.rater("Rita")
    succeeded_run(hall)
    for (item_id,) in hall.store.rows("select item_id from answers where arm_id = ?", hall.base.id):
        answer(hall, item_id, "   ")

    app = settled(press(page(hall.owner), "Open the study"))

    assert "Study 1: being prepared" in said(app)
    assert "answered none of the held-out questions" in said(app)
    assert any(button.label == "Prepare it again" for button in app.main.button)


def test_several_studies_are_listed_with_their_state(hall: Hall) -> None:
    succeeded_run(hall)
    first = hall.study()
    app = press(page(hall.owner), "Close and reveal")
    app.button(key="study_close").click().run()
    hall.study()

    app = page(hall.owner)

    assert app.selectbox(key="study_chosen").options == [
        "study 2 · open · 0 votes",
        f"study {first.id} · closed · 0 votes",
    ]
    assert app.dataframe[0].value["state"].tolist() == ["open", "closed"]
