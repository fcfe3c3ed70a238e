"""Nearby: the approved replies to nearly the same question as an item's, looked up when it is opened."""

from core.curation.checks.acceptance import accepted_of
from core.curation.contradictions.judging import judge, pair_key
from core.curation.contradictions.sides import Pair, Side, asked_in
from core.curation.items import APPROVED, Item, State, turns_of
from core.curation.projects import Project
from core.store.database import Reader, Row
from core.store.store import Store
from core.text.near_identical import asked, how_near
from core.text.words import tells, words

MOST_LOOKED_AT = 60
MOST_WORDS = 5
FEWEST_LETTERS = 4
LENGTHS = (0.5, 2.0)
"""How much shorter or longer, in characters, a question is that is looked at."""

Near = tuple[tuple[Side, float], ...]
"""Approved items that ask nearly the same as another one, and how alike they are, the most alike first."""

SIDES = (
    "select i.id, i.reply_id, i.question, i.conversation, r.text, i.state, a.name "
    "from items i join replies r on r.id = i.reply_id join people a on a.id = r.author_id"
)


def near_sides(store: Store, item: Item) -> Near:
    """The approved items that ask nearly the same as this one, the most alike first."""
    return store.recall((*APPROVED, "people"), ("near sides", item.id), lambda: _near_sides(store, item))


def pairs_of(
    store: Store, project: Project, item: Item, reply: str, near: Near | None = None
) -> tuple[Pair, ...]:
    """What approved replies to nearly the same question say, against this reply; accepted pairs left out.

    The gravest come first; other items with the very same reply are no pair. `near` are those replies, where
    they were looked up before.
    """
    here = Side(item.id, item.reply_id or 0, item.question, item.conversation, reply, item.state, "")
    accepted = {one.key for one in accepted_of(store, item.id)}
    found = [
        Pair(here, side, alike, judge(project, reply, side.reply), key_of(here, side))
        for side, alike in (near_sides(store, item) if near is None else near)
    ]
    left = [pair for pair in found if pair.judged.weight and pair.key not in accepted]
    distinct = {pair.other.reply: pair for pair in reversed(left)}
    return tuple(sorted(distinct.values(), key=lambda pair: -pair.judged.weight))


def key_of(one: Side, other: Side) -> str:
    """What the pair is known by once accepted."""
    return pair_key((one.asked, one.reply), (other.asked, other.reply))


def side_of(row: Row) -> Side:
    """A side from a row of SIDES."""
    item_id, reply_id, question, turns, reply, state, author = row
    return Side(item_id, reply_id, question, turns_of(turns), reply, State(state), author)


def _near_sides(reader: Reader | Store, item: Item) -> Near:
    mine = asked(asked_in(item.conversation, item.question))
    found = []
    for row in _candidates(reader, item):
        side = side_of(row)
        alike = how_near(mine, asked(side.asked))
        if alike is not None:
            found.append((side, alike))
    return tuple(sorted(found, key=lambda one: -one[1]))


def _candidates(reader: Reader | Store, item: Item) -> list[Row]:
    """Approved items with the same fingerprint, or about as long and with nearly all of the longest words."""
    telling = _telling(item.question)
    has = " + ".join("(i.question ilike ?)::integer" for _ in telling) or "0"
    low, high = (round(factor * len(item.question)) for factor in LENGTHS)
    return reader.rows(
        f"{SIDES} where i.project_id = ? and i.state = 'approved' and i.id <> ? and ("
        "i.fingerprint = (select fingerprint from items where id = ?) "
        f"or length(i.question) between ? and ? and {has} >= ?) order by i.id desc limit ?",
        item.project_id,
        item.id,
        item.id,
        low,
        high,
        *(f"%{word}%" for word in telling),
        max(1, len(telling) - 1),
        MOST_LOOKED_AT,
    )


def _telling(question: str) -> list[str]:
    """The longest words that tell what a question is about."""
    found = {word for word in words(question) if len(word) >= FEWEST_LETTERS and tells(word)}
    return sorted(found, key=lambda word: (-len(word), word))[:MOST_WORDS]
