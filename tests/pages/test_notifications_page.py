"""The Notifications page: an owner chooses who is told; a link from a message opens what it names."""

from streamlit.testing.v1 import AppTest

from core.calling.messages import latest
from core.calling.settings import Wish, tell, wishes
from core.curation import writing
from core.curation.items import State, item_by_id, items_in
from core.people.notices import Occasion
from core.settings import Outside
from tests import homes
from tests.pages.visiting import RATE, REVIEW, ROOT, SECONDS, WRITE, App, obeyed, press, said, words
from ui import session

NOTIFICATIONS = "pages/admin/notifications.py"
HOOK = "https://example.invalid/hook"
OPENED = list(Occasion).index(Occasion.OPENED)


def choose(page: AppTest, occasion: Occasion, webhook: str, *, mail: bool = False) -> AppTest:
    place = list(Occasion).index(occasion)
    page.main.text_input[place].set_value(webhook)
    page.main.checkbox[place].set_value(mail)
    return page.button(key=f"save-{occasion}").click().run()


def opened(app: App, email: str, project: str, page: str, **link: int) -> AppTest:
    """The app as somebody finds it who came by a link while they looked at another project."""
    tab = AppTest.from_file(str(ROOT / "app.py"), default_timeout=SECONDS)
    tab.session_state[session.PERSON] = app.person(email).id
    tab.session_state[session.PROJECT] = app.project_id(project)
    for name, number in link.items():
        tab.query_params[name] = str(number)
    return tab.run().switch_page(page).run()


def test_without_any_choice_the_page_says_what_it_is_for(app: App) -> None:
    page = app.visit(NOTIFICATIONS, homes.OWNER)

    assert not page.exception
    assert [title.value for title in page.title] == ["Notifications"]
    assert "All of it is off until you choose it." in words(page)
    assert "What was sent, to whom and what came of it will stand here." in words(page)
    assert "Send a test message" not in {button.label for button in page.main.button}


def test_an_owner_chooses_a_webhook_and_takes_it_back(app: App) -> None:
    page = choose(app.visit(NOTIFICATIONS, homes.OWNER), Occasion.RETURNED, HOOK)
    project_id = app.project_id(homes.DEMO)

    assert wishes(app.store, project_id)[Occasion.RETURNED] == Wish(HOOK)
    assert "Saved" in said(page, "toast")
    choose(page, Occasion.RETURNED, "")
    assert wishes(app.store, project_id)[Occasion.RETURNED].silent


def test_an_address_without_https_is_refused_and_stays_to_be_corrected(app: App) -> None:
    page = choose(app.visit(NOTIFICATIONS, homes.OWNER), Occasion.OPENED, "http://example.com/hook")

    assert "must begin with https" in said(page, "error")
    assert page.main.text_input[OPENED].value == "http://example.com/hook"
    assert wishes(app.store, app.project_id(homes.DEMO))[Occasion.OPENED].silent


def test_mail_without_a_mail_server_says_what_is_missing(app: App) -> None:
    page = choose(app.visit(NOTIFICATIONS, homes.OWNER), Occasion.WAITING, "", mail=True)

    assert "Missing: TOUCHSTONE_SMTP_HOST, TOUCHSTONE_SMTP_SENDER" in words(page).replace("\u2060", "")


def test_a_test_message_stands_among_the_last_messages(app: App) -> None:
    page = choose(app.visit(NOTIFICATIONS, homes.OWNER), Occasion.WAITING, HOOK)

    page = press(page, "Send a test message")

    assert "Test message" in words(page)
    assert [one.is_test for one in latest(app.store, app.project_id(homes.DEMO))] == [True]


def test_untrusted_names_do_nothing_on_the_page(app: App) -> None:
    page = choose(app.visit(NOTIFICATIONS, homes.VERA, homes.SUSPECT), Occasion.OPENED, homes.UNTRUSTED)

    assert not page.exception
    assert obeyed(page) == []


