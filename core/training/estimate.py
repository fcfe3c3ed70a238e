"""The estimate, before spending: how much will be trained, what it may cost, and what stands in the way."""

import json
from dataclasses import dataclass
from datetime import date

from core.datasets.export import chat_file
from core.datasets.splitting import Split
from core.datasets.versions import Dataset
from core.providers.prices import price_of, shutdown_warning, training_cost
from core.providers.profiles import Provider
from core.store.store import Store

CHARACTERS_A_TOKEN = 4
"""A rule of thumb for English; other languages take more tokens."""

TARGET_EPOCHS = 3
FEWEST_EXAMPLES, MOST_EXAMPLES = 100, 25_000
MOST_DEFAULT_EPOCHS = 25


@dataclass(frozen=True)
class Estimate:
    """What a run would do and cost; tokens are estimated from the number of characters.

    Attributes:
        examples: the examples to learn from; `checked_on` are for validation.
        tokens: tokens of the training file, about; None where tokens do not apply.
        trained_tokens: tokens times epochs, what is charged for; None where tokens do not apply.
        charged: whether the provider takes money for it at all.
        cost: USD, about; None is unknown, or not applicable where nothing is charged.
        price_as_of: when the price was true.
        obstacles: sentences; a run with any of them is refused.
        warnings: sentences worth reading first.
    """

    examples: int
    checked_on: int
    tokens: int | None
    trained_tokens: int | None
    charged: bool
    cost: float | None
    price_as_of: str | None
    obstacles: tuple[str, ...]
    warnings: tuple[str, ...]

    @property
    def cost_text(self) -> str:
        """The cost as people read it."""
        if not self.charged:
            return "not applicable"
        return "unknown" if self.cost is None else f"about ${self.cost:,.2f}"


def estimate(
    store: Store,
    dataset: Dataset,
    provider: Provider,
    base_model: str,
    n_epochs: int | None,
    today: date | None = None,
) -> Estimate:
    """Say what a run would do and cost.

    Raises:
        Refused: there is no such dataset.
    """
    charged = not provider.picks_replies
    tokens = estimated_tokens(chat_file(store, dataset.id, Split.TRAIN)) if charged else None
    epochs = n_epochs or default_epochs(provider, dataset.n_train)
    trained = tokens * epochs if tokens is not None else None
    price = price_of(provider.name, base_model)
    return Estimate(
        examples=dataset.n_train,
        checked_on=dataset.n_validation,
        tokens=tokens,
        trained_tokens=trained,
        charged=charged,
        cost=training_cost(price, trained) if charged else None,
        price_as_of=price.as_of if price else None,
        obstacles=obstacles(dataset, provider, base_model),
        warnings=_warnings(dataset, provider, base_model, today or date.today()),  # noqa: DTZ011 - the day here
    )


def obstacles(dataset: Dataset, provider: Provider, base_model: str) -> tuple[str, ...]:
    """What makes a run impossible, each in a sentence."""
    found = []
    if not provider.tunes:
        found.append(f"{provider.title} does not tune models. Choose another provider.")
    if not provider.ready:
        names = " and ".join(provider.missing)
        sentence = (
            f"{provider.title} cannot be used yet: {names} is not set. Put it into the environment or "
            ".streamlit/secrets.toml and start Touchstone again, or choose the local engine."
        )
        return (sentence,)
    if not base_model.strip():
        found.append("No model is chosen. Name the model to tune.")
    if dataset.n_train < provider.min_examples:
        found.append(
            f"{provider.title} needs at least {provider.min_examples} examples to learn from; this dataset "
            f"has {dataset.n_train}. Approve more replies and freeze again. Nothing was sent."
        )
    return tuple(found)


def estimated_tokens(file: bytes) -> int:
    """Tokens of a chat file at four characters each: an estimate."""
    characters = 0
    for line in file.decode("utf-8").rstrip("\n").split("\n"):
        characters += sum(len(message["content"]) for message in json.loads(line)["messages"])
    return round(characters / CHARACTERS_A_TOKEN)


def default_epochs(provider: Provider, examples: int) -> int:
    """The epochs the provider would choose; where it does not say, by the rule OpenAI published.

    Three, more for fewer than 34 examples, fewer for more than 8,333 (OpenAI cookbook, "Data preparation and
    analysis for chat model fine-tuning").
    """
    if provider.default_epochs is not None:
        return provider.default_epochs
    if examples * TARGET_EPOCHS < FEWEST_EXAMPLES:
        return min(MOST_DEFAULT_EPOCHS, FEWEST_EXAMPLES // max(examples, 1))
    if examples * TARGET_EPOCHS > MOST_EXAMPLES:
        return max(1, MOST_EXAMPLES // examples)
    return TARGET_EPOCHS


def _warnings(dataset: Dataset, provider: Provider, base_model: str, today: date) -> tuple[str, ...]:
    found = []
    if provider.tuning_ends is not None:
        day = f"{provider.tuning_ends.day} {provider.tuning_ends:%B %Y}"
        tense = "ended" if provider.tuning_ends <= today else "ends"
        found.append(f"Fine-tuning at {provider.title} {tense} on {day}.")
    ends = shutdown_warning(provider.name, base_model, today)
    if ends is not None:
        found.append(ends)
    if dataset.n_validation == 0:
        found.append("This dataset has no validation split, so there will be no validation loss.")
    return tuple(found)
