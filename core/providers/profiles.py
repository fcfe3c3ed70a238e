"""Profiles: what is particular about each provider; everything else is one protocol."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from urllib.parse import urlsplit


class MethodStyle(StrEnum):
    """Where a job's settings stand in the request."""

    METHOD = "method"
    HYPERPARAMETERS = "hyperparameters"


@dataclass(frozen=True)
class Provider:
    """Somebody who tunes and answers.

    Attributes:
        base_models: the models to tune; empty means that the model is named freely.
        bom: whether uploaded files begin with a byte order mark; `refuses_bom`: they must not.
        most_file_bytes: the largest training file it takes; None is unknown.
        refuses_signs: a text in its files must hold none of its models' control signs, like <|endoftext|>.
        alternating: user and assistant must take turns in its files, after at most one system message.
        picks_replies: its own models choose among approved replies and write no text; tokens and cost do
            not apply to them.
        default_epochs: what it takes when nobody chooses; None where it depends on the number of examples.
        patience: how often a look at a job may fail in a row before the following ends with an error.
        poll_seconds: the longest pause between two looks at a job.
        tuning_ends: from this day on nobody can create jobs.
        missing: the variables without which it cannot be used; the key itself is never in here.
    """

    name: str
    title: str
    base_url: str | None
    base_url_variable: str | None
    key_variable: str | None
    tunes: bool
    base_models: tuple[str, ...]
    method_style: MethodStyle = MethodStyle.METHOD
    bom: bool = False
    refuses_bom: bool = False
    min_examples: int = 10
    most_file_bytes: int | None = None
    refuses_signs: bool = False
    alternating: bool = False
    picks_replies: bool = False
    default_epochs: int | None = None
    poll_seconds: float = 10.0
    patience: int = 60
    tuning_ends: date | None = None
    notes: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()

    @property
    def ready(self) -> bool:
        """Whether it can be used as things are set."""
        return not self.missing

    def picks(self, model: str) -> bool:
        """Whether this model of it, or what it was tuned from, chooses among approved replies."""
        return self.picks_replies and not set(self.base_models).isdisjoint(model.split(":"))


LOCAL = Provider(
    name="local",
    title="Local engine",
    base_url=None,
    base_url_variable=None,
    key_variable=None,
    tunes=True,
    base_models=("reply-picker-minilm", "reply-picker-ngrams"),
    most_file_bytes=128 * 2**20,
    picks_replies=True,
    default_epochs=10,
    poll_seconds=0.5,
    patience=3,
    notes=(
        "A reply picker: it learns which approved reply fits a question, and writes no text of its own.",
        "Everything stays on this machine, and nothing is charged.",
    ),
)
OPENAI = Provider(
    name="openai",
    title="OpenAI",
    base_url="https://api.openai.com/v1",
    base_url_variable=None,
    key_variable="OPENAI_API_KEY",
    tunes=True,
    base_models=(
        "gpt-4.1-mini-2025-04-14",
        "gpt-4.1-2025-04-14",
        "gpt-4o-mini-2024-07-18",
        "gpt-4o-2024-08-06",
    ),
    refuses_bom=True,
    most_file_bytes=512 * 2**20,
    refuses_signs=True,
    tuning_ends=date(2027, 1, 6),
    notes=(
        "OpenAI closes fine-tuning: since 7 May 2026 organisations that are new to it cannot create jobs.",
        "Since 2 July 2026 those cannot either that have not used a tuned model for 60 days.",
        "From 6 January 2027 nobody can create jobs.",
        "The models that can be tuned, and all tunes of them, stop on 14 January 2027.",
    ),
)
AZURE = Provider(
    name="azure",
    title="Azure Foundry",
    base_url=None,
    base_url_variable="AZURE_OPENAI_ENDPOINT",
    key_variable="AZURE_OPENAI_API_KEY",
    tunes=True,
    base_models=(),
    bom=True,
    most_file_bytes=512 * 2**20,
    notes=(
        "A tuned model must be deployed in Azure first; it is then asked by its deployment's name.",
        "A deployed model is charged by the hour, also when nobody asks it.",
    ),
)
NEBIUS = Provider(
    name="nebius",
    title="Nebius Token Factory",
    base_url="https://api.tokenfactory.nebius.com/v1",
    base_url_variable=None,
    key_variable="NEBIUS_API_KEY",
    tunes=True,
    base_models=(),
    method_style=MethodStyle.HYPERPARAMETERS,
    most_file_bytes=5 * 2**30,
    notes=("A tuned model is an adapter; it may have to be deployed before it answers.",),
)
COMPATIBLE = Provider(
    name="compatible",
    title="Compatible endpoint",
    base_url=None,
    base_url_variable="TOUCHSTONE_PROVIDER_BASE_URL",
    key_variable="TOUCHSTONE_PROVIDER_KEY",
    tunes=True,
    base_models=(),
    notes=("Any server that speaks OpenAI's protocol. Servers without fine-tuning can still be asked.",),
)

TOGETHER = Provider(
    name="together",
    title="Together AI",
    base_url="https://api.together.ai/v1",
    base_url_variable=None,
    key_variable="TOGETHER_API_KEY",
    tunes=False,
    base_models=(),
    min_examples=1,
    most_file_bytes=100 * 2**30,
    alternating=True,
)
"""Its files can be checked; its jobs speak another protocol, so it is not among those that can be chosen.

Source: docs.together.ai/docs/fine-tuning/data-preparation, "Conversational data".
"""

PROFILES = {profile.name: profile for profile in (LOCAL, OPENAI, AZURE, NEBIUS, COMPATIBLE)}
FILES_CHECKED_FOR = PROFILES | {TOGETHER.name: TOGETHER}


REASONING = re.compile(r"(?:ft:)?(?:o\d|gpt-[5-9])")
"""Names of models that think before they answer."""


def takes_temperature(model: str) -> bool:
    """Whether a model heeds a temperature, by its name; those that think before they answer refuse one."""
    return REASONING.match(model) is None


def with_settings(profile: Provider, secrets: Mapping[str, str]) -> Provider:
    """The profile with its base URL filled in, and with what is still missing."""
    base_url = profile.base_url
    if profile.base_url_variable is not None:
        base_url = _base_url(profile, secrets.get(profile.base_url_variable, ""))
    needed = (
        (profile.base_url_variable, bool(base_url)),
        (profile.key_variable, bool(key_of(profile, secrets))),
    )
    missing = tuple(variable for variable, there in needed if variable is not None and not there)
    return replace(profile, base_url=base_url, missing=missing)


def key_of(profile: Provider, secrets: Mapping[str, str]) -> str:
    """The key of a provider, empty where none is set."""
    return secrets.get(profile.key_variable, "").strip() if profile.key_variable else ""


def _base_url(profile: Provider, given: str) -> str | None:
    """As it was set; Azure people often set the bare address of their resource."""
    url = given.strip().rstrip("/")
    if not url:
        return None
    if profile.name == AZURE.name and "/openai" not in urlsplit(url).path:
        return f"{url}/openai/v1"
    return url
