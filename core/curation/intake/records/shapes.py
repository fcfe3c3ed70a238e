"""Shapes: what the records of a file are (chat, tickets, instructions, …) and the rows each of them makes."""

from collections.abc import Iterator
from functools import partial
from itertools import islice
from typing import Any

from core.curation.intake.records.flat import flat_reading
from core.curation.intake.records.helpdesk import intercom, zendesk
from core.curation.intake.records.preferences import preferences
from core.curation.intake.records.record import Record, Records
from core.curation.intake.records.said import is_turn, said_in
from core.curation.intake.records.talk import Talk, talk_reading
from core.curation.intake.table import Reading, Tally, Turns
from core.errors import Refused

LOOKED_AT = 1_000
"""Records that are looked at to learn a file's columns; a column that begins later is counted as left out."""

SHAPED_BY = 200
"""Records that tell what the file is."""

MESSAGES = "messages"
CONVERSATIONS = (
    MESSAGES, "conversations", "conversation", "turns", "dialogue", "dialog", "chat", "transcript",
    "utterances", "original", "history",
)  # fmt: skip
"""Keys under which a conversation stands."""

BESIDE_A_CHAT = frozenset({"tools", "functions", "system", "parallel_tool_calls"})


def reading_of(records: Records, turns: Turns) -> Reading:
    """Tell how a file of records is to be read.

    Args:
        records: the file.
        turns: which turn of a conversation is to be answered.

    Raises:
        Refused: none of its records can be read.
    """
    documents = [one.document for one in islice(_sound(records), LOOKED_AT)]
    if not documents:
        raise Refused(f"{records.name} holds no record that can be read. Nothing was imported.")
    talk = _talk(documents[:SHAPED_BY])
    return flat_reading(records, documents) if talk is None else talk_reading(records, documents, talk, turns)


def _sound(records: Records) -> Iterator[Record]:
    return (one for one in records.each(Tally()) if isinstance(one, Record))


def _talk(some: list[dict[str, Any]]) -> Talk | None:
    """How most of the records are to be read as conversations; None if they are none."""
    chats = (_chat(key, some) for key in CONVERSATIONS)
    for talk in (intercom, zendesk, preferences, *chats):
        if 2 * sum(map(talk.fits, some)) >= len(some):
            return talk
    return None


def _chat(key: str, some: list[dict[str, Any]]) -> Talk:
    """Conversations that stand as a list of messages under one key."""
    return Talk(
        _called(key, some),
        key,
        partial(_holds_messages, key),
        lambda document, tally: said_in(document.get(key), key, tally),
        frozenset({key, *BESIDE_A_CHAT}),
    )


def _holds_messages(key: str, document: dict[str, Any]) -> bool:
    value = document.get(key)
    if key == MESSAGES and value is not None:
        return True
    return isinstance(value, list) and bool(value) and is_turn(value[0])


def _called(key: str, some: list[dict[str, Any]]) -> str:
    lists = (document[key] for document in some if isinstance(document.get(key), list) and document[key])
    first = next((messages[0] for messages in lists), None)
    if isinstance(first, dict) and "from" in first and "value" in first:
        return "sharegpt"
    return "openai-chat" if key == MESSAGES else "conversations"
