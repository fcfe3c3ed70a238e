"""How an engine may be started: open to nobody by accident, with a log that holds no key and no text."""

import logging
from collections.abc import Iterator
from logging.handlers import RotatingFileHandler
from pathlib import Path

import pytest

from core.engine.choices import chosen_settings
from core.engine.errors import EngineRefused
from core.engine.log import open_log
from core.engine.settings import Settings
from tests.core.engine.running import EngineOf, chat_file, train
from tests.core.engine.shop import TAUGHT

EVERYWHERE = "0.0.0.0"  # noqa: S104 - what is tested is that it wants a key
KEY = "a-key-that-somebody-chose"


def test_nothing_chosen_means_this_machine_alone() -> None:
    settings = chosen_settings({}, {})

    assert settings == Settings()
    assert settings.host == "127.0.0.1"


def test_the_command_line_goes_before_the_environment() -> None:
    environment = {"TOUCHSTONE_ENGINE_SLOTS": "3", "TOUCHSTONE_ENGINE_HOSTS": "Models.example, other"}

    assert chosen_settings({}, environment).slots == 3
    assert chosen_settings({"slots": 2}, environment).slots == 2
    assert chosen_settings({}, environment).limits.hosts == {"models.example", "other"}


@pytest.mark.parametrize(
    ("given", "environment"),
    [
        ({"slots": 0}, {}),
        ({"slots": 17}, {}),
        ({"silent_minutes": 0.0}, {}),
        ({}, {"TOUCHSTONE_ENGINE_SLOTS": "many"}),
        ({}, {"TOUCHSTONE_ENGINE_REQUESTS_PER_MINUTE": "-1"}),
        ({"batch_slots": 0}, {}),
    ],
)
def test_what_cannot_be_meant_is_refused(given: dict[str, object], environment: dict[str, str]) -> None:
    with pytest.raises(EngineRefused):
        chosen_settings(given, environment)


@pytest.mark.parametrize("host", [EVERYWHERE, "::", "192.168.1.7", "models.example"])
def test_others_are_let_in_only_with_a_key_that_somebody_chose(
    host: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("TOUCHSTONE_ENGINE_KEY", raising=False)
    with pytest.raises(EngineRefused, match="Choose a key"):
        chosen_settings({"host": host}, {})
    monkeypatch.setenv("TOUCHSTONE_ENGINE_KEY", "short")
    with pytest.raises(EngineRefused, match="at least 16 characters"):
        chosen_settings({"host": host}, {})

    monkeypatch.setenv("TOUCHSTONE_ENGINE_KEY", KEY)

    assert chosen_settings({"host": host}, {}).host == host


def test_an_engine_open_to_others_tells_this_machine_where_it_is(tmp_path: Path, engine_of: EngineOf) -> None:
    options = ("--host", EVERYWHERE)
    engine = engine_of(tmp_path, options=options, environment={"TOUCHSTONE_ENGINE_KEY": KEY}).start()

    assert engine.base_url.startswith("http://127.0.0.1:")
    assert engine.client(KEY).models.list().data
    assert engine.stop() == 0


def test_an_engine_open_to_others_without_a_key_does_not_start(tmp_path: Path, engine_of: EngineOf) -> None:
    said = engine_of(tmp_path, options=("--host", EVERYWHERE)).refused()

    assert said.count("\n") == 1
    assert "Choose a key" in said
    assert not (tmp_path / "engine" / "key").exists()


def test_the_log_holds_neither_key_nor_text(tmp_path: Path, engine_of: EngineOf) -> None:
    engine = engine_of(tmp_path).start()
    client = engine.client()
    train(client, chat_file(TAUGHT))
    train(client, b'{"messages": "a secret of a customer"}\n')
    engine.kill()
    engine.start()
    key = engine.key
    assert engine.stop() == 0

    logged = (tmp_path / "engine" / "engine.log").read_text(encoding="utf-8")

    assert logged
    assert key not in logged
    assert "secret" not in logged
    assert "parcel" not in logged


@pytest.fixture
def root_log() -> Iterator[None]:
    root = logging.getLogger()
    level = root.level
    yield
    for handler in [handler for handler in root.handlers if isinstance(handler, RotatingFileHandler)]:
        root.removeHandler(handler)
        handler.close()
    root.setLevel(level)


@pytest.mark.usefixtures("root_log")
def test_an_error_in_the_log_says_where_but_not_what_a_user_wrote(tmp_path: Path) -> None:
    open_log(tmp_path / "engine.log", KEY, 10_000, 1)
    error = ValueError("a secret of a customer")
    error.__cause__ = OSError(28, "No space left on device")
    try:
        raise error
    except ValueError:
        logging.getLogger("touchstone.engine").exception("Somebody with %s failed", KEY)

    logged = (tmp_path / "engine.log").read_text(encoding="utf-8")

    assert "test_engine_settings.py" in logged
    assert "ValueError" in logged
    assert "No space left on device" in logged
    assert "secret" not in logged
    assert KEY not in logged


@pytest.mark.usefixtures("root_log")
def test_the_log_never_grows_beyond_its_files(tmp_path: Path) -> None:
    open_log(tmp_path / "engine.log", KEY, 2_000, 2)
    for number in range(500):
        logging.getLogger("touchstone.engine").info("Line %d", number)

    files = sorted(path.name for path in tmp_path.iterdir())

    assert files == ["engine.log", "engine.log.1", "engine.log.2"]
    assert all(path.stat().st_size <= 2_000 for path in tmp_path.iterdir())
