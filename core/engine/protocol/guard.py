"""The door: no request under a foreign name, none without the key, none too large, not too many a minute."""

import hmac
import ipaddress
import json
import time
from dataclasses import dataclass, field

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from core.engine.errors import ApiError
from core.engine.files import MAX_FILE_BYTES
from core.engine.ids import new_id
from core.engine.limits import Limits
from core.engine.protocol.rate import Rate

MAX_BODY_BYTES = 8 * 1024 * 1024
REQUEST_ID = "touchstone.request_id"
_FORM_BYTES = 64 * 1024
_OPEN = frozenset({"/", "/health"})
_STRANGERS_PER_MINUTE = 600


@dataclass
class Clock:
    """When the engine was last used, in seconds of the monotonic clock, and by how many at this moment."""

    last_used: float = field(default_factory=time.monotonic)
    busy: int = 0

    def idle_seconds(self) -> float:
        """How long nobody has used the engine; 0 while somebody does."""
        return 0.0 if self.busy else time.monotonic() - self.last_used


class Guard:
    """Stands before every route. `/health` and the status page alone need no key, and are not a use."""

    def __init__(self, app: ASGIApp, key: str, clock: Clock, limits: Limits) -> None:
        self._app = app
        self._key = key.encode("utf-8")
        self._clock = clock
        self._hosts = limits.hosts | {"localhost"}
        self._rate = Rate(limits.requests_per_minute)
        self._strangers = Rate(_STRANGERS_PER_MINUTE)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        scope[REQUEST_ID] = new_id("req", "_")
        named = _naming(send, scope[REQUEST_ID])
        try:
            most = self._most_bytes(scope)
        except ApiError as refused:
            await _refuse(named, refused)
            return
        if scope["path"] in _OPEN:
            await self._app(scope, receive, named)
            return
        self._clock.busy += 1
        try:
            await self._app(scope, _counted(receive, most), named)
        finally:
            self._clock.busy -= 1
            self._clock.last_used = time.monotonic()

    def _most_bytes(self, scope: Scope) -> int:
        """How large this request may be.

        Raises:
            ApiError: it is not let in.
        """
        path = scope["path"]
        headers = {name.lower(): value for name, value in scope["headers"]}
        self._must_be_called_by_its_name(headers.get(b"host", b""))
        if path == "/":
            _must_wait_no_longer(self._strangers)
        if path not in _OPEN:
            self._must_have_the_key(headers.get(b"authorization", b""))
        most = MAX_FILE_BYTES + _FORM_BYTES if path == "/v1/files" else MAX_BODY_BYTES
        _must_fit(headers.get(b"content-length", b"0"), most)
        return most

    def _must_be_called_by_its_name(self, header: bytes) -> None:
        """A page of the web can make its own name lead to this machine; the browser still sends that name.

        An address of numbers is nobody's name.
        """
        host = _without_port(header.decode("latin-1").lower())
        if host not in self._hosts and not _is_address(host):
            message = (
                "This engine does not go by that host name. Call it as 127.0.0.1 or localhost, "
                "or start it with --allow-host NAME."
            )
            raise ApiError(403, message, code="host_not_allowed")

    def _must_have_the_key(self, header: bytes) -> None:
        scheme, _, given = header.partition(b" ")
        if scheme.lower() == b"bearer" and hmac.compare_digest(given.strip(), self._key):
            _must_wait_no_longer(self._rate)
            return
        _must_wait_no_longer(self._strangers)
        message = "The key is missing or wrong. Send it as: Authorization: Bearer KEY."
        raise ApiError(401, message, code="invalid_api_key", headers={"www-authenticate": "Bearer"})


def _without_port(host: str) -> str:
    name, colon, port = host.rpartition(":")
    return name.strip("[]") if colon and port.isdigit() else host.strip("[]")


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _must_wait_no_longer(rate: Rate) -> None:
    seconds = rate.seconds_to_wait()
    if seconds:
        message = f"More than {rate.per_minute:,} requests a minute. Try again in {seconds} s."
        headers = {"retry-after": str(seconds)}
        raise ApiError(429, message, code="rate_limit_exceeded", type="requests", headers=headers)


def _must_fit(length: bytes, most: int) -> None:
    if not length.isdigit():
        raise ApiError(400, "The header Content-Length is not a number.", code="invalid_header")
    if int(length) > most:
        raise _too_large(most)


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


def _naming(send: Send, request_id: str) -> Send:
    """Every response carries the id by which the log speaks of its request."""

    async def send_named(message: Message) -> None:
        if message["type"] == "http.response.start":
            header = (b"x-request-id", request_id.encode("ascii"))
            message = {**message, "headers": [*message.get("headers", ()), header]}
        await send(message)

    return send_named


async def _refuse(send: Send, error: ApiError) -> None:
    body = json.dumps(error.body()).encode("utf-8")
    headers = {"content-type": "application/json", "content-length": str(len(body)), **error.headers}
    encoded = [(name.encode("ascii"), value.encode("ascii")) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": error.status, "headers": encoded})
    await send({"type": "http.response.body", "body": body})
