"""Each role may do what it is for, and a refusal says what it would take."""

import pytest

from core.curation.projects import Project, create_project
from core.errors import NotAllowed, Refused
from core.people.membership import grant, members, people
from core.people.persons import IMPORT_EMAIL, Person, add_person, find_person, find_person_by_id
from core.people.roles import Action, Role, may, require, roles_of
from core.store.store import Store

MAY = {
    Role.EXPERT: {Action.READ, Action.WRITE, Action.ASK},
    Role.REVIEWER: {
        Action.READ,
        Action.WRITE,
        Action.REVIEW,
        Action.CHANGE_MANY,
        Action.ASK,
        Action.JUDGE,
    },
    Role.OWNER: set(Action) - {Action.RATE},
    Role.RATER: {Action.RATE},
    Role.VIEWER: {Action.READ, Action.ASK, Action.JUDGE},
}


@pytest.fixture
def project(store: Store, olga: Person) -> Project:
    with store.transaction(olga.email) as tx:
        return create_project(tx, "Bay airport", olga)


def give(store: Store, project: Project, person: Person, role: Role) -> None:
    with store.transaction("olga@example.com") as tx:
        grant(tx, project.id, person, role)


@pytest.mark.parametrize("role", list(Role))
def test_a_role_may_do_what_it_is_for_and_nothing_else(role: Role) -> None:
    assert {action for action in Action if may(frozenset({role}), action)} == MAY[role]


def test_a_rater_sees_nothing_but_what_is_rated() -> None:
    assert not may(frozenset({Role.RATER}), Action.READ)
    assert not may(frozenset({Role.RATER}), Action.JUDGE)


def test_nobody_without_a_role_may_do_anything() -> None:
    assert not any(may(frozenset(), action) for action in Action)


def test_a_refusal_names_the_person_what_it_takes_and_what_they_have(
    store: Store, project: Project, anna: Person
) -> None:
    give(store, project, anna, Role.EXPERT)

    with pytest.raises(NotAllowed) as refused:
        require(store, project.id, anna, Action.FREEZE)

    assert str(refused.value) == (
        "Anna may not freeze datasets here: it takes the role owner, and Anna has expert in this project. "
        "Nothing was changed."
    )


def test_somebody_may_be_several_and_do_what_any_of_them_may(
    store: Store, project: Project, anna: Person
) -> None:
    give(store, project, anna, Role.EXPERT)
    give(store, project, anna, Role.RATER)
    give(store, project, anna, Role.RATER)

    assert roles_of(store, project.id, anna.id) == {Role.EXPERT, Role.RATER}
    require(store, project.id, anna, Action.WRITE)
    require(store, project.id, anna, Action.RATE)


def test_a_role_counts_in_its_own_project_only(
    store: Store, project: Project, anna: Person, olga: Person
) -> None:
    give(store, project, anna, Role.EXPERT)
    with store.transaction(olga.email) as tx:
        other = create_project(tx, "Complaints", olga)

    with pytest.raises(NotAllowed, match="Anna has no role in this project"):
        require(store, other.id, anna, Action.READ)
    assert [member.person.name for member in members(store, other.id)] == ["Olga"]


def test_an_address_is_one_person_however_it_is_written(store: Store, anna: Person) -> None:
    assert add_person(store, "  ANNA@example.com ", "Somebody else") == anna
    assert find_person(store, "Anna@Example.com") == anna
    assert find_person_by_id(store, anna.id) == anna
    assert find_person_by_id(store, 999) is None


@pytest.mark.parametrize(("email", "name"), [("", "Anna"), (" ", "Anna"), ("a@b", " ")])
def test_a_person_needs_a_name_and_an_address(store: Store, email: str, name: str) -> None:
    with pytest.raises(Refused, match="name and an e-mail address"):
        add_person(store, email, name)


def test_the_author_of_imported_replies_is_nobody_to_choose(
    store: Store, project: Project, anna: Person, olga: Person
) -> None:
    add_person(store, IMPORT_EMAIL, "Import")

    everybody = people(store)

    assert [member.person.name for member in everybody] == ["Olga", "Anna"]
    assert everybody[0].roles == {Role.OWNER}
    assert everybody[1].roles == frozenset()
