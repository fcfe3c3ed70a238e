"""Review desks: what somebody reads now is offered to others last, and forbidden to nobody."""

import pytest

from core.curation import review
from core.curation.items import State
from core.curation.review_desk import open_at_others, open_for_review
from core.errors import NotAllowed
from tests.core.curation.desk import Desk

REPLY = "Please ask at desk 4, we are glad to help you there all day."


def test_a_reviewer_has_one_reply_open_and_others_know_which(desk: Desk) -> None:
    first, second = desk.submitted("Where is my suitcase?", REPLY), desk.submitted("Any ferry?", REPLY)

    open_for_review(desk.store, first.id, desk.ben)
    open_for_review(desk.store, second.id, desk.ben)

    assert open_at_others(desk.store, desk.carl) == {second.id}
    assert open_at_others(desk.store, desk.ben) == frozenset()


def test_an_open_reply_can_be_decided_by_another_all_the_same(desk: Desk) -> None:
    item = desk.submitted("Where is my suitcase?", REPLY)
    open_for_review(desk.store, item.id, desk.ben)

    review.approve(desk.store, item.id, desk.carl)

    assert desk.state(item) is State.APPROVED


def test_who_does_not_review_has_no_desk(desk: Desk) -> None:
    item = desk.submitted("Where is my suitcase?", REPLY)

    with pytest.raises(NotAllowed):
        open_for_review(desk.store, item.id, desk.anna)
