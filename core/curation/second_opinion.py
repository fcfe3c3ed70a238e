"""Second opinions: of a sample of decided replies another reviewer says, unknowing, how they would decide."""

from dataclasses import dataclass

from core.curation.items import Item, State, item_by_id
from core.curation.projects import Project
from core.curation.replies import Reply, reply_by_id
from core.curation.review import Reason
from core.errors import NotAllowed, Refused
from core.people.persons import Person
from core.people.roles import Action, require
from core.store.database import Reader
from core.store.store import Store

SAMPLED = 0.1
"""The share of reviewed replies that are asked about again; what came approved with a file was not."""


@dataclass(frozen=True)
class Asked:
    """A reply that was decided by somebody else; how is not told."""

    item: Item
    reply: Reply


@dataclass(frozen=True)
class Disagreement:
    """A reply on which two reviewers decided differently; `reason` is of the one who would send it back."""

    item_id: int
    question: str
    first: State
    second: State
    reason: str | None


@dataclass(frozen=True)
class Concord:
    """How often the second reviewer decided as the first did, and where not, newest first."""

    given: int
    agreed: int
    apart: tuple[Disagreement, ...]


def to_give(store: Store, project: Project, person: Person) -> Asked | None:
    """The decided reply on which this person's opinion is wanted next; never their own, nor one they decided.

    Raises:
        NotAllowed: the person does not review here.
    """
    require(store, project.id, person, Action.REVIEW)

    def ask() -> Asked | None:
        reply_id = store.value(NEXT, project.id, int(SAMPLED * MODULUS), person.id, person.id)
        reply = reply_by_id(store, reply_id) if reply_id is not None else None
        return None if reply is None else Asked(item_by_id(store, reply.item_id), reply)

    return store.recall(TABLES, ("second opinion", project.id, person.id), ask)


def give(
    store: Store, reply_id: int, decision: State, person: Person, reason: Reason | None = None, said: str = ""
) -> None:
    """Keep an opinion. It changes nothing about the reply; it is counted, and read where the two differ.

    Raises:
        NotAllowed: the person may not review here, wrote the reply, or decided on it.
        Refused: the reply is undecided, somebody gave the opinion already, or the reason is missing.
    """
    with store.transaction(person.email) as tx:
        reply = reply_by_id(tx, reply_id)
        if reply is None:
            raise Refused(f"There is no reply with the number {reply_id}.")
        item = item_by_id(tx, reply.item_id)
        require(tx, item.project_id, person, Action.REVIEW)
        if decision not in DECISIONS or (decision is State.RETURNED) != (reason is not None):
            raise Refused("Say whether you would approve it, or send it back and why. Nothing was kept.")
        first = tx.value("select reviewer_id from replies where id = ?", reply_id)
        if person.id in {first, reply.author_id}:
            raise NotAllowed(
                f"{person.name} wrote or decided on this reply; a second opinion is another's. "
                "Nothing was kept."
            )
        if first is None:
            raise Refused("This reply is undecided again, so no second opinion is wanted. Nothing was kept.")
        if tx.value("select person_id from second_opinions where reply_id = ?", reply_id) is not None:
            raise Refused("Somebody gave the second opinion on this reply meanwhile. Nothing was kept.")
        tx.insert(
            "second_opinions",
            {
                "reply_id": reply_id,
                "project_id": item.project_id,
                "item_id": item.id,
                "person_id": person.id,
                "decision": decision.value,
                "reason": reason.value if reason else None,
                "comment": said.strip() or None,
                "given_at": tx.now,
            },
        )


def concord(reader: Reader, project_id: int, shown: int = 20) -> Concord:
    """How far first and second opinions agree."""
    given, agreed = reader.row(COUNTS, project_id) or (0, 0)
    apart = tuple(
        Disagreement(item_id, question, State(first), State(second), reason)
        for item_id, question, first, second, reason in reader.rows(APART, project_id, shown)
    )
    return Concord(given, agreed, apart)


DECISIONS = frozenset({State.APPROVED, State.RETURNED})
TABLES = ("replies", "items", "second_opinions")
MODULUS = 2**32
NEXT = (
    "select r.id from replies r join items i on i.id = r.item_id "
    "where i.project_id = ? and r.decision is not null and r.origin <> 'imported' "
    "and (r.id * 2654435761) % 4294967296 < ? and r.author_id <> ? and r.reviewer_id <> ? "
    "and r.id not in (select reply_id from second_opinions) order by r.decided_at, r.id limit 1"
)
"""The sample is by multiplicative hashing (Knuth, The Art of Computer Programming 3, 6.4): a fixed share."""
BOTH = (
    "from second_opinions s join replies r on r.id = s.reply_id "
    "where s.project_id = ? and r.decision is not null"
)
COUNTS = f"select count(*), count(*) filter (s.decision = r.decision) {BOTH}"
APART = (
    "select i.id, i.question, r.decision, s.decision, coalesce(s.reason, r.reason) "
    "from second_opinions s join replies r on r.id = s.reply_id join items i on i.id = r.item_id "
    "where s.project_id = ? and r.decision is not null and s.decision <> r.decision "
    "order by s.given_at desc limit ?"
)
