"""`python -m core.engine.lora.serve`: a process that answers with one base model and the adapters on it.

It listens on loopback, wants the key its parent gave it in the environment, and ends when nobody has asked
for a while, or when its parent dies: its standard input then ends.
"""

import argparse
import os
import socket
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

import uvicorn

from core.engine.errors import EngineRefused
from core.engine.lora.base import Base, first_line, prepare
from core.engine.lora.extra import must_be_installed

KEY_VARIABLE = "TOUCHSTONE_LORA_KEY"
READY, REFUSED = "ready", "refused"
"""How the one line begins that this process says: where it answers, or why it does not."""
_HOST = "127.0.0.1"
_LOOK_EVERY_SECONDS = 1.0


def main(given: Sequence[str]) -> int:
    """Load, say where it answers, and answer."""
    options = _options(given)
    try:
        must_be_installed()
        _serve(Base(options.base, options.quantised), options.models, options.idle_minutes * 60)
    except EngineRefused as refused:
        _say(f"{REFUSED} {refused}")
        return 1
    except (MemoryError, RuntimeError) as error:
        _say(f"{REFUSED} The base model could not be loaded: {first_line(error)}")
        return 1
    return 0


def _serve(base: Base, models: Path, idle_seconds: float) -> None:
    key = os.environ.pop(KEY_VARIABLE, "")
    if not key:
        raise EngineRefused(f"This process is started by the engine; {KEY_VARIABLE} is not set.")
    threading.Thread(target=_end_with_parent, name="parent", daemon=True).start()
    prepare(base)
    from core.engine.lora.desk import open_desk  # noqa: PLC0415 - imports torch, which must be prepared for

    desk = open_desk(base, models, key)
    server = uvicorn.Server(
        uvicorn.Config(desk.app(), access_log=False, server_header=False, lifespan="off", log_level="warning")
    )

    def watch() -> None:
        while not desk.end_when_idle(idle_seconds):
            pause.wait(_LOOK_EVERY_SECONDS)
        server.should_exit = True

    pause = threading.Event()
    threading.Thread(target=watch, name="idle", daemon=True).start()
    with socket.create_server((_HOST, 0)) as listening:
        _say(f"{READY} http://{_HOST}:{listening.getsockname()[1]}/v1")
        server.run(sockets=[listening])


def _end_with_parent() -> None:
    """Nothing is ever written to the standard input; it ends with the one who held its other end."""
    sys.stdin.buffer.read()
    os._exit(0)


def _say(line: str) -> None:
    sys.stdout.write(" ".join(line.split()) + "\n")
    sys.stdout.flush()


def _options(given: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m core.engine.lora.serve", description=__doc__)
    parser.add_argument("--base", required=True, help="the base model's folder, or its name on the hub")
    parser.add_argument("--models", required=True, type=Path, help="the folder with the tuned models")
    parser.add_argument("--quantised", action="store_true", help="load the base in 4 bit")
    parser.add_argument("--idle-minutes", type=float, default=10.0)
    return parser.parse_args(given)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
