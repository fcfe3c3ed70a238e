"""Which items: the one filter that the list, the count, the export and every change of many go by."""

import json
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from core.curation.items import State

DAYS = ("asked_from", "asked_to")


@dataclass(frozen=True)
class Filter:
    """What an item must have; what is empty is not asked for.

    Attributes:
        text: words that all stand in the question, or all in the reply; or a ticket; or a customer.
        states: one of these.
        topic: this topic; "" asks for none in particular.
        author_id: the person who wrote the reply at hand.
        import_id: the import it came with.
        language: this language, by the name its file gave it.
        customer: this customer.
        asked_from: asked on this day or later; `asked_to`: on this day or before, both by UTC.
        least_volume: asked at least so often.
    """

    text: str = ""
    states: tuple[State, ...] = ()
    topic: str = ""
    author_id: int | None = None
    import_id: int | None = None
    language: str = ""
    customer: str = ""
    asked_from: date | None = None
    asked_to: date | None = None
    least_volume: int | None = None

    def to_json(self) -> str:
        """The filter as the store keeps it."""
        return json.dumps(asdict(self), ensure_ascii=False, default=date.isoformat)

    @classmethod
    def from_json(cls, text: str) -> "Filter":
        """A filter as it was kept."""
        kept = json.loads(text)
        days = {name: date.fromisoformat(kept[name]) for name in DAYS if kept.get(name)}
        return cls(**{**kept, **days, "states": tuple(State(state) for state in kept["states"])})


@dataclass(frozen=True)
class Condition:
    """A filter as SQL over `items i`, with its values in order."""

    sql: str
    asked: tuple[Any, ...]


def condition(project_id: int, wanted: Filter) -> Condition:
    """The filter for one project."""
    parts = [Condition("i.project_id = ?", (project_id,))]
    if wanted.states:
        marks = ", ".join("?" for _ in wanted.states)
        parts.append(Condition(f"i.state in ({marks})", tuple(state.value for state in wanted.states)))
    if wanted.topic:
        parts.append(Condition("i.topic = ?", (wanted.topic,)))
    if wanted.import_id is not None:
        parts.append(Condition("i.import_id = ?", (wanted.import_id,)))
    if wanted.author_id is not None:
        written = "i.reply_id in (select id from replies where author_id = ?)"
        parts.append(Condition(written, (wanted.author_id,)))
    parts += [Condition(sql, (value,)) for sql, value in _known_of(wanted) if value]
    if words := tuple(wanted.text.lower().split()):
        parts.append(_containing(words, wanted.text.strip()))
    asked = tuple(value for part in parts for value in part.asked)
    return Condition(" and ".join(part.sql for part in parts), asked)


def _known_of(wanted: Filter) -> tuple[tuple[str, object], ...]:
    """What is asked of the ticket's own facts."""
    return (
        ("i.language = ?", wanted.language),
        ("i.customer = ?", wanted.customer.strip()),
        ("i.asked_at >= ?", wanted.asked_from and datetime.combine(wanted.asked_from, time(), UTC)),
        (
            "i.asked_at < ?",
            wanted.asked_to and datetime.combine(wanted.asked_to + timedelta(days=1), time(), UTC),
        ),
        ("i.volume >= ?", wanted.least_volume),
    )


def _containing(words: tuple[str, ...], whole: str) -> Condition:
    asked = " and ".join("contains(lower(i.question), ?)" for _ in words)
    replied = " and ".join("contains(lower(text), ?)" for _ in words)
    return Condition(
        f"(({asked}) or i.reply_id in (select id from replies where {replied})"
        " or i.ticket = ? or i.customer = ?)",
        (*words, *words, whole, whole),
    )
