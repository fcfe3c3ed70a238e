"""A project has a name of its own, instructions that only its owner changes, and guidelines in versions."""

import pytest

from core.curation.checks.check import check_reply
from core.curation.checks.finding import Severity
from core.curation.checks.standard import Standard
from core.curation.projects import (
    Kind,
    change_instructions,
    create_project,
    find_project,
    guideline,
    project_by_id,
    projects_of,
    write_guideline,
)
from core.errors import Conflict, NotAllowed, Refused
from tests.core.curation.desk import Desk


@pytest.mark.parametrize(
    ("name", "kind", "labels", "sentence"),
    [
        (" ", Kind.REPLY, (), "needs a name"),
        (" Bay airport ", Kind.REPLY, (), "There is a project 'Bay airport' already"),
        ("Complaints", Kind.LABEL, ("Card",), "at least two different labels"),
        ("Complaints", Kind.LABEL, ("Card", "Card"), "at least two different labels"),
    ],
)
def test_a_project_that_cannot_be_is_refused(
    desk: Desk, name: str, kind: Kind, labels: tuple[str, ...], sentence: str
) -> None:
    with pytest.raises(Refused, match=sentence), desk.store.transaction("olga") as tx:
        create_project(tx, name, desk.olga, kind=kind, labels=labels)

    assert projects_of(desk.store, desk.olga) == [desk.project]
    assert find_project(desk.store, "Complaints") is None


def test_only_the_owner_changes_the_instructions_and_nobody_unseen(desk: Desk) -> None:
    with pytest.raises(NotAllowed):
        change_instructions(desk.store, desk.project, "Be brief.", desk.anna)
    change_instructions(desk.store, desk.project, " Be brief. ", desk.olga)
    with pytest.raises(Conflict):
        change_instructions(desk.store, desk.project, "Be long.", desk.olga)

    assert project_by_id(desk.store, desk.project.id).instructions == "Be brief."


def test_a_new_guideline_is_a_new_version_of_it(desk: Desk) -> None:
    assert guideline(desk.store, desk.project.id) is None
    for text in ("Be warm.", "Be warm and brief."):
        with desk.store.transaction("olga") as tx:
            write_guideline(tx, desk.project.id, text, desk.olga)

    newest = guideline(desk.store, desk.project.id)
    assert newest is not None
    assert (newest.number, newest.text) == (2, "Be warm and brief.")


def test_the_checks_stop_only_what_is_no_reply(desk: Desk) -> None:
    standard = Standard(desk.project)

    assert [one.severity for one in check_reply(standard, "  ")] == [Severity.BLOCK]
    assert check_reply(standard, "Please ask at desk 4, from 6:00 to 22:30, it costs 12.50.") == []
    assert {one.severity for one in check_reply(standard, "Call TODO")} == {Severity.WARN}
    long = check_reply(standard, "word " * 400)
    assert [one.sentence for one in long] == ["The reply is very long: 1,999 characters."]
