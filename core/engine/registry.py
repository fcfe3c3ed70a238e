"""Which Hugging Face models and chat servers the engine's owner has named, in HOME/engine/models.toml."""

import logging
import re
import tomllib
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar
from urllib.parse import urlsplit

FILE_NAME = "models.toml"
DEFAULT_TIMEOUT_SECONDS = 120.0
LONGEST_TIMEOUT_SECONDS = 3600.0
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*(/[A-Za-z0-9][A-Za-z0-9._-]*)*")
_LONGEST_ID = 100
_HUB_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*/[A-Za-z0-9][A-Za-z0-9._-]*")
_HOST = re.compile(r"[A-Za-z0-9._:-]+")
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_log = logging.getLogger("touchstone.engine")
Named = TypeVar("Named")


@dataclass(frozen=True)
class HuggingFaceModel:
    """A causal language model that adapters can be trained on: a folder of this machine, or a hub's name."""

    id: str
    path: Path | None
    hub: str | None
    quantised: bool

    @property
    def source(self) -> str:
        """What it is loaded by: the folder, or the hub's name."""
        return str(self.path) if self.path is not None else self.hub or ""

    @property
    def owner(self) -> str:
        """Who the hub says it is from; of a folder nobody knows."""
        return self.hub.partition("/")[0] if self.hub else "local"


@dataclass(frozen=True)
class ForeignModel:
    """A model behind somebody's OpenAI-compatible chat server; `model` is its name there."""

    id: str
    base_url: str
    model: str
    key_variable: str | None
    timeout_seconds: float

    @property
    def host(self) -> str:
        """Where the server is, as people say it."""
        return urlsplit(self.base_url).netloc


@dataclass(frozen=True)
class Listing:
    """The models the owner has named, by the ids clients use. `changed_at` is the file's Unix time."""

    huggingface: Mapping[str, HuggingFaceModel] = field(default_factory=dict)
    foreign: Mapping[str, ForeignModel] = field(default_factory=dict)
    changed_at: int = 0


@dataclass(frozen=True)
class _Read:
    """One state of the file: what it named, and what was wrong with it."""

    listing: Listing = Listing()
    trouble: str = ""
    stamp: tuple[int, ...] | None = None


@dataclass
class Registry:
    """The file, read again whenever it changes. A broken one changes nothing but `trouble`.

    `taken` are ids that mean something already.
    """

    path: Path
    taken: frozenset[str] = frozenset()
    _read: _Read = _Read()

    @property
    def listing(self) -> Listing:
        """The models of the last file that was right."""
        return self._current().listing

    @property
    def trouble(self) -> str:
        """What is wrong with the file as it stands; empty when nothing is."""
        return self._current().trouble

    def _current(self) -> _Read:
        read = self._read
        stamp = _stamp(self.path)
        if stamp != read.stamp:
            read = self._read = self._again(read.listing, stamp)
        return read

    def _again(self, kept: Listing, stamp: tuple[int, ...] | None) -> _Read:
        if stamp is None:
            return _Read()
        try:
            return _Read(_listing(self.path, self.taken), "", stamp)
        except _Wrong as wrong:
            trouble = f"{self.path}: {wrong}. The models it named before are kept; mend the file and save it."
            _log.warning("%s", trouble)
            return _Read(kept, trouble, stamp)


class _Wrong(Exception):
    """What is wrong with the file: where, and why."""


def _stamp(path: Path) -> tuple[int, ...] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino


def _listing(path: Path, taken: frozenset[str]) -> Listing:
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
        changed_at = int(path.stat().st_mtime)
    except (OSError, UnicodeDecodeError) as error:
        raise _Wrong(f"it cannot be read: {error}") from error
    except tomllib.TOMLDecodeError as error:
        raise _Wrong(f"it is not TOML: {error}") from error
    for name in document.keys() - {"huggingface", "server"}:
        raise _Wrong(f"[{name}] means nothing here; tables are [huggingface.ID] and [server.ID]")
    huggingface = _named(document, "huggingface", taken, _huggingface)
    foreign = _named(document, "server", taken | huggingface.keys(), _foreign)
    return Listing(MappingProxyType(huggingface), MappingProxyType(foreign), changed_at)


