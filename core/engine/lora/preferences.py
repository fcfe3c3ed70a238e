"""Preferences as TRL takes them: the conversation so far, the better reply and the worse one."""

from collections.abc import Sequence
from dataclasses import dataclass

from core.engine.lora.lessons import must_be_plain, not_taken, turns_of
from core.engine.lora.taught import OfExample, Taught, gathered
from core.engine.lora.template import Chat, Turn, Unfit
from core.formats.conversation import Message
from core.formats.preference_file import ParsedPreference


@dataclass(frozen=True)
class Contrast:
    """Two answers to one conversation, in the words of chat templates, and the tokens of each with it."""

    prompt: list[Turn]
    chosen: list[Turn]
    rejected: list[Turn]
    lengths: tuple[int, int]

    @property
    def tokens(self) -> int:
        """How many tokens are read for it: the conversation is read twice."""
        return sum(self.lengths)

    @property
    def width(self) -> int:
        """How many tokens of it are in memory together: both answers, as wide as the longer one."""
        return 2 * max(self.lengths)


def contrasts_of(
    chat: Chat, preferences: Sequence[ParsedPreference], most_tokens: int, param: str
) -> Taught[Contrast]:
    """What preferences teach; `param` says which file they are from.

    Raises:
        JobFailed: a conversation cannot be written with this model's template, or nothing is left to learn.
    """
    return gathered((_of_example(chat, one, most_tokens, param) for one in preferences), most_tokens, param)


def _of_example(chat: Chat, parsed: ParsedPreference, most_tokens: int, param: str) -> OfExample[Contrast]:
    given = parsed.preference
    must_be_plain(chat, parsed.line, [said.content for said in given.messages], param)
    must_be_plain(chat, parsed.line, [given.preferred, given.other], param)
    prompt = turns_of(given.messages)
    chosen, rejected = (turns_of([Message("assistant", text)]) for text in (given.preferred, given.other))
    try:
        better, start = chat.continuation([*prompt, *chosen])
        worse, _ = chat.continuation([*prompt, *rejected])
    except Unfit as unfit:
        raise not_taken(parsed.line, unfit, param) from unfit
    lengths = (min(len(better), most_tokens), min(len(worse), most_tokens))
    contrast = Contrast(prompt, chosen, rejected, lengths)
    pieces = [contrast] if start < most_tokens else []
    return OfExample(pieces, cut=max(len(better), len(worse)) > most_tokens)
