"""Review: a second person approves a reply or sends it back."""

from dataclasses import dataclass
from enum import StrEnum

from core.curation.checks.acceptance import Accepted, accepted_of, must_pass, still_open
from core.curation.checks.check import check_question, check_reply
from core.curation.checks.finding import Finding, Severity
from core.curation.checks.standard import Standard, standard_of
from core.curation.contradictions.listing import in_pairs
from core.curation.items import DECIDED, Item, State, item_by_id, move
from core.curation.projects import Project
from core.curation.replies import Origin, Reply, add_reply, reply_by_id
from core.errors import Conflict, NotAllowed, Refused
from core.people.persons import Person
from core.people.roles import Action, require
from core.store.database import Reader
from core.store.store import Store
from core.store.transaction import Transaction

NEW_WRITER = 10
"""With fewer approved replies than this somebody is new to a project, and reviewed first."""


class Reason(StrEnum):
    """Why a reply is sent back."""

    WRONG_FACT = "wrong_fact"
    TONE = "tone"
    TOO_LONG = "too_long"
    INCOMPLETE = "incomplete"
    UNCLEAR = "unclear"
    SOMETHING_ELSE = "something_else"

    @property
    def words(self) -> str:
        """The reason as people read it."""
        return self.value.replace("_", " ")


@dataclass(frozen=True)
class Submitted:
    """A reply that waits for review, with what its reviewer should know.

    `findings` are those in the reply and in the question that nobody accepted; `contradicted` means that an
    approved reply to the same question says something else. `new_writer`: few replies of the author's were
    approved here so far.
    """

    item: Item
    reply: Reply
    before: str | None
    findings: tuple[Finding, ...]
    accepted: tuple[Accepted, ...]
    contradicted: bool
    new_writer: bool = False

    @property
    def gravity(self) -> int:
        """How much there is to look at; what only tells something does not count."""
        grave = [finding for finding in self.findings if finding.severity is not Severity.NOTE]
        return len(grave) + 2 * self.contradicted + self.new_writer


def inbox(
    store: Store, project: Project, person: Person, limit: int = 50, among: int | None = None
) -> tuple[Submitted, ...]:
    """The replies this person may decide on, the riskiest first; never their own.

    Of more than `limit` those that wait longest, and the item with the number `among`, if it waits.

    Raises:
        NotAllowed: the person does not review here.
    """
    require(store, project.id, person, Action.REVIEW)
    against = in_pairs(store, project.id) | _contradicted(store, project.id)
    authors, standard = _by_author(store, project.id), standard_of(store, project)
    waiting = []
    for item_id, reply_id in store.rows(INBOX, project.id, person.id, among or 0, limit):
        item, reply = item_by_id(store, item_id), reply_by_id(store, reply_id)
        if reply is None or item.reply_id != reply_id:
            continue  # changed while this was read
        left, spared = still_open(_noticed(store, standard, item, reply), accepted_of(store, item_id))
        known = authors.get((State.APPROVED, reply.author_id), 0) >= NEW_WRITER
        before = _text_before(store, reply)
        is_new = reply.origin is not Origin.IMPORTED and not known
        waiting.append(Submitted(item, reply, before, left, spared, item_id in against, is_new))
    return tuple(sorted(waiting, key=lambda one: -one.gravity))


def own_submissions(reader: Reader, project: Project, person: Person) -> int:
    """How many of this person's own replies wait for somebody else."""
    return _by_author(reader, project.id).get((State.SUBMITTED, person.id), 0)


def approve(store: Store, item_id: int, reviewer: Person, *, reply_id: int | None = None) -> None:
    """Approve a submitted reply; it becomes the item's golden reply.

    Args:
        store: the store.
        item_id: the item.
        reviewer: who approves.
        reply_id: the reply the reviewer saw; None for whichever is submitted.

    Raises:
        NotAllowed: the reviewer wrote the reply, or may not review this project.
        Conflict: another reply was submitted since the reviewer opened this one.
        Refused: nothing is submitted, or a check stops the reply and nobody accepted that.
    """
    with store.transaction(reviewer.email) as tx:
        item, reply = _decidable(tx, item_id, reviewer, reply_id)
        must_pass(tx, item, reply.text, "Send it back instead; nothing was approved.")
        _decide(tx, reply, reviewer, State.APPROVED)
        move(tx, item, State.APPROVED, reviewer, "approved")


def send_back(
    store: Store,
    item_id: int,
    reason: Reason,
    comment: str,
    reviewer: Person,
    *,
    reply_id: int | None = None,
) -> None:
    """Send a submitted reply back to its author with a reason.

    Raises:
        NotAllowed: the reviewer wrote the reply, or may not review this project.
        Conflict: another reply was submitted since the reviewer opened this one.
        Refused: nothing is submitted.
    """
    with store.transaction(reviewer.email) as tx:
        item, reply = _decidable(tx, item_id, reviewer, reply_id)
        said = comment.strip() or None
        _decide(tx, reply, reviewer, State.RETURNED, reason, said)
        move(tx, item, State.RETURNED, reviewer, "returned", reason=reason.value, comment=said)


