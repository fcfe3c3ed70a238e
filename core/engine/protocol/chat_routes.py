"""`/v1/chat/completions`, whole or streamed."""

import json
import re
import time
from collections.abc import Iterator
from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Depends
from fastapi.responses import JSONResponse, Response, StreamingResponse

from core.engine.engine import Engine
from core.engine.ids import new_id
from core.engine.models import Answer
from core.engine.protocol.bodies import checked, json_object
from core.engine.protocol.chat_body import ChatBody


def chat_routes(engine: Engine) -> APIRouter:
    """Ask a model."""
    router = APIRouter(prefix="/v1/chat/completions")

    @router.post("")
    def create(document: Annotated[dict[str, Any], Depends(json_object)]) -> Response:
        body = checked(ChatBody, document)
        body.must_be_supported()
        answer = engine.models.answer(body.model, body.question(), body.texts())
        ignored = body.ignored()
        headers = {"x-touchstone-ignored": ", ".join(ignored)} if ignored else {}
        if not body.stream:
            return JSONResponse(_completion(body.model, answer), headers=headers)
        chunks = _chunks(body.model, answer, include_usage=body.include_usage)
        return StreamingResponse(chunks, media_type="text/event-stream", headers=headers)

    return router


def _completion(model: str, answer: Answer) -> dict[str, Any]:
    message = {"role": "assistant", "content": answer.picked.content, "refusal": None}
    return {
        "id": new_id("chatcmpl"),
        "object": "chat.completion",
        "created": int(time.time()),
        "model": model,
        "choices": [{"index": 0, "message": message, "logprobs": None, "finish_reason": "stop"}],
        "usage": _usage(answer),
        "touchstone": _why(answer),
    }


def _chunks(model: str, answer: Answer, *, include_usage: bool) -> Iterator[str]:
    head = {
        "id": new_id("chatcmpl"),
        "object": "chat.completion.chunk",
        "created": int(time.time()),
        "model": model,
    }
    usage = {"usage": None} if include_usage else {}

    def chunk(delta: dict[str, Any], finish: str | None = None, **more: Any) -> str:
        choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}
        return _event({**head, "choices": [choice], **usage, **more})

    yield chunk({"role": "assistant", "content": "", "refusal": None})
    for words in re.findall(r"\s*\S+|\s+$", answer.picked.content):
        yield chunk({"content": words})
    yield chunk({}, "stop", touchstone=_why(answer))
    if include_usage:
        yield _event({**head, "choices": [], "usage": _usage(answer)})
    yield "data: [DONE]\n\n"


def _event(document: dict[str, Any]) -> str:
    return f"data: {json.dumps(document, ensure_ascii=False, allow_nan=False)}\n\n"


def _usage(answer: Answer) -> dict[str, int]:
    return {
        "prompt_tokens": answer.prompt_tokens,
        "completion_tokens": answer.completion_tokens,
        "total_tokens": answer.prompt_tokens + answer.completion_tokens,
    }


def _why(answer: Answer) -> dict[str, Any]:
    """The documented extra field: how the reply was picked."""
    picked = answer.picked
    return {
        "kind": "reply_picker",
        "matched_question": picked.matched_question,
        "similarity": picked.similarity,
        "candidates": [asdict(candidate) for candidate in picked.candidates],
        "abstained": picked.abstained,
    }