def _named(
    document: Mapping[str, Any],
    kind: str,
    taken: Collection[str],
    made: Callable[[str, "_Table"], Named],
) -> dict[str, Named]:
    tables = document.get(kind, {})
    if not isinstance(tables, dict):
        raise _Wrong(f"{kind} must hold tables: write [{kind}.ID]")
    found = {}
    for name, values in tables.items():
        table = _Table(f"[{kind}.{name}]", values)
        if not _ID.fullmatch(name) or len(name) > _LONGEST_ID:
            raise _Wrong(f"{table.place} has an id that will not do: letters, digits and . _ - / only")
        if name in taken:
            raise _Wrong(f"{table.place} has an id that another model has already")
        found[name] = made(name, table)
    return found


def _huggingface(name: str, table: "_Table") -> HuggingFaceModel:
    table.knows("path", "hub", "quantised")
    path, hub = table.text("path"), table.text("hub")
    if (path is None) == (hub is None):
        raise _Wrong(f"{table.place} needs either path (a folder) or hub (a name such as org/model)")
    if path is not None and not Path(path).is_absolute():
        raise _Wrong(f"{table.place} path: {path!r} must be an absolute folder")
    if hub is not None and not _HUB_NAME.fullmatch(hub):
        raise _Wrong(f"{table.place} hub: {hub!r} is not a name such as org/model")
    return HuggingFaceModel(name, Path(path) if path else None, hub, table.switch("quantised"))


def _foreign(name: str, table: "_Table") -> ForeignModel:
    table.knows("base_url", "model", "key_variable", "timeout_seconds")
    variable = table.text("key_variable")
    if variable is not None and not _VARIABLE.fullmatch(variable):
        raise _Wrong(f"{table.place} key_variable: it is the name of an environment variable, never the key")
    return ForeignModel(
        name,
        _address(table),
        table.text("model") or name,
        variable,
        table.seconds("timeout_seconds", DEFAULT_TIMEOUT_SECONDS, LONGEST_TIMEOUT_SECONDS),
    )


def _address(table: "_Table") -> str:
    given = table.text("base_url")
    if given is None:
        raise _Wrong(f"{table.place} base_url is missing, such as http://127.0.0.1:11434/v1")
    try:
        url = urlsplit(given)
        plain = not (url.query or url.fragment or url.username or url.password) and url.port != 0
    except ValueError:
        plain = False
    if not plain or url.scheme not in {"http", "https"} or not _HOST.fullmatch(url.hostname or ""):
        example = "http://127.0.0.1:11434/v1, without user, password or query"
        raise _Wrong(f"{table.place} base_url: it must be an address such as {example}")
    return given.rstrip("/")


@dataclass(frozen=True)
class _Table:
    """One table of the file, whose keys are read by type."""

    place: str
    values: Any

    def knows(self, *keys: str) -> None:
        if not isinstance(self.values, dict):
            raise _Wrong(f"{self.place} must be a table")
        for key in self.values.keys() - set(keys):
            raise _Wrong(f"{self.place} {key}: this key means nothing here; known are {', '.join(keys)}")

    def text(self, key: str) -> str | None:
        value = self.values.get(key)
        if value is None:
            return None
        if not isinstance(value, str) or not value.strip():
            raise _Wrong(f"{self.place} {key}: it must be a text")
        return value.strip()

    def switch(self, key: str) -> bool:
        value = self.values.get(key, False)
        if not isinstance(value, bool):
            raise _Wrong(f"{self.place} {key}: it must be true or false")
        return value

    def seconds(self, key: str, default: float, most: float) -> float:
        value = self.values.get(key, default)
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value <= most:
            raise _Wrong(f"{self.place} {key}: it must be a number of seconds above 0 and at most {most:.0f}")
        return float(value)
