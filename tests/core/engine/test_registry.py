"""models.toml names Hugging Face models and chat servers; what is wrong with it is told plainly."""

from pathlib import Path

import pytest

from core.engine.registry import DEFAULT_TIMEOUT_SECONDS, ForeignModel, HuggingFaceModel, Registry

GOOD = """
[huggingface.tiny]
path = "/srv/models/tiny"

[huggingface."qwen/small"]
hub = "Qwen/Qwen3-0.6B"
quantised = true

[server.ollama]
base_url = "http://127.0.0.1:11434/v1/"
model = "qwen2.5:7b"
key_variable = "OLLAMA_KEY"
timeout_seconds = 30

[server.plain]
base_url = "https://models.example.org/v1"
"""


@pytest.fixture
def registry(tmp_path: Path) -> Registry:
    return Registry(tmp_path / "models.toml", taken=frozenset({"reply-picker-ngrams"}))


def write(registry: Registry, text: str) -> None:
    """As an editor saves: a new file in the place of the old one."""
    passing = registry.path.with_suffix(".new")
    passing.write_text(text, encoding="utf-8")
    passing.replace(registry.path)


def test_without_a_file_there_are_none_and_nothing_is_wrong(registry: Registry) -> None:
    assert registry.listing.huggingface == {}
    assert registry.listing.foreign == {}
    assert registry.trouble == ""


def test_the_owner_names_models_and_servers(registry: Registry) -> None:
    write(registry, GOOD)

    assert registry.trouble == ""
    assert dict(registry.listing.huggingface) == {
        "tiny": HuggingFaceModel("tiny", Path("/srv/models/tiny"), None, quantised=False),
        "qwen/small": HuggingFaceModel("qwen/small", None, "Qwen/Qwen3-0.6B", quantised=True),
    }
    assert dict(registry.listing.foreign) == {
        "ollama": ForeignModel("ollama", "http://127.0.0.1:11434/v1", "qwen2.5:7b", "OLLAMA_KEY", 30.0),
        "plain": ForeignModel(
            "plain", "https://models.example.org/v1", "plain", None, DEFAULT_TIMEOUT_SECONDS
        ),
    }


def test_a_changed_file_is_read_again(registry: Registry) -> None:
    write(registry, GOOD)
    assert "ollama" in registry.listing.foreign

    write(registry, '[server.other]\nbase_url = "http://localhost:1/v1"\n')
    assert set(registry.listing.foreign) == {"other"}
    assert registry.listing.huggingface == {}

    registry.path.unlink()
    assert registry.listing.foreign == {}


def test_a_broken_file_keeps_the_models_listed_so_far(registry: Registry) -> None:
    write(registry, GOOD)
    before = registry.listing

    write(registry, GOOD + "\n[server.late\n")
    assert registry.listing == before
    assert str(registry.path) in registry.trouble
    assert "line 18" in registry.trouble
    assert "kept" in registry.trouble

    write(registry, GOOD)
    assert registry.trouble == ""


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("[servers.a]", "[servers]"),
        ("server = 3", "server must hold tables"),
        ("server.a = 3", "[server.a] must be a table"),
        ("[server.a]", "[server.a] base_url is missing"),
        ('[server.a]\nbase_url = "ftp://x/v1"', "[server.a] base_url"),
        ('[server.a]\nbase_url = "http://me:secret@x/v1"', "[server.a] base_url"),
        ('[server.a]\nbase_url = "http://x/v1?key=secret"', "[server.a] base_url"),
        ('[server.a]\nbase_url = "http://x:99999/v1"', "[server.a] base_url"),
        ('[server.a]\nbase_url = "http://a b/v1"', "[server.a] base_url"),
        ('[server.a]\nbase_url = "http:///v1"', "[server.a] base_url"),
        ('[server.a]\nbase-url = "http://x/v1"', "[server.a] base-url"),
        ('[server.a]\nbase_url = "http://x/v1"\nmodel = 3', "[server.a] model"),
        ('[server.a]\nbase_url = "http://x/v1"\nkey_variable = "sk-secret"', "[server.a] key_variable"),
        ('[server.a]\nbase_url = "http://x/v1"\ntimeout_seconds = 0', "[server.a] timeout_seconds"),
        ('[server.a]\nbase_url = "http://x/v1"\ntimeout_seconds = true', "[server.a] timeout_seconds"),
        ('[server.a]\nbase_url = "http://x/v1"\ntimeout_seconds = inf', "[server.a] timeout_seconds"),
        ('[server."a b"]\nbase_url = "http://x/v1"', "[server.a b] has an id that will not do"),
        ('[server."../up"]\nbase_url = "http://x/v1"', "[server.../up] has an id that will not do"),
        ('[server."ft:a"]\nbase_url = "http://x/v1"', "[server.ft:a] has an id that will not do"),
        ('[server.reply-picker-ngrams]\nbase_url = "http://x/v1"', "another model has already"),
        ('[huggingface.a]\npath = "/a"\n[server.a]\nbase_url = "http://x/v1"', "[server.a] has an id"),
        ("[huggingface.a]", "[huggingface.a] needs either path"),
        ('[huggingface.a]\npath = "/a"\nhub = "a/b"', "[huggingface.a] needs either path"),
        ('[huggingface.a]\npath = "models/a"', "[huggingface.a] path"),
        ('[huggingface.a]\nhub = "../../etc"', "[huggingface.a] hub"),
        ('[huggingface.a]\npath = "/a"\nquantised = "yes"', "[huggingface.a] quantised"),
    ],
)
def test_what_is_wrong_is_told_with_its_table_and_key(registry: Registry, text: str, place: str) -> None:
    write(registry, text)

    assert registry.listing.foreign == {}
    assert place in registry.trouble
    assert "secret" not in registry.trouble


def test_a_file_that_is_no_text_is_only_a_trouble(registry: Registry) -> None:
    registry.path.write_bytes(b"\xff\xfe\x00")

    assert registry.listing.foreign == {}
    assert "cannot be read" in registry.trouble
