"""Messages: what is to be sent to whom, made of the notices, and what came of each."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from core.calling.audience import audience, has_address
from core.calling.settings import wishes
from core.errors import Refused
from core.people.notices import Occasion
from core.people.persons import Person, find_person_by_id
from core.people.roles import Action, require
from core.store.database import Reader, Row
from core.store.store import Store
from core.store.transaction import Transaction

GATHERED = timedelta(minutes=2)
"""A waiting review is told of after so long, together with those that came meanwhile."""
AT_MOST_EVERY = timedelta(minutes=10)
"""Of waiting reviews nobody hears more often than this, in one project."""
PAUSES = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 30, 120, 480))
"""After a failure; the last failure is final."""
TOO_OLD = timedelta(days=1)
"""What could not be sent for so long, as while Touchstone was closed, is not sent any more."""
KEPT = timedelta(days=30)
"""So long the outcome of a message is kept."""


class Channel(StrEnum):
    """How a message travels."""

    WEBHOOK = "webhook"
    MAIL = "e-mail"


class MessageState(StrEnum):
    """Where a message stands; `dropped` is one that nobody wants any more."""

    WAITING = "waiting"
    SENT = "sent"
    FAILED = "failed"
    DROPPED = "dropped"


@dataclass(frozen=True)
class Message:
    """One message to the project's webhook or, with a person, to that person's address.

    `subject_id` is the item or study that it leads to, the first of `n_subjects`; a test leads nowhere.
    """

    id: int
    project_id: int
    project: str
    occasion: Occasion
    channel: Channel
    person: Person | None
    subject_id: int | None
    n_subjects: int
    is_test: bool
    happened_at: datetime
    attempts: int
    state: MessageState
    outcome: str | None
    tried_at: datetime | None
    due_at: datetime | None


def ask_for_test(store: Store, project_id: int, occasion: Occasion, person: Person) -> None:
    """Send a test message the way of a real one: to the webhook, and by e-mail to whoever asks for it.

    Raises:
        NotAllowed: the person may not change the notifications.
        Refused: nobody is told of this occasion, or only by mail and the person has no address.
    """
    with store.transaction(person.email) as tx:
        require(tx, project_id, person, Action.NOTIFY)
        wish = wishes(tx, project_id)[occasion]
        if wish.silent:
            raise Refused("Nobody is told of this yet. Set a webhook or e-mail first; nothing was sent.")
        if not wish.webhook and not has_address(person):
            raise Refused(f"{person.email} is an address that no mail can reach. Nothing was sent.")
        if wish.webhook:
            _write(tx, project_id, occasion, Channel.WEBHOOK, None, (), tx.now, tx.now)
        if wish.by_mail and has_address(person):
            _write(tx, project_id, occasion, Channel.MAIL, person, (), tx.now, tx.now)


def gather(store: Store, now: datetime) -> None:
    """Make messages of the notices whose time has come."""
    for project_id, occasion in _ripe(store, now):
        with store.transaction("system") as tx:
            noticed = tx.rows(
                "select subject_id, happened_at from notices where project_id = ? and occasion = ? "
                "order by happened_at, subject_id",
                project_id,
                occasion.value,
            )
            if occasion is Occasion.WAITING:
                _write_each(tx, project_id, occasion, [number for number, _ in noticed], noticed[0][1], now)
            else:
                for number, happened_at in noticed:
                    _write_each(tx, project_id, occasion, [number], happened_at, now)
            for number, happened_at in noticed:
                key = {"occasion": occasion.value, "subject_id": number, "happened_at": happened_at}
                tx.delete("notices", key)
            _forget_old(tx, now)


def due(store: Store, now: datetime) -> list[Message]:
    """The messages to be sent now, the longest due first."""
    found = store.recall(MESSAGE_TABLES, "messages waiting", lambda: _messages(store, WAITING))
    return [one for one in found if one.due_at is not None and one.due_at <= now]


def latest(store: Store, project_id: int, limit: int = 20) -> list[Message]:
    """The newest messages of a project, whatever came of them."""

    def ask() -> list[Message]:
        return _messages(store, "where m.project_id = ? order by m.id desc limit ?", project_id, limit)

    return store.recall(MESSAGE_TABLES, ("latest messages", project_id, limit), ask)


def begin(store: Store, message: Message, now: datetime) -> None:
    """Count an attempt before it is made: where nothing can be noted, as on a full disk, nothing is sent."""
    pause = PAUSES[min(message.attempts, len(PAUSES) - 1)]
    changes = {"attempts": message.attempts + 1, "tried_at": now, "due_at": now + pause}
    with store.transaction("system") as tx:
        tx.update("messages", {"id": message.id}, changes)


def sent(store: Store, message: Message, outcome: str, now: datetime) -> None:
    """It was taken."""
    _settle(store, message, MessageState.SENT, outcome, now)


def drop(store: Store, message: Message, outcome: str, now: datetime) -> None:
    """Nobody wants it any more."""
    _settle(store, message, MessageState.DROPPED, outcome, now)


def failed(store: Store, message: Message, outcome: str, now: datetime) -> None:
    """It was not taken: it waits for its next attempt, or this was the last."""
    if message.attempts >= len(PAUSES) or message.is_test:
        _settle(store, message, MessageState.FAILED, outcome, now)
    else:
        _settle(store, message, MessageState.WAITING, outcome, now, now + PAUSES[message.attempts])


def _settle(
    store: Store,
    message: Message,
    state: MessageState,
    outcome: str,
    now: datetime,
    due_at: datetime | None = None,
) -> None:
    changes = {"state": state.value, "outcome": outcome, "tried_at": now, "due_at": due_at}
    with store.transaction("system") as tx:
        tx.update("messages", {"id": message.id}, changes)


def _ripe(store: Store, now: datetime) -> list[tuple[int, Occasion]]:
    """The projects and occasions with notices to be told now."""
    rows = store.recall(("notices", "messages"), "notices", lambda: store.rows(NOTICED))
    ripe = []
    for project_id, name, first, last in rows:
        occasion = Occasion(name)
        wait = occasion is Occasion.WAITING and (
            now < first + GATHERED or (last is not None and now < last + AT_MOST_EVERY)
        )
        if not wait:
            ripe.append((project_id, occasion))
    return ripe


def _write_each(
    tx: Transaction,
    project_id: int,
    occasion: Occasion,
    subjects: Sequence[int],
    happened_at: datetime,
    now: datetime,
) -> None:
    """A message to the webhook, if there is one, and to each person, if they get mail."""
    wish = wishes(tx, project_id)[occasion]
    for called in audience(tx, project_id, occasion, subjects):
        channel = Channel.WEBHOOK if called.person is None else Channel.MAIL
        if wish.webhook if channel is Channel.WEBHOOK else wish.by_mail:
            _write(tx, project_id, occasion, channel, called.person, called.subjects, happened_at, now)


def _write(
    tx: Transaction,
    project_id: int,
    occasion: Occasion,
    channel: Channel,
    person: Person | None,
    subjects: Sequence[int],
    happened_at: datetime,
    now: datetime,
) -> None:
    tx.insert(
        "messages",
        {
            "id": tx.new_id("messages"),
            "project_id": project_id,
            "occasion": occasion.value,
            "channel": channel.value,
            "person_id": person.id if person else None,
            "subject_id": subjects[0] if subjects else None,
            "n_subjects": len(subjects),
            "is_test": not subjects,
            "happened_at": happened_at,
            "written_at": now,
            "due_at": happened_at,
            "attempts": 0,
            "state": MessageState.WAITING.value,
        },
    )


def _forget_old(tx: Transaction, now: datetime) -> None:
    old = "select id from messages where state <> 'waiting' and written_at < ?"
    for (number,) in tx.rows(old, now - KEPT):
        tx.delete("messages", {"id": number})


def _messages(reader: Reader, which: str, *values: object) -> list[Message]:
    return [_message(reader, row) for row in reader.rows(f"{SELECT} {which}", *values)]


def _message(reader: Reader, row: Row) -> Message:
    number, project_id, project, occasion, channel, person_id, *rest = row
    subject_id, n_subjects, is_test, happened_at, attempts, state, *end = rest
    person = find_person_by_id(reader, person_id) if person_id is not None else None
    return Message(
        number, project_id, project, Occasion(occasion), Channel(channel), person, subject_id,
        n_subjects, is_test, happened_at, attempts, MessageState(state), *end,
    )  # fmt: skip


MESSAGE_TABLES = ("messages", "people", "projects")
SELECT = (
    "select m.id, m.project_id, p.name, m.occasion, m.channel, m.person_id, m.subject_id, m.n_subjects, "
    "m.is_test, m.happened_at, m.attempts, m.state, m.outcome, m.tried_at, m.due_at "
    "from messages m join projects p on p.id = m.project_id"
)
WAITING = "where m.state = 'waiting' order by m.due_at, m.id"
NOTICED = (
    "select n.project_id, n.occasion, min(n.happened_at), (select max(m.written_at) from messages m where "
    "m.project_id = n.project_id and m.occasion = n.occasion and not m.is_test) "
    "from notices n group by n.project_id, n.occasion"
)
