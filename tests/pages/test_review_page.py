"""The Review page: somebody else decides, with a reason, and can take it back."""

import re

import pytest
from streamlit.testing.v1 import AppTest

from core.curation import queue, review, writing
from core.curation.items import NewItem, State, add_item, history_of, item_by_id, items_in
from core.curation.projects import find_project
from core.curation.replies import replies_of
from core.curation.review import Submitted
from tests import homes
from tests.pages.visiting import REVIEW, App, obeyed, press, said, words
from ui import session


def inbox(app: App, email: str, project: str = homes.DEMO) -> tuple[Submitted, ...]:
    found = find_project(app.store, project)
    assert found is not None
    return review.inbox(app.store, found, app.person(email))


@pytest.fixture
def page(app: App) -> AppTest:
    """The inbox as Ben sees it."""
    return app.visit(REVIEW, homes.BEN)


def test_the_question_the_reply_and_its_author_are_shown(app: App, page: AppTest) -> None:
    one = inbox(app, homes.BEN)[0]

    assert not page.exception
    assert "10 waiting for your decision" in said(page, "caption")
    assert one.item.question in unescaped(words(page))
    assert one.reply.text.splitlines()[0] in unescaped(words(page))
    assert f"{one.reply.author} wrote" in words(page)


def test_approving_makes_it_golden_and_brings_the_next(app: App, page: AppTest) -> None:
    first, second, *_ = inbox(app, homes.BEN)

    press(page, "Approve")

    assert item_by_id(app.store, first.item.id).state is State.APPROVED
    assert "9 waiting" in said(page, "caption")
    assert second.item.question in unescaped(words(page))


def test_sending_back_keeps_reason_and_comment(app: App, page: AppTest) -> None:
    one = inbox(app, homes.BEN)[0]
    press(page, "Send back")
    page.radio(key=f"reason-{one.reply.id}").set_value(review.Reason.TONE)
    page.text_area(key=f"comment-{one.reply.id}").input("Warmer, please.").run()

    press(page, "Send back")

    event = history_of(app.store, one.item.id)[-1]
    assert (event.state_to, event.reason, event.comment) == (State.RETURNED, "tone", "Warmer, please.")


def test_a_decision_can_be_undone(app: App, page: AppTest) -> None:
    one = inbox(app, homes.BEN)[0]
    press(page, "Approve")

    press(page, "Undo: approved")

    assert item_by_id(app.store, one.item.id).state is State.SUBMITTED
    assert "10 waiting" in said(page, "caption")


def test_who_edits_a_reply_does_not_approve_it(app: App, page: AppTest) -> None:
    one = inbox(app, homes.BEN)[0]
    press(page, "Edit")
    page.text_area(key=f"edit-{one.reply.id}").input("A better reply. Safe travels!").run()

    press(page, "Submit this version")

    assert one.item.id not in [waiting.item.id for waiting in inbox(app, homes.BEN)]
    assert "9 waiting for your decision · 1 of your own wait" in said(page, "caption")
    assert one.item.id in [waiting.item.id for waiting in inbox(app, homes.OWNER)]
    assert replies_of(app.store, one.item.id)[-1].text == "A better reply. Safe travels!"


def test_ones_own_reply_is_never_in_the_inbox(app: App) -> None:
    ben, project = app.person(homes.BEN), find_project(app.store, homes.DEMO)
    assert project is not None
    own = queue.next_item(app.store, project, ben)
    assert own is not None
    writing.submit(app.store, own.id, "Ben wrote this reply himself.", ben)
    page = app.visit(REVIEW, homes.BEN)

    for _ in range(len(inbox(app, homes.BEN))):
        assert "Ben wrote this reply himself" not in words(page)
        press(page, "Approve")

    assert "Nothing waits for your decision." in words(page)
    assert "1 of your own wait" in said(page, "caption")
    assert item_by_id(app.store, own.id).state is State.SUBMITTED


def test_a_reply_that_changed_meanwhile_is_not_decided_unseen(app: App, page: AppTest) -> None:
    one = inbox(app, homes.BEN)[0]
    anna = app.person(homes.ANNA)
    writing.take_back(app.store, one.item.id, anna)
    writing.submit(app.store, one.item.id, "Another text than the one on the screen.", anna)

    press(page, "Approve")

    assert not page.exception
    assert "Another version of this reply was submitted meanwhile" in said(page, "error")
    assert item_by_id(app.store, one.item.id).state is State.SUBMITTED


