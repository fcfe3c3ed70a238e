"""Foreign models at work: the question goes to their server, and its answer comes back as parts."""

import json
import os
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any

from core.engine.answering import Asked, Closing, Message, Parts
from core.engine.errors import ApiError, not_found
from core.engine.foreign.client import ChatServer
from core.engine.foreign.reading import Reading
from core.engine.records import ModelRecord
from core.engine.registry import ForeignModel, Registry

PASSED_ON = frozenset(
    {
        "frequency_penalty",
        "logit_bias",
        "max_completion_tokens",
        "max_tokens",
        "min_p",
        "presence_penalty",
        "reasoning_effort",
        "repetition_penalty",
        "response_format",
        "seed",
        "stop",
        "temperature",
        "top_k",
        "top_p",
    }
)
"""Parameters that mean the same on most servers; one that does not know them may refuse or not care."""


@dataclass(frozen=True)
class ForeignRuntime:
    """The servers that models.toml names."""

    registry: Registry
    understands: frozenset[str] = PASSED_ON
    nature: str = "the engine passes on one answer in text, from whatever server runs the model"

    def answer(self, record: ModelRecord, asked: Asked) -> Parts:
        """Send the question on.

        Raises:
            ApiError: the model has just been taken off the list, or its key is not to be found.
        """
        model = self.registry.listing.foreign.get(record.id)
        if model is None:
            raise not_found("model", record.id, "model")
        name = f"The server of {model.id} ({model.host})"
        server = ChatServer(name, model.base_url, _key(model), model.timeout_seconds)
        return relayed(
            server, request_body(model.model, asked, PASSED_ON), {"kind": "foreign", "server": model.host}
        )


def request_body(model: str, asked: Asked, understood: frozenset[str]) -> dict[str, Any]:
    """The request in the words that most servers know.

    That is plain texts, `system` for what OpenAI calls `developer`, and `max_tokens` for
    `max_completion_tokens`: Ollama and llama-cpp-python take the new name and write without end.

    Raises:
        ApiError: a parameter holds a number that no server could read.
    """
    passed = {name: asked.parameters[name] for name in sorted(asked.parameters.keys() & understood)}
    for name, value in passed.items():
        _must_be_finite(name, value)
    longest = passed.pop("max_completion_tokens", passed.get("max_tokens"))
    body = {
        "model": model,
        "messages": [{"role": _role(message), "content": message.text} for message in asked.messages],
        "stream": asked.stream,
        **passed,
        **({"max_tokens": longest} if longest is not None else {}),
    }
    return body | ({"stream_options": {"include_usage": True}} if asked.include_usage else {})


def _must_be_finite(name: str, value: Any) -> None:
    try:
        json.dumps(value, allow_nan=False)
    except ValueError:
        message = f"{name} holds a number that is too large."
        raise ApiError(400, message, code="invalid_value", param=name) from None


def _role(message: Message) -> str:
    return "system" if message.role == "developer" else message.role


async def relayed(
    server: ChatServer, body: Mapping[str, Any], touchstone: Mapping[str, Any]
) -> AsyncGenerator[str | Closing, None]:
    """The server's answer as parts. Of a foreign one is added what it calls its model."""
    reading = Reading(server.name)
    async with aclosing(_documents(server, body)) as documents:
        async for document in documents:
            text = reading.text_of(document)
            if text:
                yield text
    rest = reading.rest()
    if rest:
        yield rest
    named = {} if server.ours else {"model": reading.model or body["model"]}
    yield Closing(reading.finish_reason, reading.usage, {**touchstone, **named})


async def _documents(server: ChatServer, body: Mapping[str, Any]) -> AsyncGenerator[dict[str, Any], None]:
    if not body["stream"]:
        for document in await server.complete(body):
            yield document
        return
    async with aclosing(server.stream(body)) as documents:
        async for document in documents:
            yield document


def _key(model: ForeignModel) -> str | None:
    if model.key_variable is None:
        return None
    key = os.environ.get(model.key_variable, "").strip()
    if not key or not key.isascii() or not key.isprintable():
        message = (
            f"The key of {model.id} is missing: set {model.key_variable}, the environment variable that "
            "models.toml names, where the engine is started."
        )
        raise ApiError(503, message, code="model_unavailable", type="server_error")
    return key
