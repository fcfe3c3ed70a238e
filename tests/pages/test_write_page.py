"""The Write page: the next question, its ideal reply, and nothing lost on the way."""

import pytest
from streamlit.testing.v1 import AppTest

from core.curation import queue, review, writing
from core.curation.items import Item, NewItem, State, add_item, history_of, item_by_id, items_in
from core.curation.projects import project_by_id
from core.curation.replies import replies_of
from core.errors import Refused
from tests import homes
from tests.pages.visiting import WRITE, App, obeyed, press, said, words

SUBMIT = "Submit (Ctrl+Enter)"
LIBRARY = "pages/curate/library.py"


def at_hand(page: AppTest, app: App) -> Item:
    """The item on the screen."""
    return item_by_id(app.store, page.session_state["write_item"])


def test_what_came_back_comes_first_with_the_comment_and_ones_own_text(app: App) -> None:
    page = app.visit(WRITE, homes.ANNA)

    item = at_hand(page, app)
    assert not page.exception
    assert item.state is State.RETURNED
    assert item.question in words(page)
    returned = history_of(app.store, item.id)[-1]
    assert f"{returned.person} sent it back" in words(page)
    assert (returned.comment or "") in words(page)
    assert replies_of(app.store, item.id)[-1].text[:40] in words(page)


def test_the_guideline_and_similar_approved_replies_stand_beside(app: App) -> None:
    page = app.visit(WRITE, homes.ANNA)

    assert "Guideline" in [box.label for box in page.expander]
    assert "Similar approved replies" in said(page, "caption")


def test_a_draft_is_submitted_and_the_next_question_comes(app: App) -> None:
    page = app.visit(WRITE, homes.ANNA)
    item = at_hand(page, app)
    writing.save_draft(app.store, item.id, "You may stay for ten minutes, free.", app.person(homes.ANNA))

    press(page, SUBMIT)

    assert not page.exception
    assert item_by_id(app.store, item.id).state is State.SUBMITTED
    assert replies_of(app.store, item.id)[-1].text == "You may stay for ten minutes, free."
    assert at_hand(page, app).id != item.id
    assert "3 returned to you" in said(page, "caption")


def test_a_submission_can_be_undone_and_its_text_is_the_draft_again(app: App) -> None:
    page = app.visit(WRITE, homes.ANNA)
    item = at_hand(page, app)
    writing.save_draft(app.store, item.id, "Too early, this one.", app.person(homes.ANNA))
    press(page, SUBMIT)

    press(page, "Undo")

    assert at_hand(page, app).id == item.id
    assert item_by_id(app.store, item.id).state is State.DRAFT
    draft = writing.draft_of(app.store, item.id, app.person(homes.ANNA))
    assert draft is not None
    assert draft.text == "Too early, this one."


def test_an_empty_reply_is_refused_in_a_sentence(app: App) -> None:
    page = press(app.visit(WRITE, homes.BEN), SUBMIT)

    assert not page.exception
    assert "The reply is empty." in said(page, "error")
    assert at_hand(page, app).state is State.WAITING


def test_a_reply_that_was_decided_meanwhile_is_not_written_over(app: App) -> None:
    anna, page = app.person(homes.ANNA), app.visit(WRITE, homes.ANNA)
    item = at_hand(page, app)
    writing.save_draft(app.store, item.id, "Typed in this tab.", anna)
    writing.submit(app.store, item.id, "Submitted in another tab.", anna)
    review.approve(app.store, item.id, app.person(homes.BEN))

    press(page, SUBMIT)

    assert not page.exception
    assert replies_of(app.store, item.id)[-1].text == "Submitted in another tab."
    assert item_by_id(app.store, item.id).state is State.APPROVED
    assert at_hand(page, app).id != item.id


def test_a_skipped_question_goes_to_the_end_with_its_reason_in_the_history(app: App) -> None:
    page = app.visit(WRITE, homes.ANNA)
    item = at_hand(page, app)
    page.text_input(key=f"skip-{item.id}").input("I do not know the fees.").run()

    press(page, "Put it at the end of the queue")

    assert at_hand(page, app).id != item.id
    skipped = history_of(app.store, item.id)[-1]
    assert (skipped.action, skipped.comment) == ("skipped", "I do not know the fees.")


