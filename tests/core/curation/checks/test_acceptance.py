"""Acceptance: with a reason a finding is settled for its words; the reason stays in the history."""

import pytest

from core.curation import review, writing
from core.curation.checks.acceptance import accept, accepted_of, open_findings, withdraw
from core.curation.checks.check import check_reply
from core.curation.checks.finding import Finding
from core.curation.checks.standard import Standard
from core.curation.items import Item, State, history_of
from core.errors import NotAllowed, Refused
from core.people.membership import grant
from core.people.roles import Role
from core.store.store import Store
from tests.core.curation.desk import Desk

CARD = "4111 1111 1111 1111"
WITH_CARD = f"Pay with the test card {CARD} at desk 4 in the arrivals hall."


def only(desk: Desk, text: str) -> Finding:
    (finding,) = check_reply(Standard(desk.project), text)
    return finding


def left(desk: Desk, item: Item, text: str) -> tuple[Finding, ...]:
    return open_findings(desk.store, Standard(desk.project), text, item)


def test_a_finding_that_stops_a_reply_is_told_with_the_way_out(desk: Desk) -> None:
    item = desk.asked("How do I pay?")

    with pytest.raises(
        Refused, match=r"payment card number in it: 4111.*text is kept.*accept the finding with a"
    ):
        writing.submit(desk.store, item.id, WITH_CARD, desk.anna)

    assert desk.state(item) is State.WAITING


def test_accepted_with_a_reason_it_stops_no_more_and_the_reviewer_reads_why(desk: Desk) -> None:
    item = desk.asked("How do I pay?")
    accept(desk.store, item.id, only(desk, WITH_CARD), " It is the  bank's test card. ", desk.anna)

    writing.submit(desk.store, item.id, WITH_CARD, desk.anna)

    (one,) = review.inbox(desk.store, desk.project, desk.ben)
    assert one.findings == ()
    assert [(spared.person, spared.reason) for spared in one.accepted] == [
        ("Anna", "It is the bank's test card.")
    ]
    event = history_of(desk.store, item.id)[1]
    assert (event.action, event.comment) == (
        "accepted a finding",
        "personal data: It is the bank's test card.",
    )
    review.approve(desk.store, item.id, desk.ben)
    assert desk.state(item) is State.APPROVED


def test_it_does_not_come_back_for_the_same_words_but_for_other_ones(desk: Desk) -> None:
    item = desk.asked("How do I pay?")
    accept(desk.store, item.id, only(desk, WITH_CARD), "A test card.", desk.anna)

    assert left(desk, item, f"Better words around {CARD}, and more of them.") == ()
    assert len(left(desk, item, WITH_CARD.replace("1111", "5555", 1))) == 0  # no card at all
    assert len(left(desk, item, WITH_CARD.replace(CARD, "5555 5555 5555 4444"))) == 1
    assert len(left(desk, desk.asked("And how do I pay back?"), WITH_CARD)) == 1


def test_a_finding_about_the_whole_text_comes_back_when_the_text_changes(desk: Desk) -> None:
    item, short = desk.asked("How do I pay?"), "At desk 4."
    accept(desk.store, item.id, only(desk, short), "That is all there is to say.", desk.anna)

    assert left(desk, item, short) == ()
    assert len(left(desk, item, "At desk 9.")) == 1


def test_the_journal_and_not_only_the_database_knows_it(desk: Desk) -> None:
    item = desk.asked("How do I pay?")
    accept(desk.store, item.id, only(desk, WITH_CARD), "A test card.", desk.anna)

    desk.store.rebuild()

    assert [one.reason for one in accepted_of(desk.store, item.id)] == ["A test card."]
    assert left(desk, item, WITH_CARD) == ()


def test_what_is_accepted_can_be_taken_back(desk: Desk) -> None:
    item = desk.asked("How do I pay?")
    accept(desk.store, item.id, only(desk, WITH_CARD), "A test card.", desk.anna)
    (one,) = accepted_of(desk.store, item.id)

    withdraw(desk.store, one.id, desk.ben)

    assert len(left(desk, item, WITH_CARD)) == 1
    assert history_of(desk.store, item.id)[-1].action == "no longer accepts a finding"
    with pytest.raises(Refused, match="taken back already"):
        withdraw(desk.store, one.id, desk.ben)


def test_accepting_twice_is_accepting_once(desk: Desk) -> None:
    item, finding = desk.asked("How do I pay?"), only(desk, WITH_CARD)
    for _ in range(2):
        accept(desk.store, item.id, finding, "A test card.", desk.anna)

    assert len(accepted_of(desk.store, item.id)) == 1
    assert [event.action for event in history_of(desk.store, item.id)] == ["added", "accepted a finding"]


def test_without_a_reason_nothing_is_accepted(desk: Desk) -> None:
    item, finding = desk.asked("How do I pay?"), only(desk, WITH_CARD)

    for reason in (" ", "x" * 501):
        with pytest.raises(Refused, match=r"reason.*Nothing was accepted"):
            accept(desk.store, item.id, finding, reason, desk.anna)
    assert accepted_of(desk.store, item.id) == ()


def test_an_empty_reply_cannot_be_accepted(desk: Desk) -> None:
    item = desk.asked("How do I pay?")

    with pytest.raises(Refused, match="cannot be accepted"):
        accept(desk.store, item.id, only(desk, " "), "It is fine.", desk.anna)
    with pytest.raises(Refused) as refused:
        writing.submit(desk.store, item.id, " ", desk.anna)
    assert "accept" not in str(refused.value)


def test_who_may_not_write_accepts_nothing(desk: Desk, store: Store) -> None:
    item, finding = desk.asked("How do I pay?"), only(desk, WITH_CARD)
    with store.transaction(desk.olga.email) as tx:
        tx.delete("roles", {"project_id": desk.project.id, "person_id": desk.anna.id, "role": "expert"})
        grant(tx, desk.project.id, desk.anna, Role.VIEWER)

    with pytest.raises(NotAllowed, match="Anna may not write replies"):
        accept(store, item.id, finding, "It is fine.", desk.anna)
