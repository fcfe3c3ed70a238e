"""Who sees which page: each role its own, and every page guards itself, also without the app around it."""

import pytest

from core.people.persons import add_person
from core.people.roles import Action, may, roles_of
from tests import homes
from tests.pages.visiting import App, words
from ui import session
from ui.navigation import ENTRIES

EVERYBODY = (homes.OWNER, homes.ANNA, homes.BEN, homes.CHRIS, homes.EVA)
PATHS = [entry.path for entry in ENTRIES]


@pytest.mark.parametrize("email", EVERYBODY)
def test_a_page_of_ones_role_opens_and_any_other_says_whose_it_is(app: App, email: str) -> None:
    visit = app.enter(email)
    roles = roles_of(app.store, app.project_id(homes.DEMO), app.person(email).id)

    for entry in ENTRIES:
        visit.switch_page(entry.path).run()
        assert not visit.exception, entry.path
        refused = f"may not {entry.action.value}" in words(visit)
        assert refused is not may(roles, entry.action), entry.path


@pytest.mark.parametrize("path", PATHS)
def test_a_page_run_alone_shows_a_wrong_role_one_sentence_and_no_data(app: App, path: str) -> None:
    needed = next(entry.action for entry in ENTRIES if entry.path == path)
    for email in EVERYBODY:
        roles = roles_of(app.store, app.project_id(homes.DEMO), app.person(email).id)
        if may(roles, needed):
            continue
        page = app.bare(path, email)

        assert len([*page.warning, *page.info]) == 1
        assert f"may not {needed.value}" in words(page)
        assert not [*page.title, *page.markdown, *page.caption, *page.metric, *page.button, *page.get("html")]


@pytest.mark.parametrize("path", PATHS)
def test_a_page_run_alone_asks_a_stranger_who_they_are(app: App, path: str) -> None:
    page = app.bare(path, None)

    assert [title.value for title in page.title] == ["Who are you?"]
    assert not [*page.get("html"), *page.metric]


def test_the_first_screen_names_the_people_with_their_roles(app: App) -> None:
    page = app.bare(PATHS[0], None)

    names = [button.label for button in page.button]
    assert "Anna, senior agent" in names
    assert "You, on this machine" in names
    assert "owner, rater" in words(page)
    assert "expert · made up for the demo" in words(page)
    assert not any(label.startswith("import") for label in names)


def test_a_rater_is_led_to_rate_and_sees_no_counts(app: App) -> None:
    page = app.enter(homes.CHRIS)

    assert [title.value for title in page.title] == ["Rate"]
    assert not page.metric


def test_somebody_without_a_project_is_told_how_to_get_into_one(app: App) -> None:
    frank = add_person(app.store, "frank@example.com", "Frank")
    page = app.bare(PATHS[0], None)
    page.session_state[session.PERSON] = frank.id
    page.run()

    assert "You are in no project yet" in words(page)
    assert not page.metric


def test_all_actions_are_somebodys(app: App) -> None:
    everybody = {
        action
        for email in EVERYBODY
        for action in Action
        if may(roles_of(app.store, app.project_id(homes.DEMO), app.person(email).id), action)
    }

    assert everybody == set(Action)


def test_the_work_of_another_project_is_not_told_here(app: App) -> None:
    owner = app.person(homes.OWNER)
    with app.store.transaction("test") as tx:
        for number, project in ((901, homes.SUSPECT), (902, homes.DEMO)):
            row = {"id": number, "kind": "answer", "subject": "x", "state": "queued", "attempts": 0}
            more = {"project_id": app.project_id(project), "person_id": owner.id, "created_at": tx.now}
            tx.insert("jobs", {**row, **more, "version": 1})

    assert [str(one.type) for one in app.enter(homes.ANNA).sidebar].count("progress") == 1
    assert [str(one.type) for one in app.enter(homes.ANNA, homes.EMPTY).sidebar].count("progress") == 0


@pytest.mark.parametrize("path", PATHS)
def test_nothing_on_a_page_moves_when_it_is_drawn_again(app: App, path: str) -> None:
    page = app.bare(path, homes.OWNER)
    first = [node.type for node in page.main]

    assert [node.type for node in page.run().main] == first
