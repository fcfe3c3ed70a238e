"""How the owner runs this engine: where it listens, how much it does at once, what it keeps."""

import ipaddress
import os
from dataclasses import dataclass, field

from core.engine.errors import EngineRefused
from core.engine.home import KEY_VARIABLE
from core.engine.limits import Limits

LOOPBACK = "127.0.0.1"
MOST_SLOTS = 16
MOST_BATCH_SLOTS = 64
SHORTEST_KEY = 16
"""Characters of a key that is to stand alone between the engine and a network."""


@dataclass(frozen=True)
class Settings:
    """Everything that can be chosen when the engine is started.

    `slots` jobs of each trainer run at once: a picker's seconds never wait for an adapter's hours.
    `silent_minutes`: a worker that gives no sign of life for so long is ended and its job begun again.
    `failed_days`: how long the logs of a failed job are kept. Without `idle_minutes` the engine never ends by
    itself. The log is kept in `log_files` old files of `log_bytes` and the one being written.
    """

    host: str = LOOPBACK
    port: int = 0
    slots: int = 1
    idle_minutes: float | None = None
    silent_minutes: float = 30.0
    failed_days: float = 7.0
    log_bytes: int = 5 * 2**20
    log_files: int = 3
    limits: Limits = field(default_factory=Limits)

    def check(self) -> None:
        """Refuse what cannot be meant.

        Raises:
            EngineRefused: a number is out of bounds, or the engine would be open to a network without a key
                that somebody chose.
        """
        if not 1 <= self.slots <= MOST_SLOTS:
            raise EngineRefused(f"--slots must be from 1 to {MOST_SLOTS}.")
        if self.limits.requests_per_minute < 0 or not 1 <= self.limits.batch_slots <= MOST_BATCH_SLOTS:
            message = (
                f"Requests a minute must not be below 0, nor batch slots outside 1 to {MOST_BATCH_SLOTS}."
            )
            raise EngineRefused(message)
        if self.silent_minutes <= 0 or self.failed_days < 0 or self.log_bytes <= 0 or self.log_files < 0:
            raise EngineRefused("Minutes and bytes must be above 0, days and numbers of files not below it.")
        if not is_loopback(self.host):
            _must_be_locked(self.host)


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach the address."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _must_be_locked(host: str) -> None:
    key = os.environ.get(KEY_VARIABLE, "").strip()
    if len(key) < SHORTEST_KEY:
        message = (
            f"The engine would answer to others on {host}. Choose a key of at least {SHORTEST_KEY} characters"
            f" in {KEY_VARIABLE} first, or leave --host away: then only this machine reaches it."
        )
        raise EngineRefused(message)
