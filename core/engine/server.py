"""The engine as a process: one per home, on loopback, until it is stopped or nobody uses it any more."""

import signal
import socket
import sqlite3
import sys
import threading
from pathlib import Path
from types import FrameType

import uvicorn

from core.engine.engine import Engine
from core.engine.errors import EngineRefused
from core.engine.home import Home
from core.engine.log import open_log
from core.engine.protocol.app import http_app
from core.engine.protocol.guard import Clock
from core.engine.settings import LOOPBACK, Settings

_EVERYWHERE = {"0.0.0.0": LOOPBACK, "::": "::1"}  # noqa: S104 - only ever compared with
_LOOK_EVERY_SECONDS = 1.0


def serve(workspace: Path, settings: Settings) -> None:
    """Serve until stopped, or until nobody has used it for as long as the settings say.

    Raises:
        EngineRefused: another engine holds this home, the port is taken, or the home cannot be written to.
    """
    signal.signal(signal.SIGTERM, _end)
    home = Home.inside(workspace)
    try:
        with home.locked():
            _serve(home, settings)
    except (OSError, sqlite3.Error) as error:
        message = f"The engine cannot use {home.folder}: {error}. What it has acknowledged is kept."
        raise EngineRefused(message) from error


def _serve(home: Home, settings: Settings) -> None:
    key = home.key()
    open_log(home.log, key, settings.log_bytes, settings.log_files)
    listening = _listen(settings.host, settings.port)
    engine = Engine.opened(home, settings)
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
        if settings.idle_minutes is not None:
            _end_when_idle(server, engine, clock, settings.idle_minutes * 60)
        server.run(sockets=[listening])
    finally:
        engine.end()


class _Server(uvicorn.Server):
    """Says where it answers, once it does."""

    def __init__(self, config: uvicorn.Config, home: Home) -> None:
        super().__init__(config)
        self._home = home

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if not self.should_exit and sockets:
            base_url = _base_url(sockets[0])
            self._home.announce(base_url)
            sys.stdout.write(f"ready {base_url}\n")
            sys.stdout.flush()


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
    except (OSError, OverflowError) as error:
        listening.close()
        raise EngineRefused(f"The engine cannot listen on {host}, port {port}: {error}.") from error
    return listening


def _base_url(listening: socket.socket) -> str:
    """Where a client of this machine finds the engine."""
    host, port = listening.getsockname()[:2]
    named = _EVERYWHERE.get(host, host)
    return f"http://[{named}]:{port}/v1" if ":" in named else f"http://{named}:{port}/v1"


def _end_when_idle(server: _Server, engine: Engine, clock: Clock, most_seconds: float) -> None:
    def watch() -> None:
        while not server.should_exit:
            if clock.idle_seconds() > most_seconds and not engine.is_working():
                server.should_exit = True
                return
            pause.wait(_LOOK_EVERY_SECONDS)

    pause = threading.Event()
    threading.Thread(target=watch, name="idle", daemon=True).start()


def _end(_number: int, _frame: FrameType | None) -> None:
    """SIGTERM before or after serving: leave through every `finally`."""
    raise SystemExit(0)
