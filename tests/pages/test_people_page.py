"""The People page: an owner says who is in the project; nobody else sees it."""

from streamlit.testing.v1 import AppTest

from core.people.membership import add_member
from core.people.persons import find_person
from core.people.roles import Role, roles_of
from tests import homes
from tests.pages.visiting import RATE, WRITE, App, obeyed, press, said, words

PEOPLE = "pages/admin/people.py"
FRANK = "frank@example.com"


def fill(page: AppTest, email: str, name: str, role: Role) -> AppTest:
    page.text_input(key="people_email").set_value(email)
    page.text_input(key="people_name").set_value(name)
    page.radio(key="people_role").set_value(role)
    return press(page, "Add")


def roles(app: App, email: str, project: str = homes.DEMO) -> frozenset[Role]:
    return roles_of(app.store, app.project_id(project), app.person(email).id)


def remove(app: App, page: AppTest, email: str, role: Role) -> AppTest:
    return page.button(key=f"remove-{app.person(email).id}-{role}").click().run()


def test_an_owner_sees_everybody_with_address_and_roles(app: App) -> None:
    page = app.visit(PEOPLE, homes.OWNER)
    shown = words(page).replace("\u2060", "")

    assert not page.exception
    assert [title.value for title in page.title] == ["People"]
    assert "Anna, senior agent** · expert" in shown
    assert "(you) · owner, rater" in shown
    assert homes.ANNA in shown
    assert "import" not in {button.label for button in page.main.button}


def test_an_owner_adds_an_expert_who_then_sees_write(app: App) -> None:
    page = fill(app.visit(PEOPLE, homes.OWNER), FRANK, "Frank", Role.EXPERT)

    assert not page.exception
    assert "Frank has the role expert" in said(page, "toast")
    assert page.text_input(key="people_email").value == ""
    assert not app.visit(WRITE, FRANK).exception
    assert "may not manage people" in words(app.visit(PEOPLE, FRANK))


def test_whoever_sits_at_this_machine_gives_their_own_name(app: App) -> None:
    page = app.visit(PEOPLE, homes.OWNER)
    me = app.person(homes.OWNER)
    assert "Give your own." in words(page)

    page.text_input(key=f"name-{me.id}").set_value("Mia")
    page.button(key=f"call-{me.id}").click().run()

    assert "is now called Mia" in said(page, "toast")
    assert "Give your own." not in words(page)
    assert app.person(homes.OWNER).name == "Mia"


def test_a_reviewer_does_not_see_the_page(app: App) -> None:
    assert "may not manage people" in words(app.visit(PEOPLE, homes.BEN))
    assert "may not manage people" in words(app.bare(PEOPLE, homes.BEN))


def test_the_last_owner_stays_and_is_told_why(app: App) -> None:
    page = remove(app, app.visit(PEOPLE, homes.OWNER), homes.OWNER, Role.OWNER)

    assert "is the last owner of this project" in said(page, "error")
    assert Role.OWNER in roles(app, homes.OWNER)


def test_one_press_takes_one_role(app: App) -> None:
    page = remove(app, app.visit(PEOPLE, homes.OWNER), homes.OWNER, Role.RATER)

    assert "no longer has the role rater" in said(page, "toast")
    assert roles(app, homes.OWNER) == {Role.OWNER}


def test_an_owner_may_make_themselves_a_rater(app: App) -> None:
    page = app.visit(PEOPLE, homes.OWNER, homes.EMPTY)

    fill(page, homes.OWNER, "", Role.RATER)

    assert roles(app, homes.OWNER, homes.EMPTY) == {Role.OWNER, Role.RATER}
    assert not app.visit(RATE, homes.OWNER, homes.EMPTY).exception


def test_an_owner_who_gives_up_the_role_is_led_to_what_is_left(app: App) -> None:
    page = app.visit(PEOPLE, homes.VERA, homes.SUSPECT)

    left = remove(app, page, homes.VERA, Role.OWNER)

    assert not left.exception
    assert [title.value for title in left.title] != ["People"]
    assert Role.OWNER not in roles(app, homes.VERA, homes.SUSPECT)


def test_a_wrong_address_is_refused_and_what_was_typed_stays(app: App) -> None:
    page = fill(app.visit(PEOPLE, homes.OWNER), "frank", "Frank", Role.VIEWER)

    assert "does not look like an e-mail address" in said(page, "error")
    assert page.text_input(key="people_email").value == "frank"
    assert page.text_input(key="people_name").value == "Frank"
    assert page.radio(key="people_role").value is Role.VIEWER
    assert find_person(app.store, "frank") is None


def test_a_name_is_text_and_nothing_else(app: App) -> None:
    owner, project = app.person(homes.OWNER), app.project_id(homes.DEMO)
    add_member(app.store, project, FRANK, homes.UNTRUSTED, Role.EXPERT, owner)
    frank = app.person(FRANK)

    page = app.visit(PEOPLE, homes.OWNER)
    assert homes.FOREIGN in words(page)
    assert obeyed(page) == []
    after = remove(app, page, FRANK, Role.EXPERT)

    assert frank.name == homes.UNTRUSTED
    assert "no longer has the role expert" in said(after, "toast")
    assert obeyed(after) == []
