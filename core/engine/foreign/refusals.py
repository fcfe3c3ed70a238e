"""What another server said when it would not or could not, as a plain sentence for who asked."""

import json
import re
from collections.abc import Mapping
from typing import Any

from core.engine.errors import ApiError

LONGEST_QUOTE = 300
_TRACE = "Traceback (most recent call last)"
_MARKUP = re.compile(r"\s*<(!doctype|html|head|body|\?xml)", re.IGNORECASE)
_ABOUT_THE_REQUEST = frozenset({400, 413, 422})
_ADVICE = {
    401: "The key it wants is named by key_variable in models.toml",
    403: "The key it wants is named by key_variable in models.toml",
    404: "Look at base_url and model in models.toml",
    405: "Look at base_url in models.toml",
    408: "Ask again later",
    503: "Ask again later",
}


def refused(server: str, status: int, said: str, retry_after: str | None = None) -> ApiError:
    """The error for a status that is no answer. What the request is to blame for stays a 400, haste a 429.

    Every other one is a 502: the engine did its part, the server behind it did not.
    """
    quote = f": {said}" if said else ""
    if status in _ABOUT_THE_REQUEST:
        message = f"{server} would not take this request (status {status}){quote}"
        return ApiError(400, _sentence(message), code="refused_by_server")
    if status == 429:  # noqa: PLR2004 - the protocol's own number for too many requests
        message = f"{server} is asked too often at the moment (status 429){quote}"
        waiting = {"retry-after": retry_after} if retry_after and retry_after.isdigit() else {}
        return ApiError(429, _sentence(message), code="rate_limit_exceeded", type="requests", headers=waiting)
    advice = _ADVICE.get(status, "Its own log may say more")
    return failed(f"{_sentence(f'{server} answered with status {status}{quote}')} {advice}.")


def failed(message: str, status: int = 502) -> ApiError:
    """A server that is not there, breaks off, or answers something else than the protocol."""
    code = "server_timeout" if status == 504 else "server_failed"  # noqa: PLR2004 - Gateway Timeout
    return ApiError(status, message, code=code, type="server_error")


def told_by_ours(status: int, body: bytes) -> ApiError | None:
    """The error that a process of this engine tells; None where it came to no such thing."""
    try:
        error = json.loads(body)["error"]
        return ApiError(status, str(error["message"]), error["code"], error["param"], str(error["type"]))
    except (ValueError, KeyError, TypeError, RecursionError):
        return None


def quoted(body: bytes, key: str | None) -> str:
    """What a refusal says, on one line, clipped; nothing of a web page, a stack trace or the key."""
    text = body.decode("utf-8", "replace")
    try:
        text = _message(json.loads(text)) or text
    except (ValueError, RecursionError):
        if _MARKUP.match(text):
            return "a web page; base_url may lead to another program"
    if _TRACE in text:
        return ""
    if key:
        text = text.replace(key, "[key]")
    plain = " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())
    return plain if len(plain) <= LONGEST_QUOTE else f"{plain[:LONGEST_QUOTE].rstrip()}…"


def _message(document: Any) -> str | None:
    """In the shapes seen: `error: {message}`, `error: "…"`, `detail: "…"`, `detail: [{msg}]`, `message`."""
    if isinstance(document, list) and document:
        return _message(document[0])
    if isinstance(document, str):
        return document
    if not isinstance(document, Mapping):
        return None
    found = (_message(document[name]) for name in ("error", "message", "detail", "msg") if name in document)
    return next((text for text in found if text), None)


def _sentence(text: str) -> str:
    return text if text.endswith((".", "!", "?", "…")) else f"{text}."
