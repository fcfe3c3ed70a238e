"""Exchanges: a conversation as the question to be answered, the reply to it, and what was said before."""

from collections.abc import Iterator
from itertools import groupby
from operator import itemgetter
from typing import NamedTuple

from core.curation.intake.records.said import AGENT, CUSTOMER, Said, Unusable
from core.curation.intake.table import Aside, Tally, Turns
from core.curation.items import Turn

BREAK = "\n\n"
"""Between messages that one side sent in a row: together they are one turn."""


class Exchange(NamedTuple):
    """A turn of the customer, the agent's reply (empty: none yet), and the turns before."""

    question: str
    reply: str
    before: tuple[Turn, ...]


def exchanges(said: list[Said], which: Turns, field: str, tally: Tally) -> list[Exchange]:
    """The turns of a conversation that are to be answered; at least one.

    Last and first are the customer's last and first turn, with the reply to it. With `Turns.EVERY` each
    reply makes an exchange, with all before it as its conversation; where nobody did, the last turn waits.

    Raises:
        Unusable: the customer says nothing in it.
    """
    turns = _turns(said)
    asked = [place for place, turn in enumerate(turns) if turn.speaker == CUSTOMER]
    if not asked:
        raise Unusable(field, "No message of the customer with text stands in it.")
    if which is Turns.FIRST:
        return [_exchange(turns, asked[0], tally)]
    if which is Turns.LAST:
        return [_exchange(turns, _last(turns, asked, tally), tally)]
    answered = [place for place in asked if place + 1 < len(turns) and turns[place + 1].learned]
    if not answered:
        return [_exchange(turns, asked[-1], tally)]
    if asked[-1] == len(turns) - 1:
        tally.add(Aside.UNANSWERED)
    tally.add(Aside.UNLEARNED, len([turn for turn in turns if turn.speaker == AGENT and not turn.learned]))
    return [_exchange(turns, place, tally) for place in answered]


def _turns(said: list[Said]) -> list[Said]:
    """Messages of the same side in a row as one; of replies some of which are to be learned, only those."""
    return list(_joined(said)) if any(map(_same_side, said, said[1:])) else said


def _same_side(one: Said, other: Said) -> bool:
    return one.speaker == other.speaker


def _joined(said: list[Said]) -> Iterator[Said]:
    for speaker, group in groupby(said, key=itemgetter(0)):
        messages = list(group)
        kept = [one for one in messages if one.learned] or messages
        yield Said(speaker, BREAK.join(one.text.strip() for one in kept), kept[0].learned)


def _last(turns: list[Said], asked: list[int], tally: Tally) -> int:
    """The customer's last turn; before a reply that is not to be learned, the last one with one that is."""
    last = asked[-1]
    if last + 1 == len(turns) or turns[last + 1].learned:
        return last
    learned = [place for place in asked if place + 1 < len(turns) and turns[place + 1].learned]
    if not learned:
        return last
    tally.add(Aside.UNLEARNED)
    return learned[-1]


def _exchange(turns: list[Said], place: int, tally: Tally) -> Exchange:
    after = turns[place + 1] if place + 1 < len(turns) else None
    if after is not None and not after.learned:
        tally.add(Aside.UNLEARNED)
        after = None
    before = tuple(Turn(turn.speaker, turn.text) for turn in turns[:place])
    return Exchange(turns[place].text, after.text if after else "", before)
