"""Lessons: conversations as tokens, of which only the assistant's weighted words are to be learned."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from core.engine.errors import JobFailed
from core.engine.lora.taught import OfExample, Taught, gathered
from core.engine.lora.template import Chat, Turn, Unfit
from core.formats.conversation import Example, Message
from core.formats.training_file import ParsedExample

UNLEARNED = -100
"""The label of a token that is read but not learned."""


@dataclass(frozen=True)
class Lesson:
    """One sequence; a label is the token itself or `UNLEARNED`."""

    ids: list[int]
    labels: list[int]

    @property
    def tokens(self) -> int:
        """How many tokens are read for it."""
        return len(self.ids)

    @property
    def width(self) -> int:
        """How many tokens of it are in memory together."""
        return len(self.ids)


def lessons_of(chat: Chat, examples: Sequence[ParsedExample], most_tokens: int, param: str) -> Taught[Lesson]:
    """What conversations teach; `param` says which file they are from.

    Raises:
        JobFailed: a conversation cannot be written with this model's template, or nothing is left to learn.
    """
    return gathered((_of_example(chat, one, most_tokens, param) for one in examples), most_tokens, param)


def turns_of(messages: Iterable[Message]) -> list[Turn]:
    """Messages as chat templates take them; `developer` is OpenAI's later word for `system`."""
    return [
        {"role": "system" if said.role == "developer" else said.role, "content": said.content}
        for said in messages
    ]


def must_be_plain(chat: Chat, line: int, texts: Iterable[str], param: str) -> None:
    """Refuse a text that would speak to the model in its own control signs.

    Raises:
        JobFailed: one does.
    """
    sign = chat.control_sign(texts)
    if sign is not None:
        message = f"Line {line}: a message contains {sign}, a control sign of this model. Write it otherwise."
        raise JobFailed(f"invalid_{param}", message, param)


def not_taken(line: int, unfit: Unfit, param: str) -> JobFailed:
    """The failure for a conversation that the chat template refuses."""
    message = f"Line {line}: the model's chat template does not take this conversation: {unfit}."
    return JobFailed(f"invalid_{param}", message, param)


def _of_example(chat: Chat, parsed: ParsedExample, most_tokens: int, param: str) -> OfExample[Lesson]:
    must_be_plain(chat, parsed.line, (said.content for said in parsed.example.messages), param)
    try:
        together = _together(chat, parsed.example) if chat.marking else None
        whole = [together] if together else [*_one_by_one(chat, parsed.example)]
    except Unfit as unfit:
        raise not_taken(parsed.line, unfit, param) from unfit
    kept = [short for lesson in whole if (short := _shortened(lesson, most_tokens)) is not None]
    return OfExample(kept, cut=any(lesson.tokens > most_tokens for lesson in whole))


def _together(chat: Chat, example: Example) -> Lesson | None:
    """The whole conversation as one lesson; None where the marks do not fit its messages one to one."""
    marked = chat.marked(turns_of(example.messages))
    replies = [said for said in example.messages if said.role == "assistant"]
    if len(marked.spans) != len(replies):
        return None
    weighted = (span for said, span in zip(replies, marked.spans, strict=True) if said.weight != 0)
    return _lesson(marked.ids, (place for span in weighted for place in span))


def _one_by_one(chat: Chat, example: Example) -> Iterator[Lesson]:
    """Each reply that carries weight as the continuation of what was said before it."""
    turns = turns_of(example.messages)
    for place, said in enumerate(example.messages):
        was_asked = any(turn["role"] == "user" for turn in turns[:place])
        if said.role == "assistant" and said.weight != 0 and was_asked:
            ids, start = chat.continuation(turns[: place + 1])
            whole = ids if chat.stops(ids[start:]) else [*ids, chat.tokenizer.eos_token_id]
            yield _lesson(whole, range(start, len(whole)))


def _lesson(ids: Sequence[int], learned: Iterable[int]) -> Lesson:
    places = set(learned)
    return Lesson(list(ids), [token if at in places else UNLEARNED for at, token in enumerate(ids)])


def _shortened(lesson: Lesson, most_tokens: int) -> Lesson | None:
    """Cut at the end, as OpenAI does; None where nothing is left to learn."""
    labels = lesson.labels[:most_tokens]
    if all(label == UNLEARNED for label in labels):
        return None
    return Lesson(lesson.ids[:most_tokens], labels)
