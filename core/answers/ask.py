"""Asking: one question to one arm, answered now."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.answers.arms import Arm
from core.curation.items import Turn
from core.providers.protocol import Candidate
from core.providers.providers import Providers

if TYPE_CHECKING:  # slow to import
    from openai.types.chat import ChatCompletionMessageParam


@dataclass(frozen=True)
class Reply:
    """What an arm said.

    Attributes:
        seconds: from the question to the whole answer, by the clock on the wall.
        input_tokens: None is unknown, or not applicable for a reply picker; so is `output_tokens`.
        matched_question: the approved question a reply picker found nearest; `similarity`: their cosine.
        candidates: the replies it considered, best first.
        kind: generated, or reply_picker for an answer that was chosen among approved replies.
        abstained: a reply picker found nothing near enough to answer from.
    """

    text: str
    seconds: float
    input_tokens: int | None
    output_tokens: int | None
    matched_question: str | None
    similarity: float | None
    candidates: tuple[Candidate, ...]
    kind: str
    abstained: bool


def ask(
    providers: Providers,
    arm: Arm,
    question: str,
    conversation: Sequence[Turn] = (),
    examples: Sequence[Turn] = (),
) -> Reply:
    """Ask an arm; `examples` are what `core.answers.examples` found for it and this question.

    Raises:
        ProviderFailed: the provider refused, or could not be asked.
    """
    service = providers.service(arm.provider)
    began = time.perf_counter()
    told = messages(arm.instructions, question, (*examples, *conversation))
    said = service.chat(arm.model, told, arm.temperature)
    seconds = time.perf_counter() - began
    return Reply(
        text=said.text,
        seconds=seconds,
        input_tokens=said.input_tokens,
        output_tokens=said.output_tokens,
        matched_question=said.matched_question,
        similarity=said.similarity,
        candidates=said.candidates,
        kind=said.kind,
        abstained=said.abstained,
    )


def messages(
    instructions: str, question: str, conversation: Sequence[Turn]
) -> list["ChatCompletionMessageParam"]:
    """The conversation as a model reads it: instructions, examples and what was said before, the question."""
    told: list[ChatCompletionMessageParam] = []
    if instructions:
        told.append({"role": "system", "content": instructions})
    for turn in conversation:
        if turn.role == "assistant":
            told.append({"role": "assistant", "content": turn.text})
        else:
            told.append({"role": "user", "content": turn.text})
    told.append({"role": "user", "content": question})
    return told
