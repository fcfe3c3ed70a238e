"""Chat templates: which tokens a conversation becomes, and which of them are the assistant's own words."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import takewhile
from typing import Any

from jinja2 import TemplateError
from trl.chat_template_utils import (
    get_training_chat_template,
    has_generation_markers,
    is_chat_template_stop_token_trained,
)

PLAIN = (
    "{% for message in messages %}"
    "{% if message['role'] == 'assistant' %}Assistant:\n"
    "{% generation %}{{ message['content'] + eos_token }}{% endgeneration %}\n\n"
    "{% elif message['role'] == 'user' %}User:\n{{ message['content'] }}\n\n"
    "{% else %}{{ message['content'] }}\n\n{% endif %}"
    "{% endfor %}"
    "{% if add_generation_prompt %}Assistant:\n{% endif %}"
)
"""For a model that brings no template of its own, as bare base models do."""

Turn = dict[str, str]


class Unfit(Exception):
    """A conversation that the template does not take; the message is the template's reason."""


@dataclass(frozen=True)
class Marked:
    """A conversation's tokens, and for each assistant message which of them are its words."""

    ids: list[int]
    spans: list[range]


@dataclass(frozen=True)
class Chat:
    """A tokenizer with its chat template.

    `marking` is a template that says which words are the assistant's, None where none is known. `notice` is
    what the person should hear about the template; empty when there is nothing to say.
    """

    tokenizer: Any
    marking: str | None
    notice: str

    def prompt(self, turns: Sequence[Turn]) -> list[int]:
        """The tokens before the assistant's next words. Control signs in the messages stay plain text.

        Raises:
            Unfit: the template does not take these messages.
        """
        return self._encoded(turns, add_generation_prompt=True, sanitize_control_tokens=True)

    def continuation(self, turns: Sequence[Turn]) -> tuple[list[int], int]:
        """All tokens of a conversation that ends with the assistant, and where its last words begin.

        Raises:
            Unfit: the template does not take these messages, or writes them in another order.
        """
        before = self._encoded(turns[:-1], add_generation_prompt=True)
        ids = self._encoded(turns)
        same = (one == other for one, other in zip(before, ids, strict=False))
        start = sum(1 for _ in takewhile(bool, same))
        if start == 0 or start == len(ids):
            raise Unfit("a reply does not follow on the conversation before it")
        return ids, start

    def marked(self, turns: Sequence[Turn]) -> Marked:
        """All tokens, and the assistant's by message, as the marking template says.

        Raises:
            Unfit: the template does not take these messages.
        """
        encoded = self._applied(turns, chat_template=self.marking, return_assistant_tokens_mask=True)
        return Marked(list(encoded["input_ids"]), list(_runs(encoded["assistant_masks"])))

    def control_sign(self, texts: Iterable[str]) -> str | None:
        """A control sign of this model that stands in one of the texts."""
        signs = [sign for sign in self.tokenizer.all_special_tokens if sign.strip()]
        return next((sign for text in texts for sign in signs if sign in text), None)

    def stops(self, reply: Sequence[int]) -> bool:
        """Whether a reply's tokens hold a control sign, which the model will learn to stop by."""
        return not set(self.tokenizer.all_special_ids).isdisjoint(reply)

    def _encoded(self, turns: Sequence[Turn], **options: Any) -> list[int]:
        return list(self._applied(turns, **options)["input_ids"])

    def _applied(self, turns: Sequence[Turn], **options: Any) -> Any:
        try:
            return self.tokenizer.apply_chat_template(
                list(turns), return_dict=True, enable_thinking=False, **options
            )
        except (TemplateError, TypeError, ValueError, KeyError) as error:
            raise Unfit(str(error) or type(error).__name__) from error


def open_chat(tokenizer: Any) -> Chat:
    """A tokenizer ready for conversations; one without a chat template is given the plain one."""
    notice = ""
    if not tokenizer.chat_template:
        tokenizer.chat_template = PLAIN
        notice = (
            "The base model has no chat template of its own. A plain one (User:, Assistant:) is used in "
            "training and in answering."
        )
    marking = _marking(tokenizer)
    if marking is None:
        notice = (
            "The chat template does not mark the assistant's words ({% generation %}), and no version of it "
            "that does is known. So each reply is learned alone, as a continuation of what came before it."
        )
    return Chat(tokenizer, marking, notice)


def _marking(tokenizer: Any) -> str | None:
    """The template itself where it marks, else TRL's version of it; it must also teach the model to stop."""
    own = tokenizer.chat_template
    if isinstance(own, dict):
        own = own.get("default")
    try:
        marks = isinstance(own, str) and has_generation_markers(own)
        found = own if marks else get_training_chat_template(tokenizer)
    except (ValueError, TypeError, KeyError, TemplateError):
        return None
    return found if found and is_chat_template_stop_token_trained(tokenizer, found) else None


def _runs(mask: Sequence[int]) -> Iterable[range]:
    """The places where a mask is 1, run by run."""
    start = None
    for place, bit in enumerate([*mask, 0]):
        if bit and start is None:
            start = place
        elif not bit and start is not None:
            yield range(start, place)
            start = None