def test_a_reviewer_does_not_see_the_page(app: App) -> None:
    page = app.visit(NOTIFICATIONS, homes.BEN)

    assert "may not change the notifications" in words(page)
    assert not page.main.button


def test_a_link_opens_the_returned_reply_in_its_project(app: App) -> None:
    [item] = items_in(app.store, app.project_id(homes.SUSPECT), State.RETURNED)

    page = opened(app, homes.VERA, homes.SUSPECT, WRITE, item=item.id)

    assert page.session_state["write_item"] == item.id
    assert "item" not in page.query_params


def test_a_link_switches_to_the_project_of_what_it_names(app: App) -> None:
    item = items_in(app.store, app.project_id(homes.SUSPECT), State.WAITING)[0]

    page = opened(app, homes.ANNA, homes.DEMO, WRITE, item=item.id)

    assert page.session_state[session.PROJECT] == app.project_id(homes.SUSPECT)
    assert page.session_state["write_item"] == item.id


def test_a_link_opens_the_reply_that_waits_before_all_others(app: App) -> None:
    anna = app.person(homes.ANNA)
    desk = app.project_id(homes.DEMO)
    for item in items_in(app.store, desk, State.WAITING, 3):
        writing.submit(app.store, item.id, f"Reply number {item.id}, as asked.", anna)
    last = items_in(app.store, desk, State.SUBMITTED)[-1]

    page = opened(app, homes.BEN, homes.DEMO, REVIEW, item=last.id)
    assert page.session_state["review_opened"].reply_id == last.reply_id

    press(page, "Approve")
    assert item_by_id(app.store, last.id).state is State.APPROVED


def test_a_link_to_what_is_decided_says_so_and_goes_on_with_the_rest(app: App) -> None:
    approved = items_in(app.store, app.project_id(homes.DEMO), State.APPROVED)[0]

    page = opened(app, homes.BEN, homes.DEMO, REVIEW, item=approved.id)

    assert not page.exception
    assert "decided already" in said(page, "toast")


def test_a_link_to_a_project_of_others_opens_nothing(app: App) -> None:
    item = items_in(app.store, app.project_id(homes.SUSPECT), State.WAITING)[0]

    page = opened(app, homes.CHRIS, homes.DEMO, RATE, item=item.id)

    assert not page.exception
    assert page.session_state[session.PROJECT] == app.project_id(homes.DEMO)


def test_the_address_of_one_project_is_not_offered_to_another(app: App) -> None:
    page = choose(app.visit(NOTIFICATIONS, homes.OWNER), Occasion.OPENED, HOOK)

    page.sidebar.selectbox(key=session.PROJECT).set_value(app.project_id(homes.EMPTY)).run()

    assert page.main.text_input[OPENED].value == ""


def test_a_link_waits_until_somebody_said_who_they_are(app: App) -> None:
    item = items_in(app.store, app.project_id(homes.SUSPECT), State.WAITING)[0]
    tab = AppTest.from_file(str(ROOT / "app.py"), default_timeout=SECONDS)
    tab.session_state[session.LEFT] = True
    tab.run().switch_page(WRITE)
    tab.query_params["item"] = str(item.id)
    assert [title.value for title in tab.run().title] == ["Who are you?"]

    tab.button(key=f"person-{app.person(homes.ANNA).id}").click().run()

    assert tab.session_state[session.PROJECT] == app.project_id(homes.SUSPECT)
    assert tab.session_state["write_item"] == item.id


def test_the_settings_are_remembered_where_somebody_looks_again(app: App) -> None:
    owner, project_id = app.person(homes.OWNER), app.project_id(homes.DEMO)
    tell(app.store, project_id, Occasion.OPENED, Wish(HOOK, by_mail=True), Outside(), owner)

    page = app.visit(NOTIFICATIONS, homes.OWNER)

    assert page.main.text_input[OPENED].value == HOOK
    assert page.main.checkbox[OPENED].value is True
