"""Calling: every few seconds what is due is sent; a round begins again from what stands in the store."""

import threading
from datetime import UTC, datetime

from core.calling import mail, webhook, words
from core.calling.messages import TOO_OLD, Channel, Message, begin, drop, due, failed, gather, sent
from core.calling.settings import Wish, wishes
from core.calling.undelivered import Undelivered
from core.errors import TouchstoneError
from core.settings import Outside
from core.store.store import Store
from core.workspace import Workspace

LOOK_SECONDS = 5.0
AT_ONCE = 20
"""So many messages are tried in one round."""

NO_LONGER = "Nobody is told of this any more."
LATE = "Not sent: it was more than a day old when it could have been."


def start(workspace: Workspace) -> None:
    """Send what is due for as long as the workspace is open."""
    store, outside = workspace.store, workspace.outside
    workspace.jobs.watch(lambda closing: call(store, outside, datetime.now(UTC), closing), LOOK_SECONDS)


def call(store: Store, outside: Outside, now: datetime, closing: threading.Event | None = None) -> None:
    """One round: messages are made of the notices, and what is due is sent, each outside any transaction.

    Where one way failed, what else would go that way waits for the next round, so that it holds up nobody.
    """
    gather(store, now)
    down: set[str] = set()
    tried = 0
    for message in due(store, now):
        if tried == AT_ONCE or (closing is not None and closing.is_set()):
            return
        wish = wishes(store, message.project_id)[message.occasion]
        way = wish.webhook if message.channel is Channel.WEBHOOK else Channel.MAIL.value
        if way not in down:
            tried += 1
            if not _send(store, message, wish, outside, now):
                down.add(way)


def _send(store: Store, message: Message, wish: Wish, outside: Outside, now: datetime) -> bool:
    """Try one message and keep what came of it; whether the way to it is open."""
    wanted = wish.webhook if message.channel is Channel.WEBHOOK else wish.by_mail and message.person
    if not wanted:
        drop(store, message, NO_LONGER, now)
        return True
    if now - message.happened_at > TOO_OLD:
        drop(store, message, LATE, now)
        return True
    begin(store, message, now)
    try:
        outcome = _handed_over(message, wish, outside)
    except TouchstoneError as error:
        failed(store, message, str(error), now)
        return False
    sent(store, message, outcome, now)
    return True


def _handed_over(message: Message, wish: Wish, outside: Outside) -> str:
    """Send it now; returns what came of it."""
    if message.person is None:
        what = words.content(message, outside.base_url)
        return webhook.post(wish.webhook, what, outside.webhook_secret, outside.inside)
    if outside.mail is None:
        raise Undelivered(f"E-mail is not set up: {', '.join(outside.mail_missing)} is missing.")
    text = words.letter(message, outside.base_url)
    return mail.send(outside.mail, message.person.email, words.headline(message), text)
