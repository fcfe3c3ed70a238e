"""Who can be chosen, and that each gets its own address and key and nothing else."""

from datetime import date
from pathlib import Path

import pytest

from core.errors import Refused
from core.providers.prices import answering_cost, price_of, shutdown_warning, training_cost
from core.providers.profiles import PROFILES
from core.providers.providers import Providers
from core.providers.service import Service
from tests.core.providers.fake_provider import KEY, FakeProvider


def test_the_local_engine_needs_nothing_and_the_others_say_what_they_lack(tmp_path: Path) -> None:
    found = {
        provider.name: provider for provider in Providers(tmp_path, {"OPENAI_API_KEY": "sk"}).available()
    }

    assert next(iter(found)) == "local"
    assert found["local"].ready
    assert found["openai"].ready
    assert found["azure"].missing == ("AZURE_OPENAI_ENDPOINT", "AZURE_OPENAI_API_KEY")
    assert found["nebius"].missing == ("NEBIUS_API_KEY",)
    assert not found["compatible"].ready


def test_a_key_is_in_nothing_that_can_be_shown(tmp_path: Path) -> None:
    providers = Providers(tmp_path, {"OPENAI_API_KEY": "sk-very-secret"})

    assert "sk-very-secret" not in repr(providers.available()) + repr(providers.get("openai"))


@pytest.mark.parametrize(
    "resource", ["https://acme.openai.azure.com", "https://openai-desk.openai.azure.com"]
)
def test_azure_is_found_by_the_bare_address_of_its_resource(tmp_path: Path, resource: str) -> None:
    secrets = {"AZURE_OPENAI_ENDPOINT": f"{resource}/", "AZURE_OPENAI_API_KEY": "key"}

    azure = Providers(tmp_path, secrets).get("azure")

    assert azure.ready
    assert azure.base_url == f"{resource}/openai/v1"


def test_an_unknown_provider_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="There is no provider 'nobody'"):
        Providers(tmp_path, {}).get("nobody")


def test_nothing_from_the_environment_reaches_another_provider(
    fake: FakeProvider, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-of-somebody")
    monkeypatch.setenv("OPENAI_ORG_ID", "org-of-somebody")
    monkeypatch.setenv("OPENAI_PROJECT_ID", "proj-of-somebody")
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:9/v1")
    monkeypatch.setenv("OPENAI_CUSTOM_HEADERS", "X-Secret: of-somebody\nAuthorization: Bearer of-somebody")
    providers = Providers(tmp_path, fake.secrets)

    providers.service("compatible").chat("base-1", [{"role": "user", "content": "Hello?"}], None)
    providers.close()

    (request,) = fake.requests
    assert "of-somebody" not in str(request.headers)
    assert request.headers["authorization"] == f"Bearer {KEY}"


def test_reasoning_models_get_no_temperature(fake: FakeProvider, service: Service) -> None:
    for model in ("o4-mini", "ft:o4-mini:acme::1", "gpt-5-mini", "base-1"):
        service.chat(model, [{"role": "user", "content": "Hello?"}], 0.0)

    assert ["temperature" in request.json for request in fake.requests] == [False, False, False, True]


def test_a_temperature_that_is_refused_is_left_out(fake: FakeProvider, service: Service) -> None:
    fake.takes_no_temperature = True

    said = service.chat("deployment-7", [{"role": "user", "content": "Hello?"}], 0.0)

    assert said.text == "You asked: Hello?"
    assert (said.kind, said.input_tokens, said.output_tokens) == ("generated", 11, 5)


def test_settings_stand_where_each_provider_wants_them() -> None:
    assert PROFILES["nebius"].method_style == "hyperparameters"
    assert PROFILES["azure"].bom
    assert not PROFILES["openai"].bom


def test_a_price_counts_tokens_and_an_unknown_one_stays_unknown() -> None:
    mini = price_of("openai", "gpt-4.1-mini-2025-04-14")

    assert training_cost(mini, 1_000_000) == pytest.approx(5.0)
    assert answering_cost(mini, 1_000_000, 1_000_000) == pytest.approx(0.8 + 3.2)
    assert training_cost(mini, None) is None
    assert answering_cost(mini, None, 5) is None
    assert price_of("nebius", "anything") is None
    assert training_cost(None, 5) is None


def test_a_tune_costs_what_its_base_does() -> None:
    assert price_of("openai", "ft:gpt-4.1-mini-2025-04-14:acme::x") == price_of("openai", "gpt-4.1-mini")


def test_a_model_that_stops_is_announced_with_its_day() -> None:
    soon = shutdown_warning("openai", "gpt-4o-2024-08-06", date(2026, 11, 21))
    gone = shutdown_warning("openai", "gpt-4.1-nano-2025-04-14", date(2026, 11, 21))

    assert soon is not None
    assert "14 January 2027, in 54 days" in soon
    assert gone is not None
    assert "stopped on 23 October 2026" in gone
    assert shutdown_warning("local", "reply-picker-minilm", date(2026, 11, 21)) is None