def edit(store: Store, item_id: int, text: str, reviewer: Person, *, reply_id: int | None = None) -> None:
    """Submit a better version of somebody's reply; somebody else then approves it.

    Raises:
        NotAllowed: the person may not review this project.
        Conflict: another reply was submitted since the reviewer opened this one.
        Refused: nothing is submitted, the text is unchanged, or a check stops it and nobody accepted that.
    """
    with store.transaction(reviewer.email) as tx:
        item, reply = _decidable(tx, item_id, reviewer, reply_id)
        if text.strip() == reply.text:
            raise Refused("Nothing was changed in the reply. Approve it as it is, or send it back.")
        must_pass(tx, item, text, "Nothing was submitted.")
        edited = add_reply(tx, item, text.strip(), reviewer, Origin.EDITED)
        move(tx, item, State.SUBMITTED, reviewer, "edited", reply_id=edited)


def reopen(store: Store, item_id: int, reviewer: Person) -> None:
    """Undo a decision: the reply waits for review again. Datasets frozen meanwhile keep it.

    Raises:
        NotAllowed: the person may not review this project, or wrote the reply.
        Refused: there is no decision to undo.
    """
    with store.transaction(reviewer.email) as tx:
        item = item_by_id(tx, item_id)
        require(tx, item.project_id, reviewer, Action.REVIEW)
        reply = reply_by_id(tx, item.reply_id) if item.reply_id else None
        if reply is None or item.state not in {State.APPROVED, State.RETURNED}:
            raise Refused("There is no decision on this item that could be undone.")
        _must_be_someone_else(reply, reviewer)
        tx.update(
            "replies",
            {"id": reply.id},
            {"reviewer_id": None, "decided_at": None, "decision": None, "reason": None, "comment": None},
        )
        move(tx, item, State.SUBMITTED, reviewer, "decision undone")


def _noticed(store: Store, standard: Standard, item: Item, reply: Reply) -> tuple[Finding, ...]:
    """What the checks notice: the same for the same texts and the same standard, so that it is told once."""
    asked = ("noticed", standard, item.id, item.version, reply.id)

    def check() -> tuple[Finding, ...]:
        return (*check_reply(standard, reply.text, item), *check_question(standard, item))

    return store.recall((), asked, check)


def _text_before(store: Store, reply: Reply) -> str | None:
    """The text of the version before."""
    if reply.number == 1:
        return None
    sql = "select text from replies where item_id = ? and number = ?"
    before: str | None = store.recall(
        ("replies",), ("before", reply.id), lambda: store.value(sql, reply.item_id, reply.number - 1)
    )
    return before


def _contradicted(store: Store, project_id: int) -> frozenset[int]:
    """The items whose very question has an approved reply that says something else."""

    def ask() -> frozenset[int]:
        return frozenset(number for (number,) in store.rows(CONTRADICTED, project_id))

    return store.recall(DECIDED, ("contradicted", project_id), ask)


def _by_author(reader: Reader, project_id: int) -> dict[tuple[State, int], int]:
    """How many items are submitted, and approved, with a reply of each author's."""

    def ask() -> dict[tuple[State, int], int]:
        return {(State(state), author): count for state, author, count in reader.rows(BY_AUTHOR, project_id)}

    return reader.recall(DECIDED, ("by author", project_id), ask)


INBOX = (
    "select i.id, i.reply_id from items i join replies r on r.id = i.reply_id "
    "where i.project_id = ? and i.state = 'submitted' and r.author_id <> ? "
    "order by i.id = ? desc, i.changed_at, i.id limit ?"
)
BY_AUTHOR = (
    "select i.state, r.author_id, count(*) from items i join replies r on r.id = i.reply_id "
    "where i.project_id = ? and i.state in ('submitted', 'approved') group by i.state, r.author_id"
)
CONTRADICTED = (
    "select distinct i.id from items i join replies r on r.id = i.reply_id "
    "join items same on same.project_id = i.project_id and same.fingerprint = i.fingerprint "
    "join replies approved on approved.id = same.reply_id "
    "where i.project_id = ? and i.state = 'submitted' and same.state = 'approved' and approved.text <> r.text"
)


def _decidable(tx: Transaction, item_id: int, reviewer: Person, seen: int | None) -> tuple[Item, Reply]:
    item = item_by_id(tx, item_id)
    require(tx, item.project_id, reviewer, Action.REVIEW)
    reply = reply_by_id(tx, item.reply_id) if item.reply_id else None
    if seen is not None and item.reply_id != seen:
        raise Conflict(
            "Another version of this reply was submitted meanwhile. Nothing was decided; look again."
        )
    if reply is None or item.state is not State.SUBMITTED:
        raise Refused(f"Item {item_id} is {item.state.value}; only a submitted reply can be decided on.")
    _must_be_someone_else(reply, reviewer)
    return item, reply


def _must_be_someone_else(reply: Reply, reviewer: Person) -> None:
    if reply.author_id == reviewer.id:
        raise NotAllowed(
            f"{reviewer.name} wrote this reply, so somebody else has to decide on it. Nothing was changed."
        )


def _decide(
    tx: Transaction,
    reply: Reply,
    reviewer: Person,
    decision: State,
    reason: Reason | None = None,
    comment: str | None = None,
) -> None:
    tx.update(
        "replies",
        {"id": reply.id},
        {
            "reviewer_id": reviewer.id,
            "decided_at": tx.now,
            "decision": decision.value,
            "reason": reason.value if reason else None,
            "comment": comment,
        },
        version=reply.version,
    )
