"""Sides: an item's question with its reply, as one side of a pair; and the pairs a person sees."""

from dataclasses import dataclass

from core.curation.contradictions.judging import Judged, sentence_of
from core.curation.items import State, Turn


@dataclass(frozen=True)
class Side:
    """One of two items: what was asked (all of the conversation counts), and the reply at hand."""

    item_id: int
    reply_id: int
    question: str
    conversation: tuple[Turn, ...]
    reply: str
    state: State
    author: str

    @property
    def asked(self) -> str:
        """Everything that makes the question."""
        return asked_in(self.conversation, self.question)


@dataclass(frozen=True)
class Pair:
    """Two items that ask the same, how alike their questions are (0.88 to 1), and what their replies are."""

    one: Side
    other: Side
    likeness: float
    judged: Judged
    key: str

    @property
    def sentence(self) -> str:
        """What it is, for a person."""
        return sentence_of(self.judged)


def asked_in(conversation: tuple[Turn, ...], question: str) -> str:
    """A question with what was said before it, as one text."""
    return "\n".join([*(turn.text for turn in conversation), question])
