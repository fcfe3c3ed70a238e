"""A chat server on a real socket that answers as a test tells it to, and remembers what it was asked."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

SAID = "Please leave pork at home."
USAGE = {"prompt_tokens": 7, "completion_tokens": 5, "total_tokens": 12}


class Talk(BaseHTTPRequestHandler):
    """One request, and the wire to answer it on."""

    server: "_Http"

    def handle_one_request(self) -> None:
        """Whatever the method: the test says what comes of it."""
        self.raw_requestline = self.rfile.readline(65537)
        self.close_connection = True
        if not self.parse_request():
            return
        length = int(self.headers.get("content-length", "0"))
        body = json.loads(self.rfile.read(length) or b"null")
        fake = self.server.fake
        fake.seen.append(Seen(self.path, dict(self.headers.items()), body))
        reply = fake.replies[min(len(fake.seen), len(fake.replies)) - 1]
        with suppress(BrokenPipeError, ConnectionResetError):
            reply(self)

    def log_request(self, code: object = "-", size: object = "-") -> None:
        """Say nothing."""

    def begin(self, status: int, **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("connection", "close")
        self.end_headers()

    def write(self, data: bytes) -> None:
        self.wfile.write(data)
        self.wfile.flush()


Reply = Callable[[Talk], None]


@dataclass(frozen=True)
class Seen:
    """A request as it arrived."""

    path: str
    headers: dict[str, str]
    body: Any

    def header(self, wanted: str) -> str | None:
        return next((value for name, value in self.headers.items() if name.lower() == wanted), None)


@dataclass
class FakeServer:
    """Each request takes the next reply; the last one is given again and again."""

    replies: list[Reply]
    seen: list[Seen] = field(default_factory=list)
    port: int = 0

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self.port}/v1"


class _Http(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128
    fake: FakeServer

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that goes away is part of the test."""


@contextmanager
def listening(*replies: Reply) -> Iterator[FakeServer]:
    """The server, for as long as the block lasts."""
    with _Http(("127.0.0.1", 0), Talk) as http:
        fake = http.fake = FakeServer(list(replies), port=http.server_address[1])
        thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            yield fake
        finally:
            http.shutdown()
            thread.join()


def answers(status: int, body: bytes | str, kind: str = "application/json", **headers: str) -> Reply:
    """A whole response."""
    data = body.encode("utf-8") if isinstance(body, str) else body

    def reply(talk: Talk) -> None:
        talk.begin(status, content_type=kind, content_length=str(len(data)), **headers)
        talk.write(data)

    return reply


def completes(content: Any = SAID, **more: Any) -> Reply:
    """The least of a chat completion: no id, no logprobs, no refusal, no usage unless it is given."""
    choice = {"index": 0, "message": {"role": "assistant", "content": content}, "finish_reason": "stop"}
    return answers(200, json.dumps({"object": "chat.completion", "choices": [choice], **more}))


def streams(*pieces: bytes, then: Callable[[Talk], None] | None = None) -> Reply:
    """An event stream in exactly these pieces of bytes, ended by closing the connection."""

    def reply(talk: Talk) -> None:
        talk.begin(200, content_type="text/event-stream")
        for piece in pieces:
            talk.write(piece)
        if then is not None:
            then(talk)

    return reply


def chunk(content: str | None = None, finish: str | None = None, **more: Any) -> bytes:
    """One chunk as a lean server writes it."""
    delta = {} if content is None else {"content": content}
    return event({"choices": [{"index": 0, "delta": delta, "finish_reason": finish}], **more})


def event(document: Any) -> bytes:
    return b"data: " + json.dumps(document).encode("utf-8") + b"\n\n"


def hangs_up(talk: Talk) -> None:
    """Not one byte."""
    talk.connection.close()


def names_server(home: Path, base_url: str, **keys: str | float) -> None:
    """The owner writes one chat server into models.toml, as `elsewhere`, in place of what stood there."""
    lines = ["[server.elsewhere]", f"base_url = {json.dumps(base_url)}"]
    lines += [f"{name} = {json.dumps(value)}" for name, value in keys.items()]
    passing = home / "engine" / "models.new"
    passing.write_text("\n".join(lines), encoding="utf-8")
    passing.replace(home / "engine" / "models.toml")
