"""A client for any OpenAI-compatible chat server: bounded in time and size, and surprised by nothing."""

import asyncio
import json
import ssl
from collections.abc import AsyncGenerator, AsyncIterator, Iterator, Mapping
from contextlib import aclosing, asynccontextmanager, contextmanager
from dataclasses import dataclass
from functools import cache
from typing import Any

import httpx2

from core.engine.errors import ApiError
from core.engine.foreign.events import event_data
from core.engine.foreign.refusals import failed, quoted, refused, told_by_ours

CONNECT_SECONDS = 10.0
AFTERWORD_SECONDS = 2.0
PAUSE_SECONDS = 0.3
MOST_BYTES = 8 * 2**20
_REFUSAL_BYTES = 64 * 1024
_DONE = b"[DONE]"
_PLAIN = ("", "identity")
_BROKEN = (httpx2.NetworkError, httpx2.RemoteProtocolError)


@dataclass(frozen=True)
class ChatServer:
    """One server. `name` is what sentences call it; `base_url` ends in /v1 and comes from the engine's owner.

    One of `ours` is a process of this engine: what it refuses it refuses in the engine's own words.

    Each request has a connection of its own: some servers close theirs without a word, and what a former
    request broke should not break the next. No redirect is followed and no proxy of the environment used.
    """

    name: str
    base_url: str
    key: str | None
    timeout_seconds: float
    ours: bool = False

    async def complete(self, body: Mapping[str, Any]) -> list[dict[str, Any]]:
        """The whole answer: one document, or its chunks where the server streams though nobody asked.

        A connection that fails is tried once more.

        Raises:
            ApiError: the server refused (400, 429), failed (502), or took too long (504).
        """
        with self._failures_told():
            try:
                return await self._whole(body)
            except _BROKEN:
                await asyncio.sleep(PAUSE_SECONDS)
            return await self._whole(body)

    async def stream(self, body: Mapping[str, Any]) -> AsyncGenerator[dict[str, Any], None]:
        """The answer's chunks as they come. `timeout_seconds` is the longest silence between two of them.

        Raises:
            ApiError: the server refused (400, 429), failed (502), or took too long (504), also midway.
        """
        finished = False
        async with aclosing(self._asked(body)) as documents:
            while True:
                with self._failures_told():
                    document = await self._next(documents, finished=finished)
                if document is None:
                    return
                finished = finished or _finishes(document)
                yield document

    async def _whole(self, body: Mapping[str, Any]) -> list[dict[str, Any]]:
        async with asyncio.timeout(self.timeout_seconds), aclosing(self._asked(body)) as documents:
            return [document async for document in documents]

    async def _next(
        self, documents: AsyncGenerator[dict[str, Any], None], *, finished: bool
    ) -> dict[str, Any] | None:
        """The next document. What may still come behind the finish reason is not worth much waiting."""
        try:
            async with asyncio.timeout(AFTERWORD_SECONDS if finished else self.timeout_seconds):
                return await anext(documents, None)
        except (TimeoutError, httpx2.RequestError):
            if finished:
                return None
            raise

    async def _asked(self, body: Mapping[str, Any]) -> AsyncGenerator[dict[str, Any], None]:
        async with self._answered(body) as response:
            if response.status_code != httpx2.codes.OK:
                raise await self._refusal(response)
            if response.headers.get("content-encoding", "").strip().lower() not in _PLAIN:
                raise failed(f"{self.name} packed its answer though it was asked for it as it is.")
            if "text/event-stream" in response.headers.get("content-type", ""):
                async with aclosing(self._chunks(response)) as chunks:
                    async for chunk in chunks:
                        yield chunk
            else:
                data = b"".join([part async for part in self._bounded(response)])
                yield self._document(data)

    @asynccontextmanager
    async def _answered(self, body: Mapping[str, Any]) -> AsyncIterator[httpx2.Response]:
        headers = {"accept": "application/json, text/event-stream", "accept-encoding": "identity"}
        if self.key:
            headers["authorization"] = f"Bearer {self.key}"
        client = httpx2.AsyncClient(
            transport=httpx2.AsyncHTTPTransport(verify=_authorities(), trust_env=False, retries=1),
            timeout=httpx2.Timeout(self.timeout_seconds, connect=min(CONNECT_SECONDS, self.timeout_seconds)),
            follow_redirects=False,
            trust_env=False,
        )
        url = f"{self.base_url}/chat/completions"
        async with client, client.stream("POST", url, json=dict(body), headers=headers) as response:
            yield response

    async def _chunks(self, response: httpx2.Response) -> AsyncGenerator[dict[str, Any], None]:
        finished = False
        async with aclosing(event_data(self._bounded(response))) as events:
            async for data in events:
                if data.strip() == _DONE:
                    return
                if data.strip():
                    chunk = self._document(data)
                    finished = finished or _finishes(chunk)
                    yield chunk
        if not finished:
            raise failed(f"{self.name} broke off in the middle of its answer. Ask again.")

    async def _bounded(self, response: httpx2.Response) -> AsyncGenerator[bytes, None]:
        seen = 0
        async for part in response.aiter_raw():
            seen += len(part)
            if seen > MOST_BYTES:
                raise failed(
                    f"{self.name} sent more than {MOST_BYTES // 2**20} MiB, which is no chat answer."
                )
            yield part

    def _document(self, data: bytes) -> dict[str, Any]:
        try:
            document = json.loads(data)
        except (ValueError, RecursionError):
            document = None
        if not isinstance(document, dict):
            said = quoted(data[:_REFUSAL_BYTES], self.key) or "nothing"
            raise failed(f"{self.name} sent something else than the protocol's JSON: {said}")
        if document.get("error"):
            said = quoted(json.dumps(document).encode("utf-8"), self.key)
            raise failed(f"{self.name} met an error while it answered: {said}")
        return document

    async def _refusal(self, response: httpx2.Response) -> ApiError:
        if response.is_redirect:
            return failed(
                f"{self.name} sends on to another address, and the engine follows none. "
                "Write the final one as base_url in models.toml."
            )
        said = b""
        async for part in response.aiter_raw():
            said += part
            if len(said) > _REFUSAL_BYTES:
                break
        own = told_by_ours(response.status_code, said) if self.ours else None
        waiting = response.headers.get("retry-after")
        return own or refused(
            self.name, response.status_code, quoted(said[:_REFUSAL_BYTES], self.key), waiting
        )

    @contextmanager
    def _failures_told(self) -> Iterator[None]:
        try:
            yield
        except (httpx2.ConnectError, httpx2.ConnectTimeout) as error:
            advice = (
                "Ask again: it is started anew." if self.ours else "Is it running, and is base_url right?"
            )
            message = f"{self.name} cannot be reached. {advice}"
            raise failed(message) from error
        except (TimeoutError, httpx2.TimeoutException) as error:
            advice = "." if self.ours else ", or raise timeout_seconds in models.toml."
            message = f"{self.name} was silent for {self.timeout_seconds:g} s. Ask again later{advice}"
            raise failed(message, status=504) from error
        except httpx2.RequestError as error:
            message = f"{self.name} broke the connection off before its answer was whole. Ask again."
            raise failed(message) from error


@cache
def _authorities() -> ssl.SSLContext:
    """The certificate authorities this machine trusts; reading them takes a while."""
    return ssl.create_default_context()


def _finishes(document: Mapping[str, Any]) -> bool:
    """Whether a chunk says why its answer ends."""
    choices = document.get("choices")
    return isinstance(choices, list) and any(
        isinstance(choice, Mapping) and choice.get("finish_reason") for choice in choices
    )
