"""Settling what two replies disagree on: one goes back to review, or somebody says why both are right."""

from core.curation.checks.acceptance import keep_acceptance, sound_reason
from core.curation.checks.finding import Check
from core.curation.contradictions.sides import Pair
from core.curation.items import State, item_by_id, move
from core.errors import Conflict, Refused
from core.people.persons import Person
from core.people.roles import Action, require
from core.store.store import Store

DECISION = ("reviewer_id", "decided_at", "decision", "reason", "comment")


def accept_pair(store: Store, pair: Pair, reason: str, person: Person) -> None:
    """Say why both replies are right; the pair does not come back as long as neither text changes.

    Raises:
        NotAllowed: the person may not review here.
        Refused: no reason is given.
    """
    said = sound_reason(reason)
    with store.transaction(person.email) as tx:
        for side in (pair.one, pair.other):
            item = item_by_id(tx, side.item_id)
            require(tx, item.project_id, person, Action.REVIEW)
            keep_acceptance(tx, item, Check.CONTRADICTION, pair.key, said, person)


def review_again(store: Store, item_id: int, reply_id: int, comment: str, person: Person) -> None:
    """Send an approved reply back to review; datasets frozen meanwhile keep it.

    Args:
        store: the store.
        item_id: the item.
        reply_id: the reply the person saw.
        comment: why, for the history.
        person: who doubts it; their own replies too, because somebody else decides.

    Raises:
        NotAllowed: the person may not review here.
        Conflict: the item has another reply by now.
        Refused: it is not approved.
    """
    with store.transaction(person.email) as tx:
        item = item_by_id(tx, item_id)
        require(tx, item.project_id, person, Action.REVIEW)
        if item.reply_id != reply_id:
            raise Conflict("This item has another reply by now. Nothing was changed; scan again.")
        if item.state is not State.APPROVED:
            raise Refused(
                f"This reply is {item.state.value}, so it needs no second review. Nothing was changed."
            )
        tx.update("replies", {"id": reply_id}, dict.fromkeys(DECISION))
        move(tx, item, State.SUBMITTED, person, "sent to review again", comment=comment.strip() or None)
