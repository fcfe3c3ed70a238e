"""Similar approved replies: what colleagues answered to questions that share rare words with this one."""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

from core.curation.items import APPROVED, Item
from core.store.database import Reader
from core.store.store import Store
from core.text.fingerprint import normalised

WORD = re.compile(r"\w{4,}")
WORDS_ASKED = 12
LEAST = 1.1
"""Of the summed rarity, in units of a word that only one approved question has: a little over one."""


@dataclass(frozen=True)
class Similar:
    """An approved reply, the question nearest to the one at hand, and how much rarity they share (nats)."""

    question: str
    reply: str
    score: float


def similar_replies(store: Store, item: Item, limit: int = 3) -> tuple[Similar, ...]:
    """The approved replies whose questions share most with the item, each shared word counted by its rarity.

    A word's weight is its inverse document frequency among the approved questions, ln(N / n) (Sparck Jones
    1972, "A statistical interpretation of term specificity").
    """
    asked = ("similar replies", item.id, limit)
    return store.recall(APPROVED, asked, lambda: _similar(store, item, limit))


def _similar(reader: Reader, item: Item, limit: int) -> tuple[Similar, ...]:
    words = sorted(set(WORD.findall(normalised(item.question))), key=lambda word: (-len(word), word))
    total, weighted = _weights(reader, item, words[:WORDS_ASKED])
    if not weighted:
        return ()
    score = " + ".join("case when i.question ilike ? then ? else 0 end" for _ in weighted)
    values = [value for word, weight in weighted for value in (f"%{word}%", weight)]
    rows = reader.rows(
        "select arg_max(question, score), text, max(score) from ("
        f"select i.question, r.text, {score} as score from items i join replies r on r.id = i.reply_id "
        "where i.project_id = ? and i.state = 'approved' and i.id <> ?) "
        "where score >= ? group by text order by max(score) desc, text limit ?",
        *values,
        item.project_id,
        item.id,
        LEAST * math.log(total),
        limit,
    )
    return tuple(Similar(question, reply, float(found)) for question, reply, found in rows)


def _weights(reader: Reader, item: Item, words: Sequence[str]) -> tuple[int, list[tuple[str, float]]]:
    """How many approved questions there are, and the words that some of them have, with their rarity."""
    if not words:
        return 0, []
    counts = ", ".join("count(*) filter (question ilike ?)" for _ in words)
    row = reader.row(
        f"select count(*), {counts} from items where project_id = ? and state = 'approved' and id <> ?",
        *(f"%{word}%" for word in words),
        item.project_id,
        item.id,
    )
    total, *found = row or (0, *(0 for _ in words))
    return total, [
        (word, math.log(total / count)) for word, count in zip(words, found, strict=False) if count
    ]
