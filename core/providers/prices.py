"""Prices: a dated table of what providers charge; what is not in it is unknown, never zero."""

import json
import re
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

TABLE = Path(__file__).resolve().parents[2] / "data" / "prices.json"
PER_TOKENS = 1_000_000


@dataclass(frozen=True)
class Price:
    """What one model costs, in USD per million tokens; None is unknown.

    Attributes:
        train: a token of the training file, once for each epoch.
        tuned_input: a token that the tuned model reads.
        tuned_output: one that it writes.
        shutdown: the day on which the model and all tunes of it stop.
        source: where the figures come from.
        as_of: when they were true.
    """

    model: str
    train: float | None
    tuned_input: float | None
    tuned_output: float | None
    shutdown: date | None
    source: str
    as_of: str


def price_of(provider: str, model: str) -> Price | None:
    """The price of a base model or of a tune of it; None if it is unknown."""
    name = base_of(model)
    for price in _table().get(provider, ()):
        if name == price.model or _family(price.model) == name:
            return price
    return None


def base_of(model: str) -> str:
    """The base model's name in the name of a tune (`ft:<base>:…`); any other name as it is."""
    parts = model.split(":")
    return parts[1] if parts[0] == "ft" and len(parts) > 1 else model


def training_cost(price: Price | None, tokens: int | None) -> float | None:
    """USD for training on this many tokens, epochs counted; None if price or tokens are unknown."""
    if price is None or price.train is None or tokens is None:
        return None
    return price.train * tokens / PER_TOKENS


def answering_cost(
    price: Price | None, input_tokens: float | None, output_tokens: float | None
) -> float | None:
    """USD for what a tuned model reads and writes; None if anything about it is unknown."""
    if price is None or price.tuned_input is None or price.tuned_output is None:
        return None
    if input_tokens is None or output_tokens is None:
        return None
    return (price.tuned_input * input_tokens + price.tuned_output * output_tokens) / PER_TOKENS


def asking_cost(
    provider: str, model: str, input_tokens: float | None, output_tokens: float | None
) -> float | None:
    """The same for any model; the table has no price of one as it is, so only that of a tune is known."""
    price = price_of(provider, model) if base_of(model) != model else None
    return answering_cost(price, input_tokens, output_tokens)


def shutdown_warning(provider: str, model: str, today: date) -> str | None:
    """A sentence about the model's end, if its day is known."""
    price = price_of(provider, model)
    if price is None or price.shutdown is None:
        return None
    day = f"{price.shutdown.day} {price.shutdown:%B %Y}"
    if price.shutdown <= today:
        return f"{model} and all tunes of it stopped on {day}. It neither trains nor answers any more."
    left = (price.shutdown - today).days
    return f"{model} and all tunes of it stop on {day}, in {left} days. Your dataset stays."


@cache
def _table() -> dict[str, tuple[Price, ...]]:
    document = json.loads(TABLE.read_text(encoding="utf-8"))
    return {
        provider: tuple(_price(model, row) for model, row in models.items())
        for provider, models in document["providers"].items()
    }


def _price(model: str, row: dict[str, Any]) -> Price:
    return Price(
        model=model,
        train=row.get("train"),
        tuned_input=row.get("ft_in"),
        tuned_output=row.get("ft_out"),
        shutdown=date.fromisoformat(row["shutdown"]) if "shutdown" in row else None,
        source=row["source"],
        as_of=row["as_of"],
    )


def _family(model: str) -> str:
    """The name without the day of its version: gpt-4.1-mini-2025-04-14 is also called gpt-4.1-mini."""
    return re.sub(r"-\d{4}-\d\d-\d\d$", "", model)
