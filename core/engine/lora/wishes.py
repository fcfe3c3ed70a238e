"""What a chat request asks of an adapter's process, checked."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from core.engine.errors import ApiError
from core.engine.lora.template import Turn

DEFAULT_TOKENS = 1024
"""An answer's greatest length where the request names none."""
_MOST_STOPS = 4
_ROLES = ("system", "user", "assistant")


@dataclass(frozen=True)
class Wish:
    """One answer that is wanted. `adapter` is empty for the bare base model."""

    adapter: str
    turns: tuple[Turn, ...]
    temperature: float
    top_p: float
    most_tokens: int
    stops: tuple[str, ...]
    seed: int | None
    stream: bool
    include_usage: bool

    @property
    def greedy(self) -> bool:
        """Whether the likeliest token is taken each time."""
        return self.temperature == 0 or self.top_p == 0


def read_wish(body: Any) -> Wish:
    """The request, with the protocol's defaults and bounds.

    Raises:
        ApiError: it is not one.
    """
    if not isinstance(body, dict):
        raise _wrong("body", "The request must be a JSON object")
    options = body.get("stream_options")
    return Wish(
        adapter=_text(body, "model"),
        turns=_turns(body.get("messages")),
        temperature=_number(body, "temperature", 1.0, 2.0),
        top_p=_number(body, "top_p", 1.0, 1.0),
        most_tokens=_most_tokens(body),
        stops=_stops(body.get("stop")),
        seed=_seed(body.get("seed")),
        stream=body.get("stream") is True,
        include_usage=isinstance(options, Mapping) and options.get("include_usage") is True,
    )


def _text(body: Mapping[str, Any], name: str) -> str:
    value = body.get(name)
    if not isinstance(value, str):
        raise _wrong(name, f"{name} must be a text")
    return value


def _turns(given: Any) -> tuple[Turn, ...]:
    if not isinstance(given, list) or not given:
        raise _wrong("messages", "messages must be a list that is not empty")
    for turn in given:
        fits = isinstance(turn, dict) and isinstance(turn.get("content"), str)
        if not fits or turn.get("role") not in _ROLES:
            raise _wrong("messages", f"A message has a role ({', '.join(_ROLES)}) and a text as content")
    return tuple({"role": turn["role"], "content": turn["content"]} for turn in given)


def _number(body: Mapping[str, Any], name: str, default: float, most: float) -> float:
    value = body.get(name, default)
    value = default if value is None else value
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= most:
        raise _wrong(name, f"{name} must be a number from 0 to {most:g}")
    return float(value)


def _most_tokens(body: Mapping[str, Any]) -> int:
    name = "max_completion_tokens" if body.get("max_completion_tokens") is not None else "max_tokens"
    value = body.get(name)
    if value is None:
        return DEFAULT_TOKENS
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise _wrong(name, f"{name} must be a whole number of at least 1")
    return value


def _stops(given: Any) -> tuple[str, ...]:
    stops = [given] if isinstance(given, str) else given or []
    if not isinstance(stops, list) or len(stops) > _MOST_STOPS:
        raise _wrong("stop", f"stop must be a text or up to {_MOST_STOPS} of them")
    if not all(isinstance(stop, str) and stop for stop in stops):
        raise _wrong("stop", "Each stop must be a text that is not empty")
    return tuple(stops)


def _seed(given: Any) -> int | None:
    if given is None:
        return None
    if isinstance(given, bool) or not isinstance(given, int) or not -(2**63) <= given < 2**63:
        raise _wrong("seed", "seed must be a whole number of 64 bits")
    return given


def _wrong(param: str, reason: str) -> ApiError:
    return ApiError(400, f"{reason}.", code="invalid_value", param=param)
