"""Answering: whatever runs a model, its answer is pieces of text and one closing record."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from core.engine.errors import ApiError
from core.engine.models import Models
from core.engine.records import ModelRecord

_MOST_NAMED = 32


@dataclass(frozen=True)
class Message:
    """One message of a conversation; `text` is all there is to it."""

    role: str
    text: str


@dataclass(frozen=True)
class Asked:
    """A chat request. `parameters` are those given beside the messages, by their names in the protocol.

    `demands` are the parameters among them that want something else than one answer in text: a runtime that
    does not understand one must refuse, since silence would look like an answer.
    """

    model: str
    messages: tuple[Message, ...]
    parameters: Mapping[str, Any]
    demands: frozenset[str]
    stream: bool
    include_usage: bool

    def question(self) -> str:
        """The last user message.

        Raises:
            ApiError: there is none, or it has no text.
        """
        spoken = (message.text for message in reversed(self.messages) if message.role == "user")
        last = next(spoken, "")
        if not last.strip():
            message = "The messages hold no user message with text, so there is no question to answer."
            raise ApiError(400, message, code="invalid_value", param="messages")
        return last


@dataclass(frozen=True)
class Usage:
    """How many tokens went in and came out, by the model's own count."""

    prompt_tokens: int
    completion_tokens: int


@dataclass(frozen=True)
class Closing:
    """How an answer ended. `usage` is None where nobody counted, `touchstone` the documented extra field."""

    finish_reason: str
    usage: Usage | None
    touchstone: Mapping[str, Any]


Parts = AsyncIterator[str | Closing]
"""Any number of pieces, then one closing record."""


class Runtime(Protocol):
    """What runs one kind of model."""

    @property
    def understands(self) -> frozenset[str]:
        """Names of parameters that change its answer."""

    @property
    def nature(self) -> str:
        """A clause for the sentence that refuses what it cannot do."""

    def answer(self, record: ModelRecord, asked: Asked) -> Parts:
        """Answer, or begin to. May block; what it returns does not.

        Raises:
            ApiError: it cannot, now or at all.
        """


@dataclass(frozen=True)
class Answer:
    """An answer on its way, and the parameters that were given and change nothing."""

    parts: Parts
    ignored: tuple[str, ...]


@dataclass(frozen=True)
class Answering:
    """Every model's runtime, by the model's kind."""

    models: Models
    runtimes: Mapping[str, Runtime]

    def answer(self, asked: Asked) -> Answer:
        """Ask a model. May block: never call it on the event loop.

        Raises:
            ApiError: there is no such model, or it cannot do what is asked.
        """
        record = self.models.get(asked.model)
        runtime = self.runtimes[record.kind]
        must_be_understood(asked, runtime)
        ignored = sorted(asked.parameters.keys() - runtime.understands)
        return Answer(runtime.answer(record, asked), tuple(ignored[:_MOST_NAMED]))


def must_be_understood(asked: Asked, runtime: Runtime) -> None:
    """Refuse what the runtime cannot do.

    Raises:
        ApiError: names the first such parameter.
    """
    for name in sorted(asked.demands - runtime.understands):
        message = f"{name} is not supported: {runtime.nature}."
        raise ApiError(400, message, code="unsupported_parameter", param=name)
