"""A batch of chats that another server answers: how much longer it takes than that server needs.

Run with `python -m benchmarks.engine_batch_elsewhere [chats] [milliseconds of one]`. The engine keeps four
requests out at a time, so a batch takes at least a quarter of what the server spent on all of them.
"""

import json
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from benchmarks.engine_client import begun, ended, running
from benchmarks.engine_process import EngineProcess
from benchmarks.measure import cpu_of

CHATS, MILLISECONDS = 10_000, 100
SLOTS = 4
_MODEL = "elsewhere"
_ANSWER = {
    "id": "1",
    "object": "chat.completion",
    "created": 0,
    "model": _MODEL,
    "choices": [{"index": 0, "message": {"role": "assistant", "content": "Yes."}, "finish_reason": "stop"}],
    "usage": {"prompt_tokens": 7, "completion_tokens": 2, "total_tokens": 9},
}


class _Server(ThreadingHTTPServer):
    """Takes its time, and counts it."""

    daemon_threads = True

    def __init__(self, milliseconds: int) -> None:
        super().__init__(("127.0.0.1", 0), _Talk)
        self.pause = milliseconds / 1000
        self.spent: list[float] = []


class _Talk(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def do_POST(self) -> None:
        began = time.perf_counter()
        self.rfile.read(int(self.headers["content-length"]))
        time.sleep(self.server.pause)
        body = json.dumps(_ANSWER).encode("utf-8")
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
        self.server.spent.append(time.perf_counter() - began)

    def log_request(self, code: object = "-", size: object = "-") -> None:
        """Say nothing."""


def main(chats: int = CHATS, milliseconds: int = MILLISECONDS) -> None:
    """Measure one batch."""
    with (
        tempfile.TemporaryDirectory() as folder,
        running(Path(folder)) as (engine, client),
        _serving(engine, milliseconds) as server,
    ):
        began, cpu = time.perf_counter(), cpu_of(engine.pid)
        ended(client, begun(client, _MODEL, [f"Question {number}?" for number in range(chats)]))
        seconds, spent = time.perf_counter() - began, cpu_of(engine.pid) - cpu
        least = sum(server.spent) / SLOTS
    print(
        f"a batch of {chats:,} chats of {milliseconds} ms elsewhere took {seconds:.1f} s: "
        f"{seconds / least:.3f} times the server's own time over {SLOTS} slots, {least:.1f} s; "
        f"CPU of the engine {spent / chats * 1000:.1f} ms a chat"
    )


@contextmanager
def _serving(engine: EngineProcess, milliseconds: int) -> Iterator[_Server]:
    server = _Server(milliseconds)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{server.server_address[1]}/v1"
    models = engine.home / "engine" / "models.toml"
    models.write_text(f'[server.{_MODEL}]\nbase_url = "{url}"\n', encoding="utf-8")
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()


if __name__ == "__main__":
    main(*map(int, sys.argv[1:3]))
