"""The local engine: found where it runs, or started; it ends by itself when nobody uses it."""

import http.client
import json
import os
import subprocess
import sys
import threading
import time
import tomllib
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from core.providers.failures import Failure

START_SECONDS = 20.0
IDLE_MINUTES = 10
KEY_VARIABLE = "TOUCHSTONE_ENGINE_KEY"
HUB_VARIABLE = "HF_TOKEN"
"""Opens base models that are not for everybody."""
MODELS = "models.toml"

_LOOK_SECONDS = 0.05
_HEALTH_SECONDS = 5.0
_OTHERS_START_SECONDS = 2.0
_SECRETS = ("_KEY", "_TOKEN", "_PASSWORD", "_SECRET")
_ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Address:
    """Where the engine answers, and the key it wants."""

    base_url: str
    key: str

    def __repr__(self) -> str:
        return f"Address({self.base_url!r})"


class LocalEngine:
    """The engine of one workspace."""

    def __init__(self, home: Path, secrets: Mapping[str, str]) -> None:
        self._home = home.absolute()
        self._folder = self._home / "engine"
        self._secrets = secrets
        self._starting = threading.Lock()

    def address(self) -> Address:
        """Where the engine answers; it is started if it does not run.

        Raises:
            Failure: it does not start.
        """
        found = self._answering()
        if found is not None:
            return found
        with self._starting:
            return self._answering() or self._started()

    def runs_at(self) -> str | None:
        """Where it answers now; None while it does not run. It is not started."""
        found = self._answering()
        return found.base_url if found else None

    @property
    def key_file(self) -> Path | None:
        """The file its key lies in; None where the key is a variable's."""
        return None if self._secrets.get(KEY_VARIABLE, "").strip() else self._folder / "key"

    def _answering(self) -> Address | None:
        try:
            note = json.loads((self._folder / "server.json").read_text(encoding="utf-8"))
            base_url, process = str(note["base_url"]), int(note["pid"])
            os.kill(process, 0)
            return Address(base_url, self._key()) if _healthy(base_url) else None
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def _key(self) -> str:
        given = self._secrets.get(KEY_VARIABLE, "").strip()
        return given or (self._folder / "key").read_text(encoding="ascii").strip()

    def _started(self) -> Address:
        log = self._folder / "engine.log"
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            start = log.stat().st_size if log.exists() else 0
            process = self._spawn(log)
        except OSError as error:
            raise _not_started(f"{error.filename or self._folder}: {error.strerror}", log) from error
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            found = self._answering()
            if found is not None:
                return found
            if process.poll() is not None:
                deadline = min(deadline, time.monotonic() + _OTHERS_START_SECONDS)
            time.sleep(_LOOK_SECONDS)
        raise _not_started(
            _last_line(log, start) or f"it did not answer within {START_SECONDS:.0f} seconds", log
        )

    def _spawn(self, log: Path) -> subprocess.Popen[bytes]:
        """A process of its own that outlives this one."""
        words = ("-m", "core", "engine", "--home", str(self._home), "--port", "0", "--idle-minutes")
        with log.open("ab") as output:
            process = subprocess.Popen(  # noqa: S603 - our own program
                [sys.executable, *words, str(IDLE_MINUTES)],
                cwd=_ROOT,
                env=self._environment(),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        threading.Thread(target=process.wait, name="engine-reaper", daemon=True).start()
        return process

    def _environment(self) -> dict[str, str]:
        """The surroundings without keys, but for its own and those that its owner named for it."""
        wanted = {name: value for name, value in os.environ.items() if not name.endswith(_SECRETS)}
        wanted["PYTHONPATH"] = os.pathsep.join([str(_ROOT), *filter(None, [wanted.get("PYTHONPATH")])])
        named = (KEY_VARIABLE, HUB_VARIABLE, *_key_variables(self._folder / MODELS))
        said = {name: self._secrets.get(name, "").strip() for name in named}
        return wanted | {name: value for name, value in said.items() if value}


def _key_variables(models: Path) -> list[str]:
    """The variables with the keys of other servers, as the engine's owner names them."""
    try:
        tables = tomllib.loads(models.read_text(encoding="utf-8")).get("server", {})
        named = [table.get("key_variable") for table in tables.values()]
    except (OSError, ValueError, AttributeError):  # the engine itself says what is wrong with it
        return []
    return [name for name in named if isinstance(name, str)]


def _healthy(base_url: str) -> bool:
    place = urlsplit(base_url)
    connection = http.client.HTTPConnection(place.hostname or "", place.port, timeout=_HEALTH_SECONDS)
    try:
        connection.request("GET", "/health")
        return connection.getresponse().status == http.client.OK
    except http.client.HTTPException:
        return False
    finally:
        connection.close()


def _last_line(log: Path, start: int) -> str:
    with suppress(OSError), log.open("rb") as file:
        file.seek(start)
        lines = file.read()[-4000:].decode("utf-8", "replace").strip().splitlines()
        return lines[-1].strip()[:300] if lines else ""
    return ""


def _not_started(reason: str, log: Path) -> Failure:
    what = f"The local engine did not start: {reason.rstrip('.')}."
    return Failure(what, "Your data is unchanged.", f"Try again; its log is {log}.", again=True)
