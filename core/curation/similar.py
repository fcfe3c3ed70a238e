"""Similar approved replies: what colleagues answered to questions that share words with this one."""

import re
from dataclasses import dataclass

from core.curation.items import Item
from core.store.database import Reader
from core.text.fingerprint import normalised

WORD = re.compile(r"\w{4,}")
WORDS_ASKED = 8


@dataclass(frozen=True)
class Similar:
    """An approved reply with its question and how many of the asked words they share."""

    question: str
    reply: str
    shared: int


def similar_replies(reader: Reader, item: Item, limit: int = 3) -> list[Similar]:
    """The approved replies whose questions or replies share most of the item's longer words."""
    words = sorted(set(WORD.findall(normalised(item.question))), key=lambda word: (-len(word), word))[
        :WORDS_ASKED
    ]
    if not words:
        return []
    hits = " + ".join("(case when i.question ilike ? or r.text ilike ? then 1 else 0 end)" for _ in words)
    patterns = [f"%{word}%" for word in words for _ in range(2)]
    rows = reader.rows(
        f"select min(question), text, max(hits) from ("
        f"select i.question, r.text, {hits} as hits from items i join replies r on r.id = i.reply_id "
        f"where i.project_id = ? and i.state = 'approved' and i.id <> ?) "
        f"where hits >= 2 group by text order by max(hits) desc, text limit ?",
        *patterns,
        item.project_id,
        item.id,
        limit,
    )
    return [Similar(*row) for row in rows]
