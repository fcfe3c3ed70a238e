"""An owner says who is in a project; nobody else does, and one owner always stays."""

import pytest

from core.curation.projects import Project, create_project
from core.errors import NotAllowed, Refused
from core.people.membership import add_member, grant, members, people, remove_role, rename
from core.people.persons import IMPORT_EMAIL, Person, add_person, find_person
from core.people.roles import Role, roles_of
from core.store.store import Store


@pytest.fixture
def project(store: Store, olga: Person) -> Project:
    with store.transaction(olga.email) as tx:
        return create_project(tx, "Front desk", olga)


def test_an_owner_adds_somebody_new_with_a_role(store: Store, project: Project, olga: Person) -> None:
    frank = add_member(store, project.id, " Frank@Example.com ", " Frank ", Role.EXPERT, olga)

    assert (frank.email, frank.name) == ("frank@example.com", "Frank")
    assert find_person(store, "frank@example.com") == frank
    assert roles_of(store, project.id, frank.id) == {Role.EXPERT}


def test_somebody_who_is_here_keeps_their_name_and_needs_none(
    store: Store, project: Project, anna: Person, olga: Person
) -> None:
    assert add_member(store, project.id, anna.email, "", Role.EXPERT, olga) == anna
    assert add_member(store, project.id, anna.email, "Somebody else", Role.RATER, olga) == anna
    assert roles_of(store, project.id, anna.id) == {Role.EXPERT, Role.RATER}


def test_an_owner_changes_what_a_member_is_called(
    store: Store, project: Project, anna: Person, olga: Person
) -> None:
    rename(store, project.id, olga, " Olga at the desk ", olga)
    assert [one.person.name for one in members(store, project.id)] == ["Olga at the desk"]

    with pytest.raises(Refused, match="needs a name"):
        rename(store, project.id, olga, " ", olga)
    with pytest.raises(Refused, match="is not in this project"):
        rename(store, project.id, anna, "Hannah", olga)


def test_a_role_given_twice_is_held_once(store: Store, project: Project, anna: Person, olga: Person) -> None:
    add_member(store, project.id, anna.email, anna.name, Role.EXPERT, olga)
    add_member(store, project.id, anna.email, anna.name, Role.EXPERT, olga)
    remove_role(store, project.id, anna, Role.EXPERT, olga)

    assert roles_of(store, project.id, anna.id) == frozenset()


def test_an_owner_may_make_themselves_a_rater(store: Store, project: Project, olga: Person) -> None:
    add_member(store, project.id, olga.email, olga.name, Role.RATER, olga)

    assert roles_of(store, project.id, olga.id) == {Role.OWNER, Role.RATER}


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.OWNER])
def test_nobody_but_an_owner_manages_people(
    store: Store, project: Project, anna: Person, olga: Person, role: Role
) -> None:
    with store.transaction(olga.email) as tx:
        grant(tx, project.id, anna, role)

    with pytest.raises(NotAllowed, match="may not manage people"):
        add_member(store, project.id, "frank@example.com", "Frank", Role.EXPERT, anna)
    with pytest.raises(NotAllowed, match="may not manage people"):
        remove_role(store, project.id, olga, Role.OWNER, anna)

    assert find_person(store, "frank@example.com") is None
    assert roles_of(store, project.id, olga.id) == {Role.OWNER}


def test_an_owner_manages_their_own_project_only(
    store: Store, project: Project, anna: Person, olga: Person
) -> None:
    with store.transaction(anna.email) as tx:
        other = create_project(tx, "Complaints", anna)

    with pytest.raises(NotAllowed):
        add_member(store, other.id, olga.email, olga.name, Role.OWNER, olga)

    assert [member.person for member in members(store, other.id)] == [anna]


@pytest.mark.parametrize("email", ["", "frank", "@example.com", "frank@", "a b@example.com", "a@b@c"])
def test_what_is_no_address_is_refused_and_nobody_is_added(
    store: Store, project: Project, olga: Person, email: str
) -> None:
    with pytest.raises(Refused, match="Nobody was added"):
        add_member(store, project.id, email, "Frank", Role.EXPERT, olga)

    assert [member.person for member in people(store)] == [olga]


def test_somebody_new_needs_a_name(store: Store, project: Project, olga: Person) -> None:
    with pytest.raises(Refused, match="needs a name"):
        add_member(store, project.id, "frank@example.com", " ", Role.EXPERT, olga)

    assert find_person(store, "frank@example.com") is None


def test_the_author_of_imported_replies_gets_no_role(store: Store, project: Project, olga: Person) -> None:
    add_person(store, IMPORT_EMAIL, "Import")

    with pytest.raises(Refused, match="not a person"):
        add_member(store, project.id, IMPORT_EMAIL.upper(), "Import", Role.EXPERT, olga)

    assert [member.person for member in members(store, project.id)] == [olga]


def test_the_last_owner_cannot_be_removed(store: Store, project: Project, olga: Person) -> None:
    with pytest.raises(Refused, match="Olga is the last owner of this project"):
        remove_role(store, project.id, olga, Role.OWNER, olga)

    assert roles_of(store, project.id, olga.id) == {Role.OWNER}


def test_an_owner_may_go_when_another_one_stays(
    store: Store, project: Project, anna: Person, olga: Person
) -> None:
    add_member(store, project.id, anna.email, anna.name, Role.OWNER, olga)
    remove_role(store, project.id, olga, Role.OWNER, olga)

    assert [member.person for member in members(store, project.id)] == [anna]
    with pytest.raises(Refused, match="Anna is the last owner"):
        remove_role(store, project.id, anna, Role.OWNER, anna)


def test_a_role_somebody_does_not_have_cannot_be_taken(
    store: Store, project: Project, anna: Person, olga: Person
) -> None:
    with pytest.raises(Refused, match="Anna does not have the role expert"):
        remove_role(store, project.id, anna, Role.EXPERT, olga)
    with pytest.raises(Refused, match="Anna does not have the role owner"):
        remove_role(store, project.id, anna, Role.OWNER, olga)
