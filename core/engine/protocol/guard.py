"""The door: no request without the key, none too large, and a clock of when the engine was last used."""

import hmac
import json
import time
from dataclasses import dataclass, field

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from core.engine.errors import ApiError
from core.engine.files import MAX_FILE_BYTES

MAX_BODY_BYTES = 8 * 1024 * 1024
_FORM_BYTES = 64 * 1024


@dataclass
class Clock:
    """When the engine was last used, in seconds of the monotonic clock, and by how many at this moment."""

    last_used: float = field(default_factory=time.monotonic)
    busy: int = 0

    def idle_seconds(self) -> float:
        """How long nobody has used the engine; 0 while somebody does."""
        return 0.0 if self.busy else time.monotonic() - self.last_used


@dataclass(frozen=True)
class Guard:
    """Stands before every route; `/health` alone is open."""

    app: ASGIApp
    key: str
    clock: Clock

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] == "/health":
            await self.app(scope, receive, send)
            return
        headers = {name.lower(): value for name, value in scope["headers"]}
        if not self._has_key(headers.get(b"authorization", b"")):
            message = "The key is missing or wrong. Send it as: Authorization: Bearer KEY."
            await _refuse(send, ApiError(401, message, code="invalid_api_key"))
            return
        most = MAX_FILE_BYTES + _FORM_BYTES if scope["path"].startswith("/v1/files") else MAX_BODY_BYTES
        length = headers.get(b"content-length", b"0")
        if not length.isdigit() or int(length) > most:
            await _refuse(send, _too_large(most))
            return
        self.clock.busy += 1
        try:
            await self.app(scope, _counted(receive, most), send)
        finally:
            self.clock.busy -= 1
            self.clock.last_used = time.monotonic()

    def _has_key(self, header: bytes) -> bool:
        scheme, _, given = header.partition(b" ")
        return scheme.lower() == b"bearer" and hmac.compare_digest(given.strip(), self.key.encode("utf-8"))


def _counted(receive: Receive, most: int) -> Receive:
    """For bodies that do not say how long they are."""
    seen = 0

    async def receive_counted() -> Message:
        nonlocal seen
        message = await receive()
        seen += len(message.get("body", b""))
        if seen > most:
            raise _too_large(most)
        return message

    return receive_counted


def _too_large(most: int) -> ApiError:
    return ApiError(413, f"The request is larger than {most // 2**20} MiB.", code="request_too_large")


async def _refuse(send: Send, error: ApiError) -> None:
    body = json.dumps(error.body()).encode("utf-8")
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode("ascii"))]
    await send({"type": "http.response.start", "status": error.status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
