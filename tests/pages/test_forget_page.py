"""The Forget page: an owner sees what is a customer's, types who it is, and it is gone; nobody else may."""

import pytest
from streamlit.testing.v1 import AppTest

from core.answers.arms import add_model_arm
from core.curation.items import NewItem, add_item
from core.curation.projects import project_by_id
from core.datasets.splitting import Shares, Split
from core.datasets.versions import freeze, rows_of
from core.forgetting.erasing import erase, erasures
from core.forgetting.marks import run_mark
from core.forgetting.plan import Request
from core.providers.profiles import PROFILES
from core.rating.studies import fix_prompts, open_study
from core.training.runs import create_run
from tests import homes
from tests.pages.visiting import DATASET, FINE_TUNE, VERDICT, App, obeyed, press, said, words

FORGET = "pages/admin/forget.py"
CUSTOMER = "C-4711"
QUESTION = "Where is my purple accordion?"


@pytest.fixture
def with_customer(app: App) -> App:
    with app.store.transaction(homes.OWNER) as tx:
        project, owner = app.project_id(homes.EMPTY), app.person(homes.OWNER)
        add_item(tx, project, NewItem(QUESTION, ticket="T-9001", customer=CUSTOMER), owner)
        add_item(tx, project, NewItem("About ticket T-9001 of my neighbour"), owner)
    return app


def looked(app: App, customer: str = CUSTOMER) -> AppTest:
    page = app.visit(FORGET, homes.OWNER, homes.EMPTY)
    return page.text_input(key="forget_customer").set_value(customer).run()


def erase_button(page: AppTest) -> bool:
    return bool(next(button for button in page.button if button.label.startswith("Erase")).disabled)


def test_what_is_theirs_is_shown_before_anything_is_erased(with_customer: App) -> None:
    page = looked(with_customer)

    assert not page.exception
    assert QUESTION in words(page)
    assert "About ticket T-9001 of my neighbour" in words(page).replace("\u2060", "")
    assert erase_button(page)
    assert erasures(with_customer.store) == []


def test_it_takes_a_reason_and_the_typed_name_and_then_it_is_gone(with_customer: App) -> None:
    page = looked(with_customer)
    page.checkbox[0].set_value(True).run()
    page.text_input(key="forget_reason").set_value("They asked for it.").run()
    assert erase_button(page)
    page.text_input(key="forget_typed").set_value(CUSTOMER).run()

    done = press(page, "Erase 2 items")

    assert not done.exception
    assert "2 items erased" in said(done, "toast")
    assert QUESTION not in words(done)
    assert CUSTOMER not in words(done)
    assert "They asked for it." in words(done)
    assert [one.n_items for one in erasures(with_customer.store)] == [2]


def test_a_reason_that_names_them_is_refused_and_what_was_typed_stays(with_customer: App) -> None:
    page = looked(with_customer)
    page.text_input(key="forget_reason").set_value(f"{CUSTOMER} asked.").run()
    page.text_input(key="forget_typed").set_value(CUSTOMER).run()

    refused = press(page, "Erase 1 item")

    assert "must not name the customer" in said(refused, "error")
    assert refused.text_input(key="forget_customer").value == CUSTOMER
    assert erasures(with_customer.store) == []


def test_nobody_found_is_said_and_offers_nothing_to_erase(app: App) -> None:
    page = looked(app, "C-0815")

    assert "Nothing of this customer was found" in said(page, "info")
    assert not [button for button in page.button if button.label.startswith("Erase")]


def test_words_of_customers_are_text_and_nothing_else(app: App) -> None:
    page = app.visit(FORGET, homes.VERA, homes.SUSPECT)
    page = page.text_area(key="forget_words").set_value(homes.FOREIGN).run()

    assert not page.exception
    assert homes.FOREIGN in words(page).replace("\u2060", "")
    assert obeyed(page) == []


def test_dataset_run_and_study_are_marked_where_people_meet_them(app: App) -> None:
    store, vera = app.store, app.person(homes.VERA)
    desk = project_by_id(store, app.project_id(homes.SUSPECT))
    dataset = freeze(store, desk, Shares(50, 0, 50), 1, vera)
    run = create_run(store, desk, dataset, PROFILES["local"], "reply-picker-ngrams", 1, 1, vera)
    arms = [add_model_arm(store, desk.id, PROFILES["compatible"], name, "Answer.", vera) for name in "ab"]
    for arm in arms:
        homes.answer(store, dataset, arm)
    fix_prompts(store, open_study(store, desk, dataset, arms[0], arms[1], vera).id)
    items = {split: rows_of(store, dataset.id, split)[0].item_id for split in (Split.TRAIN, Split.TEST)}

    erase(store, Request("", (), frozenset(items.values())), "They asked for it.", vera)

    marked = [
        said(app.visit(page, homes.VERA, homes.SUSPECT), "info") for page in (DATASET, FINE_TUNE, VERDICT)
    ]
    assert "2 of its examples were erased" in marked[0]
    assert "learned from examples of a customer who was forgotten" in marked[1]
    assert "The texts of 1 of its prompts were erased" in marked[2]
    assert run_mark(store, run.id) in marked[1]
