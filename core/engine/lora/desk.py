"""The HTTP side of an answering process: one request at a time, whole or streamed."""

import asyncio
import json
import secrets
import threading
import time
from collections.abc import AsyncGenerator, Awaitable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import aclosing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from core.engine.errors import ApiError
from core.engine.lora.base import Base, files_of, fingerprint
from core.engine.lora.loading import load_model, load_tokenizer, longest_text
from core.engine.lora.shelf import AdapterShelf
from core.engine.lora.template import open_chat
from core.engine.lora.wishes import Wish, read_wish
from core.engine.lora.writing import Writer, Written, open_writer

_CLIENT_CLOSED_REQUEST = 499
_LOOK_EVERY_SECONDS = 0.5
_DONE = "data: [DONE]\n\n"
Result = TypeVar("Result")


@dataclass
class Desk:
    """Takes requests of whoever knows the key. Writing is one thread's work: requests wait for their turn."""

    writer: Writer
    key: str
    ending: bool = False
    _busy: int = 0
    _used_at: float = field(default_factory=time.monotonic)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _writing: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(1, "writing"))

    def app(self) -> Starlette:
        """The routes."""
        return Starlette(
            routes=[
                Route("/health", self.health, methods=["GET"]),
                Route("/v1/chat/completions", self.chat, methods=["POST"]),
            ]
        )

    def end_when_idle(self, seconds: float) -> bool:
        """Whether nobody has asked for so long; from then on nobody is let in."""
        with self._lock:
            self.ending = self.ending or (not self._busy and time.monotonic() - self._used_at > seconds)
            return self.ending

    async def health(self, request: Request) -> Response:
        """Whether this process goes on answering: who hears yes has its whole idle time before it."""
        if not self._is_let_in(request):
            return _refusal(_wrong_key())
        with self._lock:
            self._used_at = time.monotonic()
            return JSONResponse({"status": "ending" if self.ending else "ok"}, 503 if self.ending else 200)

    async def chat(self, request: Request) -> Response:
        """One answer."""
        if not self._is_let_in(request):
            return _refusal(_wrong_key())
        try:
            wish = read_wish(await _document(request))
            parts = self._parts(wish)
            if not wish.stream:
                return JSONResponse(await _unless_gone(request, _whole(wish, parts)))
            first = await _unless_gone(request, _first(parts))
            return StreamingResponse(_events(wish, first, parts), media_type="text/event-stream")
        except ApiError as error:
            return _refusal(error)
        except _Gone:
            return Response(status_code=_CLIENT_CLOSED_REQUEST)

    def _is_let_in(self, request: Request) -> bool:
        given = request.headers.get("authorization", "")
        return secrets.compare_digest(given.encode(), f"Bearer {self.key}".encode())

    async def _parts(self, wish: Wish) -> AsyncGenerator[str | Written, None]:
        """The pieces of the answer, then how it ended; left early, the writing is given up."""
        loop = asyncio.get_running_loop()
        waiting: asyncio.Queue[str | Written | Exception] = asyncio.Queue()
        unwanted = threading.Event()

        def hand_over(part: str | Written | Exception) -> None:
            loop.call_soon_threadsafe(waiting.put_nowait, part)

        def write() -> None:
            try:
                if not unwanted.is_set():
                    hand_over(self.writer.write(wish, hand_over, unwanted))
            except Exception as error:  # noqa: BLE001 - whatever it is, who waits must hear of it
                hand_over(error)

        self._begin()
        try:
            self._writing.submit(write)
            while True:
                part = await waiting.get()
                if isinstance(part, Exception):
                    raise _told(part)
                if part != "":
                    yield part
                if isinstance(part, Written):
                    return
        finally:
            unwanted.set()
            self._finish()

    def _begin(self) -> None:
        with self._lock:
            self._busy += 1

    def _finish(self) -> None:
        with self._lock:
            self._busy -= 1
            self._used_at = time.monotonic()


def open_desk(base: Base, models: Path, key: str) -> Desk:
    """Load a base model and be ready for questions to it and to the adapters below `models`.

    Raises:
        EngineRefused: it cannot be loaded.
    """
    files = files_of(base)
    chat = open_chat(load_tokenizer(files))
    model = load_model(base, files)
    shelf = AdapterShelf(model, fingerprint(files), models)
    return Desk(open_writer(model, chat, shelf, longest_text(files)), key)


async def _document(request: Request) -> Any:
    try:
        return await request.json()
    except ValueError as error:
        raise ApiError(400, "The request is not JSON.", code="invalid_json") from error


class _Gone(Exception):
    """The client hung up before there was an answer."""


async def _unless_gone(request: Request, work: Awaitable[Result]) -> Result:
    """The work's result.

    Raises:
        _Gone: the client hung up first; the work was given up.
    """
    task = asyncio.ensure_future(work)
    try:
        while not task.done():
            await asyncio.wait({task}, timeout=_LOOK_EVERY_SECONDS)
            if not task.done() and await request.is_disconnected():
                raise _Gone
        return task.result()
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def _first(parts: AsyncGenerator[str | Written, None]) -> str | Written:
    return await anext(parts)


async def _whole(wish: Wish, parts: AsyncGenerator[str | Written, None]) -> dict[str, Any]:
    texts: list[str] = []
    async with aclosing(parts):
        async for part in parts:
            if isinstance(part, Written):
                message = {"role": "assistant", "content": "".join(texts), "refusal": None}
                choice = {"index": 0, "message": message, "logprobs": None}
                choices = [{**choice, "finish_reason": part.finish_reason}]
                return {**_head(wish, "chat.completion"), "choices": choices, "usage": _usage(part)}
            texts.append(part)
    raise AssertionError


async def _events(
    wish: Wish, first: str | Written, rest: AsyncGenerator[str | Written, None]
) -> AsyncGenerator[str, None]:
    head = _head(wish, "chat.completion.chunk")
    yield _chunk(head, {"role": "assistant", "content": ""})
    async with aclosing(rest):
        part: str | Written = first
        while isinstance(part, str):
            yield _chunk(head, {"content": part})
            try:
                part = await anext(rest)
            except ApiError as error:
                yield _event(error.body())
                return
    yield _chunk(head, {}, part.finish_reason)
    yield (_event({**head, "choices": [], "usage": _usage(part)}) if wish.include_usage else "") + _DONE


def _head(wish: Wish, kind: str) -> dict[str, Any]:
    name = wish.adapter or "base"
    return {
        "id": f"chatcmpl-{secrets.token_hex(12)}",
        "object": kind,
        "created": int(time.time()),
        "model": name,
    }


def _chunk(head: Mapping[str, Any], delta: Mapping[str, str], finish: str | None = None) -> str:
    choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}
    return _event({**head, "choices": [choice]})


def _event(document: Mapping[str, Any]) -> str:
    return f"data: {json.dumps(document, ensure_ascii=False)}\n\n"


def _usage(written: Written) -> dict[str, int]:
    return {
        "prompt_tokens": written.prompt_tokens,
        "completion_tokens": written.completion_tokens,
        "total_tokens": written.prompt_tokens + written.completion_tokens,
    }


def _told(error: Exception) -> ApiError:
    if isinstance(error, ApiError):
        return error
    told = (str(error).strip() or type(error).__name__).splitlines()[0]
    return ApiError(500, f"The model could not answer: {told}", code="model_failed", type="server_error")


def _wrong_key() -> ApiError:
    return ApiError(401, "This process answers its own engine alone.", code="invalid_api_key")


def _refusal(error: ApiError) -> Response:
    return JSONResponse(error.body(), error.status)