def test_a_reply_decided_by_somebody_else_is_said_and_the_next_one_comes(app: App, page: AppTest) -> None:
    one = inbox(app, homes.BEN)[0]
    review.approve(app.store, one.item.id, app.person(homes.OWNER))

    press(page, "Approve")

    assert not page.exception
    assert "only a submitted reply can be decided on" in said(page, "error")
    assert "9 waiting" in said(page, "caption")


def test_an_edit_without_a_change_is_refused(app: App, page: AppTest) -> None:
    one = inbox(app, homes.BEN)[0]
    press(page, "Edit")

    press(page, "Submit this version")

    assert "Nothing was changed in the reply." in said(page, "error")
    assert len(replies_of(app.store, one.item.id)) == 1


def test_a_refused_edit_keeps_what_was_typed(app: App, page: AppTest) -> None:
    one = inbox(app, homes.BEN)[0]
    press(page, "Edit")
    page.text_area(key=f"edit-{one.reply.id}").input("Typed for ten minutes.").run()
    anna = app.person(homes.ANNA)
    writing.take_back(app.store, one.item.id, anna)

    press(page, "Submit this version")

    assert page.error
    assert "Typed for ten minutes." in words(page)


def test_later_brings_another_first(app: App, page: AppTest) -> None:
    first, second, *_ = inbox(app, homes.BEN)

    press(page, "Later")

    assert second.item.question in unescaped(words(page))
    assert item_by_id(app.store, first.item.id).state is State.SUBMITTED


def test_the_reply_being_edited_stays_when_a_worse_one_arrives(app: App, page: AppTest) -> None:
    one = inbox(app, homes.BEN)[0]
    press(page, "Edit")
    page.text_area(key=f"edit-{one.reply.id}").input("Half a sentence").run()
    arrived = submit_with_findings(app)
    assert inbox(app, homes.BEN)[0].item.id == arrived

    page.run()

    assert page.text_area(key=f"edit-{one.reply.id}").value == "Half a sentence"
    press(page, "Submit this version")
    assert replies_of(app.store, one.item.id)[-1].text == "Half a sentence"
    assert item_by_id(app.store, arrived).state is State.SUBMITTED


def test_a_reply_decided_while_it_is_edited_is_said_and_what_was_typed_is_kept(
    app: App, page: AppTest
) -> None:
    one = inbox(app, homes.BEN)[0]
    press(page, "Edit")
    page.text_area(key=f"edit-{one.reply.id}").input("Typed for ten minutes.").run()
    review.approve(app.store, one.item.id, app.person(homes.OWNER))

    page.run()

    assert not page.exception
    assert "This reply was decided or changed by somebody else meanwhile." in said(page, "info")
    assert "Typed for ten minutes." in words(page)
    assert not page.text_area, "The form belonged to the reply that is gone."
    assert "Typed for ten minutes." in words(press(page, "Later"))


def test_a_refused_approval_does_not_take_what_was_typed_before(app: App, page: AppTest) -> None:
    one, other, *_ = inbox(app, homes.BEN)
    press(page, "Edit")
    page.text_area(key=f"edit-{one.reply.id}").input("Typed for ten minutes.").run()
    for gone in (one, other):
        review.approve(app.store, gone.item.id, app.person(homes.OWNER))
        press(page, "Submit this version" if gone is one else "Approve")

    assert page.error
    assert "Typed for ten minutes." in words(page)


def test_a_form_left_open_is_not_open_on_another_projects_reply(app: App, page: AppTest) -> None:
    press(page, "Edit")

    page.session_state[session.PROJECT] = app.project_id(homes.SUSPECT)
    page.run()

    assert not page.text_area
    assert "meanwhile" not in said(page, "info")


def test_the_next_person_sees_nothing_of_the_one_before(app: App, page: AppTest) -> None:
    one = inbox(app, homes.BEN)[0]
    press(page, "Edit")
    page.text_area(key=f"edit-{one.reply.id}").input("Typed by Ben.").run()
    review.approve(app.store, one.item.id, app.person(homes.OWNER))
    press(page.run(), "Send back")
    assert "Typed by Ben." in words(page)
    next(one for one in page.sidebar.button if one.label == "Be somebody else").click().run()
    assert "Who are you?" in words(page)

    page.button(key=f"person-{app.person(homes.OWNER).id}").click().run()
    page.switch_page(REVIEW).run()

    assert not page.exception
    assert "Typed by Ben." not in words(page)
    assert "Review" in words(page)
    assert not page.text_area


def test_an_empty_inbox_says_so(app: App) -> None:
    page = app.visit(REVIEW, homes.BEN, homes.EMPTY)

    assert not page.exception
    assert "Nothing waits for your decision." in words(page)


def test_questions_replies_and_comments_stay_text(app: App) -> None:
    page = app.visit(REVIEW, homes.VERA, homes.SUSPECT)

    assert not page.exception
    assert obeyed(page) == []
    assert any("&lt;img" in str(one.proto.body) for one in page.get("html"))
    press(page, "Approve")
    assert obeyed(page) == []


def test_findings_are_marked_in_the_reply_and_can_be_accepted_with_a_reason(app: App) -> None:
    item_id = submit_with_findings(app, returned=False)
    page = app.visit(REVIEW, homes.BEN)
    one = inbox(app, homes.BEN)[0]
    assert any(">somebody@example.com</mark>" in str(html.proto.body) for html in page.get("html"))
    assert "There is an e-mail address in it: “somebody@example.com”" in unescaped(words(page))

    accepting = f"accept-{item_id}"
    mail = next(finding for finding in one.findings if finding.quote == "somebody@example.com")
    page.radio(key=f"{accepting}-which").set_value(mail.key)
    page.text_input(key=f"{accepting}-why").input("It is our own.").run()
    page.button(key=f"{accepting}-done").click().run()

    assert not page.exception
    assert "There is an e-mail address in it" not in words(page)
    assert "personal data, accepted by Ben, team lead: It is our own." in said(page, "caption")
    press(page, "Take back")
    assert "There is an e-mail address in it" in words(page)


def test_without_a_reason_nothing_is_accepted(app: App) -> None:
    item_id = submit_with_findings(app)
    page = app.visit(REVIEW, homes.BEN)

    page.button(key=f"accept-{item_id}-done").click().run()

    assert "Say why it is fine as it is" in said(page, "error")
    assert len(inbox(app, homes.BEN)[0].findings) == 4


def test_an_approved_reply_to_the_same_question_that_says_otherwise_is_shown(app: App) -> None:
    anna, ben, owner = (app.person(email) for email in (homes.ANNA, homes.BEN, homes.OWNER))
    said_so = {"Is it €4 an hour?": "Yes, it costs €4.", "Hello, is it €4 an hour?": "No, €6."}
    for question, reply in said_so.items():
        with app.store.transaction(owner.email) as tx:
            item = add_item(tx, app.project_id(homes.DEMO), NewItem(question), owner)
        writing.submit(app.store, item.id, reply, anna)
        if question.startswith("Is"):
            review.approve(app.store, item.id, ben)
    page = app.visit(REVIEW, homes.BEN)
    while "Hello, is it" not in words(page):
        press(page, "Later")

    assert "Nearly the same question has a reply that differs: “No” against “Yes”" in words(page)
    assert "Yes, it costs €4." in words(page)


def submit_with_findings(app: App, *, returned: bool = True) -> int:
    """Anna hands in a reply that the checks say much about, one that came back or not; its item's number."""
    anna, project = app.person(homes.ANNA), find_project(app.store, homes.DEMO)
    assert project is not None
    item = (
        queue.next_item(app.store, project, anna)
        if returned
        else items_in(app.store, project.id, State.WAITING)[0]
    )
    assert item is not None
    text = f"Dear [name], write to somebody@example.com or call +1 202 555 0143. {'Please wait. ' * 200}"
    writing.submit(app.store, item.id, text, anna)
    return item.id


def unescaped(text: str) -> str:
    bare = re.sub(r"</?mark[^>]*>|\u2060", "", text)
    return bare.replace("&#x27;", "'").replace("&quot;", '"').replace("&amp;", "&")


def test_two_reviewers_are_offered_two_replies(app: App, page: AppTest) -> None:
    first, second, *_ = inbox(app, homes.OWNER)
    assert first.item.question in unescaped(words(page))

    other = app.visit(REVIEW, homes.OWNER)

    assert second.item.question in unescaped(words(other))
    assert first.item.question not in unescaped(words(other))
