"""The engine as a process: one per home, on loopback, until it is stopped or nobody uses it any more."""

import logging
import signal
import socket
import sys
import threading
from pathlib import Path
from types import FrameType

import uvicorn

from core.engine.engine import Engine
from core.engine.errors import EngineRefused
from core.engine.home import Home
from core.engine.protocol.app import http_app
from core.engine.protocol.guard import Clock

_HOST = "127.0.0.1"
_LOOK_EVERY_SECONDS = 1.0


def serve(workspace: Path, port: int = 0, idle_minutes: float | None = None) -> None:
    """Serve until stopped. Port 0 takes a free one; without `idle_minutes` it never ends by itself.

    Raises:
        EngineRefused: another engine holds this home, or the port is taken.
    """
    signal.signal(signal.SIGTERM, _end)
    home = Home.inside(workspace)
    with home.locked():
        logging.basicConfig(filename=home.folder / "engine.log", level=logging.INFO, format=_LOG_FORMAT)
        key = home.key()
        listening = _listen(port)
        engine = Engine.opened(workspace)
        clock = Clock()
        config = uvicorn.Config(
            http_app(engine, key, clock),
            log_config=None,
            access_log=False,
            server_header=False,
            lifespan="off",
            timeout_graceful_shutdown=5,
        )
        server = _Server(config, home)
        engine.begin()
        try:
            if idle_minutes is not None:
                _end_when_idle(server, engine, clock, idle_minutes * 60)
            server.run(sockets=[listening])
        finally:
            engine.end()


_LOG_FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"


class _Server(uvicorn.Server):
    """Says where it answers, once it does."""

    def __init__(self, config: uvicorn.Config, home: Home) -> None:
        super().__init__(config)
        self._home = home

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if not self.should_exit and sockets:
            base_url = f"http://{_HOST}:{sockets[0].getsockname()[1]}/v1"
            self._home.announce(base_url)
            sys.stdout.write(f"ready {base_url}\n")
            sys.stdout.flush()


def _listen(port: int) -> socket.socket:
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((_HOST, port))
    except (OSError, OverflowError) as error:
        listening.close()
        raise EngineRefused(f"The engine cannot listen on port {port}: {error}.") from error
    return listening


def _end_when_idle(server: _Server, engine: Engine, clock: Clock, most_seconds: float) -> None:
    def watch() -> None:
        while not server.should_exit:
            if clock.idle_seconds() > most_seconds and not engine.jobs.any_active():
                server.should_exit = True
                return
            pause.wait(_LOOK_EVERY_SECONDS)

    pause = threading.Event()
    threading.Thread(target=watch, name="idle", daemon=True).start()


def _end(_number: int, _frame: FrameType | None) -> None:
    """SIGTERM before or after serving: leave through every `finally`."""
    raise SystemExit(0)
