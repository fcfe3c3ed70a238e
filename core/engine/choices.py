"""The settings as they were chosen: on the command line, else in the environment, else the default."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from core.engine.errors import EngineRefused
from core.engine.limits import HOSTS_VARIABLE, RATE_VARIABLE, SLOTS_VARIABLE, Limits
from core.engine.settings import Settings

JOB_SLOTS_VARIABLE = "TOUCHSTONE_ENGINE_SLOTS"
SILENT_VARIABLE = "TOUCHSTONE_ENGINE_SILENT_MINUTES"
DAYS_VARIABLE = "TOUCHSTONE_ENGINE_FAILED_DAYS"
_Value = TypeVar("_Value")


def chosen_settings(given: Mapping[str, Any], environment: Mapping[str, str]) -> Settings:
    """The settings that the options `given` (None: not given) and the environment choose.

    An address that others can reach is never taken from the environment: somebody must have typed it.

    Raises:
        EngineRefused: a variable is no number, or a choice is out of bounds.
    """
    choice = _Choice(given, environment)
    plain = Settings()
    settings = Settings(
        host=given.get("host") or plain.host,
        port=given.get("port") or plain.port,
        slots=choice.of("slots", JOB_SLOTS_VARIABLE, int, plain.slots),
        idle_minutes=given.get("idle_minutes"),
        silent_minutes=choice.of("silent_minutes", SILENT_VARIABLE, float, plain.silent_minutes),
        failed_days=choice.of("failed_days", DAYS_VARIABLE, float, plain.failed_days),
        limits=Limits(
            choice.of("requests_per_minute", RATE_VARIABLE, int, plain.limits.requests_per_minute),
            choice.of("allow_host", HOSTS_VARIABLE, _names, plain.limits.hosts) | _named(given.get("host")),
            choice.of("batch_slots", SLOTS_VARIABLE, int, plain.limits.batch_slots),
        ),
    )
    settings.check()
    return settings


@dataclass(frozen=True)
class _Choice:
    given: Mapping[str, Any]
    environment: Mapping[str, str]

    def of(self, option: str, variable: str, read: Callable[[Any], _Value], default: _Value) -> _Value:
        said = self.given.get(option)
        if said is None:
            said = self.environment.get(variable, "").strip() or None
        if said is None:
            return default
        try:
            return read(said)
        except ValueError:
            raise EngineRefused(f"{variable} must be a number, and is {said!r}.") from None


def _names(said: str | list[str]) -> frozenset[str]:
    """Host names, apart by commas or spaces, or given one by one."""
    text = said if isinstance(said, str) else " ".join(said)
    return frozenset(text.lower().replace(",", " ").split())


def _named(host: str | None) -> frozenset[str]:
    """Who listens on an address goes by it."""
    if not host:
        return frozenset()
    return frozenset({f"[{host}]" if ":" in host else host.lower()})