def test_a_skipped_question_does_not_come_back_at_once(app: App) -> None:
    page = app.visit(WRITE, homes.BEN)
    first = at_hand(page, app).id

    assert first not in [at_hand(press(page, "Skip"), app).id for _ in range(3)]


def test_two_people_are_never_given_the_same_question(app: App) -> None:
    for_anna = at_hand(app.visit(WRITE, homes.ANNA), app)
    for_ben = at_hand(app.visit(WRITE, homes.BEN), app)

    assert for_anna.id != for_ben.id


def test_in_a_label_project_one_press_is_a_reply(app: App) -> None:
    page = app.visit(WRITE, homes.ANNA, homes.LABELS)
    item = at_hand(page, app)
    labels = project_by_id(app.store, item.project_id).labels
    assert [button.label for button in page.main.button if button.label in labels] == list(labels)

    press(page, "Mortgage")

    assert replies_of(app.store, item.id)[-1].text == "Mortgage"
    assert item_by_id(app.store, item.id).state is State.SUBMITTED
    assert at_hand(page, app).id != item.id


def test_when_every_question_has_a_reply_the_page_says_so(app: App) -> None:
    page = app.visit(WRITE, homes.ANNA, homes.EMPTY)

    assert not page.exception
    assert "Every question has a reply." in words(page)


def test_questions_replies_and_comments_stay_text(app: App) -> None:
    page = app.visit(WRITE, homes.VERA, homes.SUSPECT)

    assert not page.exception
    assert at_hand(page, app).state is State.RETURNED
    assert obeyed(page) == []
    assert any("&lt;img" in str(one.proto.body) for one in page.get("html"))
    press(page, SUBMIT)
    assert obeyed(page) == []


def test_the_queue_is_the_projects_own(app: App) -> None:
    page = app.visit(WRITE, homes.ANNA, homes.LABELS)

    assert at_hand(page, app).project_id == app.project_id(homes.LABELS)
    assert items_in(app.store, app.project_id(homes.LABELS), State.WAITING)


def test_what_stops_a_reply_is_said_below_it_and_can_be_accepted_with_a_reason(app: App) -> None:
    page = app.visit(WRITE, homes.ANNA)
    item = at_hand(page, app)
    text = "Pay with the test card 4111 1111 1111 1111 at the desk in the arrivals hall."
    writing.save_draft(app.store, item.id, text, app.person(homes.ANNA))
    page.run()
    assert "Stops the reply" in words(page)
    press(page, SUBMIT)
    assert "There is a payment card number in it: 4111" in said(page, "error")
    assert item_by_id(app.store, item.id).state is State.RETURNED

    page.text_input(key=f"accept-{item.id}-why").input("It is the bank's test card.").run()
    page.button(key=f"accept-{item.id}-done").click().run()
    press(page, SUBMIT)

    assert item_by_id(app.store, item.id).state is State.SUBMITTED


def test_an_approved_reply_that_says_otherwise_is_shown_while_writing(app: App) -> None:
    page = app.visit(WRITE, homes.ANNA)
    item = at_hand(page, app)
    owner, anna, ben = (app.person(email) for email in (homes.OWNER, homes.ANNA, homes.BEN))
    with app.store.transaction(owner.email) as tx:
        same = add_item(tx, item.project_id, NewItem(f"Hello, {item.question}"), owner)
    writing.submit(app.store, same.id, "Yes, you may stop there for 15 minutes.", anna)
    review.approve(app.store, same.id, ben)

    writing.save_draft(app.store, item.id, "Yes, you may stop there for 10 minutes.", anna)
    page.run()

    assert "“10 minutes” against “15 minutes”" in words(page)


def test_whoever_opens_another_page_leaves_their_item_to_others(app: App) -> None:
    page = app.visit(WRITE, homes.ANNA)
    item = at_hand(page, app)
    with pytest.raises(Refused, match="is writing this reply right now"):
        queue.take_item(app.store, item.id, app.person(homes.BEN))

    page.switch_page(LIBRARY).run()

    assert queue.take_item(app.store, item.id, app.person(homes.BEN)).id == item.id
