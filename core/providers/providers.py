"""Providers: who can be chosen, and a client for each with its own address and key and nobody else's."""

import threading
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from core.errors import Refused
from core.providers.local import KEY_VARIABLE, Address, LocalEngine
from core.providers.profiles import LOCAL, PROFILES, Provider, key_of, with_settings

if TYPE_CHECKING:  # the client library takes a second to import, and most starts of this program ask nobody
    from openai import OpenAI

    from core.providers.service import Service


@dataclass(frozen=True)
class Endpoint:
    """Where a provider is reached, and where its key lies; never the key.

    Attributes:
        base_url: None where it is not known: the engine does not run, or the address is not set.
        key_variable: the variable that holds the key, unless it lies in `key_file`.
    """

    base_url: str | None
    key_variable: str
    key_file: Path | None


class Providers:
    """The providers of one workspace. Keys come from `secrets` each time and are kept nowhere else."""

    def __init__(self, home: Path, secrets: Mapping[str, str]) -> None:
        self._secrets = secrets
        self._engine = LocalEngine(home, secrets)
        self._clients: dict[tuple[str, str], OpenAI] = {}
        self._guard = threading.Lock()
        self._turns: dict[str, threading.Lock] = {}

    def available(self) -> list[Provider]:
        """All providers, the local engine first; `ready` says whether one can be used as things are set."""
        return [with_settings(profile, self._secrets) for profile in PROFILES.values()]

    def get(self, name: str) -> Provider:
        """The provider of this name.

        Raises:
            Refused: there is none.
        """
        profile = PROFILES.get(name)
        if profile is None:
            raise Refused(f"There is no provider {name!r}. The providers are: {', '.join(PROFILES)}.")
        return with_settings(profile, self._secrets)

    def client(self, name: str) -> "OpenAI":
        """A client for this provider; for the local engine, which is started if it does not run.

        Raises:
            Refused: there is no such provider.
            Failure: its address or key is not set, or the engine does not start.
        """
        return self._connected(self.get(name))

    def service(self, name: str) -> "Service":
        """The calls this program makes to this provider.

        Raises:
            Refused: there is no such provider.
            Failure: its address or key is not set, or the engine does not start.
        """
        from core.providers.service import Service  # noqa: PLC0415 - slow, see above

        provider = self.get(name)
        client = self._connected(provider)
        return Service(replace(provider, base_url=str(client.base_url)), client)

    def endpoint(self, name: str) -> Endpoint:
        """Where others reach this provider; nothing is started for it.

        Raises:
            Refused: there is no such provider.
        """
        provider = self.get(name)
        if provider.name == LOCAL.name:
            return Endpoint(self._engine.runs_at(), KEY_VARIABLE, self._engine.key_file)
        return Endpoint(provider.base_url, provider.key_variable or "", None)

    def base_models(self, name: str) -> tuple[str, ...]:
        """The models to tune; for the local engine those that are on this machine. Empty: named freely.

        Raises:
            Failure: the engine does not start or answer.
        """
        provider = self.get(name)
        if not provider.picks_replies:
            return provider.base_models
        there = set(self.service(name).models())
        return tuple(model for model in provider.base_models if model in there)

    def turn(self, about: str) -> threading.Lock:
        """What one piece of work holds while it asks about something, so that the next need not ask again."""
        with self._guard:
            return self._turns.setdefault(about, threading.Lock())

    def close(self) -> None:
        """Close the connections; the local engine goes on until nobody uses it."""
        with self._guard:
            for client in self._clients.values():
                client.close()
            self._clients.clear()

    def _connected(self, provider: Provider) -> "OpenAI":
        from core.providers.connection import connect  # noqa: PLC0415 - slow, see above
        from core.providers.sentences import Call, Doing  # noqa: PLC0415 - slow too

        if not provider.ready:
            raise Call(provider, Doing.LOOKING, "").missing()
        address = self._address(provider)
        with self._guard:
            known = self._clients.get((address.base_url, address.key))
            if known is None:
                known = connect(address, trust_env=provider.name != LOCAL.name)
                self._clients[address.base_url, address.key] = known
        return known

    def _address(self, provider: Provider) -> Address:
        if provider.name == LOCAL.name:
            return self._engine.address()
        return Address(provider.base_url or "", key_of(provider, self._secrets))
