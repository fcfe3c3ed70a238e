"""The local engine is there when it is needed: found, started, started again, never twice."""

import json
import os
import signal
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import pytest
from openai.types.chat import ChatCompletionMessageParam

from core.errors import ProviderFailed
from core.providers.local import Address, LocalEngine
from core.providers.providers import Providers
from tests.core.providers.fake_provider import KEY, FakeProvider


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("local") / "home"
    yield folder
    with suppress(OSError, ValueError):
        os.kill(process_of(folder), signal.SIGTERM)


def process_of(home: Path) -> int:
    return int(json.loads((home / "engine" / "server.json").read_text())["pid"])


def test_many_who_need_it_at_once_get_one_engine(home: Path) -> None:
    engine = LocalEngine(home, {})

    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda _: engine.address(), range(4)))

    assert len({address.base_url for address in found}) == 1


def test_an_engine_that_runs_is_found_by_another_process(home: Path) -> None:
    first = LocalEngine(home, {}).address()

    assert LocalEngine(home, {}).address() == first


def test_a_dead_engine_is_started_again(home: Path) -> None:
    engine = LocalEngine(home, {})
    engine.address()
    dead = process_of(home)
    os.kill(dead, signal.SIGKILL)
    time.sleep(0.1)

    providers = Providers(home, {})
    models = providers.service("local").models()
    providers.close()

    assert process_of(home) != dead
    assert "reply-picker-ngrams" in models


def test_the_models_to_tune_are_those_on_this_machine(home: Path) -> None:
    providers = Providers(home, {})

    assert "reply-picker-ngrams" in providers.base_models("local")
    assert providers.base_models("compatible") == ()
    providers.close()


def test_an_engine_started_here_has_the_key_that_its_owner_named_for_another_server(
    tmp_path: Path, fake: FakeProvider
) -> None:
    address = fake.secrets["TOUCHSTONE_PROVIDER_BASE_URL"]
    (tmp_path / "engine").mkdir()
    (tmp_path / "engine" / "models.toml").write_text(
        f'[server.shop]\nbase_url = "{address}"\nkey_variable = "SHOP_KEY"\n'
    )
    providers = Providers(tmp_path, {"SHOP_KEY": KEY})
    question: list[ChatCompletionMessageParam] = [{"role": "user", "content": "Where?"}]

    said = providers.service("local").chat("shop", question, None)

    assert said.text == "You asked: Where?"
    providers.close()
    os.kill(process_of(tmp_path), signal.SIGTERM)


def test_the_key_is_not_in_what_an_address_shows() -> None:
    assert "secret" not in repr(Address("http://127.0.0.1:1/v1", "secret"))


def test_an_engine_that_cannot_start_says_so_in_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "engine").write_text("not a folder")

    with pytest.raises(ProviderFailed, match="The local engine did not start") as failed:
        LocalEngine(tmp_path, {}).address()

    assert "Your data is unchanged" in str(failed.value)


def test_an_engine_that_ends_at_once_says_why(tmp_path: Path) -> None:
    folder = tmp_path / "home" / "engine"
    folder.mkdir(parents=True)
    (folder / "engine.sqlite").write_text("this is not a database, it is a text of many words " * 100)

    with pytest.raises(ProviderFailed, match="The local engine did not start: ") as failed:
        LocalEngine(tmp_path / "home", {}).address()

    assert str(folder / "engine.log") in str(failed.value)
