"""`/v1/chat/completions`, whole or streamed."""

import asyncio
from collections.abc import AsyncGenerator, Coroutine
from contextlib import aclosing
from typing import Any, TypeVar

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response, StreamingResponse
from starlette.concurrency import run_in_threadpool
from starlette.types import Receive, Scope, Send

from core.engine.answering import Answering
from core.engine.engine import Engine
from core.engine.protocol.bodies import checked, json_object
from core.engine.protocol.chat_answer import events, whole
from core.engine.protocol.chat_body import ChatBody

_CLIENT_CLOSED_REQUEST = 499
Result = TypeVar("Result")


def chat_routes(engine: Engine) -> APIRouter:
    """Ask a model."""
    router = APIRouter()

    async def create(request: Request) -> Response:
        try:
            return await _respond(engine.answering, request)
        except _Gone:
            return Response(status_code=_CLIENT_CLOSED_REQUEST)

    router.add_route("/v1/chat/completions", create, methods=["POST"])
    return router


async def _respond(answering: Answering, request: Request) -> Response:
    asked = checked(ChatBody, await json_object(request)).asked()
    answer = await run_in_threadpool(answering.answer, asked)
    headers = {"x-touchstone-ignored": ", ".join(answer.ignored)} if answer.ignored else {}
    if not asked.stream:
        return JSONResponse(await _unless_gone(request, whole(asked, answer.parts)), headers=headers)
    chunks = events(asked, answer.parts)
    first = await _unless_gone(request, anext(chunks))
    return _Events(first, chunks, headers)


class _Events(StreamingResponse):
    """A stream whose source is told when nobody listens any more."""

    def __init__(self, first: str, rest: AsyncGenerator[str, None], headers: dict[str, str]) -> None:
        super().__init__(self._all(first, rest), media_type="text/event-stream", headers=headers)
        self._rest = rest

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async with aclosing(self._rest):
            await super().__call__(scope, receive, send)

    @staticmethod
    async def _all(first: str, rest: AsyncGenerator[str, None]) -> AsyncGenerator[str, None]:
        yield first
        async for event in rest:
            yield event


class _Gone(Exception):
    """The client hung up before there was an answer."""


async def _unless_gone(request: Request, work: Coroutine[Any, Any, Result]) -> Result:
    """The work's result. Where the client hangs up first the work is cancelled, and so is what it waits for.

    Raises:
        _Gone: it hung up.
    """
    working, gone = asyncio.ensure_future(work), asyncio.ensure_future(_hung_up(request))
    try:
        await asyncio.wait((working, gone), return_when=asyncio.FIRST_COMPLETED)
        if not working.done():
            raise _Gone
        return working.result()
    finally:
        working.cancel()
        gone.cancel()
        await asyncio.gather(working, gone, return_exceptions=True)


async def _hung_up(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass
