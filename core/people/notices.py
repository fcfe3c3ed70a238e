"""Notices: what people may be told of outside the app, written down with the change itself."""

from enum import StrEnum

from core.store.transaction import Transaction


class Occasion(StrEnum):
    """What may call somebody: its subject is an item, or the study that opened."""

    RETURNED = "reply_returned"
    WAITING = "review_waiting"
    OPENED = "study_opened"


def notice(tx: Transaction, project_id: int, occasion: Occasion, subject_id: int) -> None:
    """Write down that it happened, if the project wants anybody to be told of it."""
    wanted = "select 1 from notification_settings where project_id = ? and occasion = ?"
    if tx.value(wanted, project_id, occasion.value) is not None:
        tx.insert(
            "notices",
            {
                "occasion": occasion.value,
                "subject_id": subject_id,
                "happened_at": tx.now,
                "project_id": project_id,
            },
        )
