"""An answer in the protocol's words: one document, or server-sent events."""

import json
import time
from collections.abc import AsyncGenerator, Mapping
from typing import Any

from core.engine.answering import Asked, Closing, Parts, Usage
from core.engine.errors import ApiError
from core.engine.ids import new_id

_DONE = "data: [DONE]\n\n"


async def whole(asked: Asked, parts: Parts) -> dict[str, Any]:
    """The `chat.completion`, under the name the client asked for. Without a count there is no `usage`."""
    texts: list[str] = []
    closing = Closing("stop", None, {})
    async for part in parts:
        if isinstance(part, Closing):
            closing = part
        else:
            texts.append(part)
    message = {"role": "assistant", "content": "".join(texts), "refusal": None}
    choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": closing.finish_reason}
    return {
        **_head(asked, "chat.completion"),
        "choices": [choice],
        **({"usage": _counted(closing.usage)} if closing.usage else {}),
        "touchstone": dict(closing.touchstone),
    }


async def events(asked: Asked, parts: Parts) -> AsyncGenerator[str, None]:
    """The chunks as they come, then `[DONE]`.

    Where nobody counted, the chunk with the usage is left out. An error after the first chunk ends the
    stream as an event of its own.

    Raises:
        ApiError: there was not even a first piece.
    """
    head = _head(asked, "chat.completion.chunk")
    usage = {"usage": None} if asked.include_usage else {}

    def chunk(delta: Mapping[str, Any], finish: str | None = None, **more: Any) -> str:
        choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}
        return _event({**head, "choices": [choice], **usage, **more})

    begun = False
    try:
        async for part in parts:
            opening = "" if begun else chunk({"role": "assistant", "content": "", "refusal": None})
            begun = True
            if isinstance(part, str):
                yield opening + chunk({"content": part})
                continue
            last = opening + chunk({}, part.finish_reason, touchstone=dict(part.touchstone))
            if asked.include_usage and part.usage:
                last += _event({**head, "choices": [], "usage": _counted(part.usage)})
            yield last + _DONE
    except ApiError as error:
        if not begun:
            raise
        yield _event(error.body())


def _head(asked: Asked, kind: str) -> dict[str, Any]:
    return {"id": new_id("chatcmpl"), "object": kind, "created": int(time.time()), "model": asked.model}


def _counted(usage: Usage) -> dict[str, int]:
    return {
        "prompt_tokens": usage.prompt_tokens,
        "completion_tokens": usage.completion_tokens,
        "total_tokens": usage.prompt_tokens + usage.completion_tokens,
    }


def _event(document: Mapping[str, Any]) -> str:
    return f"data: {json.dumps(document, ensure_ascii=False, allow_nan=False)}\n\n"
