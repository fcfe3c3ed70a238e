"""The engine's door: by its own names, with the key, in measure; and the key is nobody else's business."""

from collections.abc import Iterator
from pathlib import Path

import httpx2
import openai
import pytest

from tests.conformance.openai_spec import SpecCheck
from tests.core.engine.running import NGRAMS, RunningEngine, ask, chat_file, train
from tests.core.engine.shop import TAUGHT

MIB = 2**20
LONG_KEY = "a-key-that-somebody-chose-carefully"


def test_a_wrong_key_opens_nothing(engine: RunningEngine) -> None:
    stranger = engine.client(key="sk-wrong")

    with pytest.raises(openai.AuthenticationError) as refused:
        stranger.models.list()
    with pytest.raises(openai.AuthenticationError):
        stranger.files.create(file=("a.jsonl", chat_file(TAUGHT)), purpose="fine-tune")

    assert refused.value.code == "invalid_api_key"


@pytest.mark.parametrize(
    "header", [None, "", "Bearer", "Basic {key}", "{key}", "Bearer {key}x", "Bearer x{key}"]
)
def test_only_the_whole_key_opens(engine: RunningEngine, header: str | None) -> None:
    headers = {} if header is None else {"authorization": header.format(key=engine.key)}
    answer = httpx2.get(f"{engine.base_url}/models", headers=headers)

    assert answer.status_code == 401
    assert answer.json()["error"]["code"] == "invalid_api_key"
    assert answer.headers["www-authenticate"] == "Bearer"


@pytest.mark.parametrize("path", ["/v1/models", "/v1/files", "/v1/nothing", "/docs", "/openapi.json"])
def test_without_a_key_nobody_learns_what_there_is(engine: RunningEngine, path: str) -> None:
    answer = httpx2.get(engine.base_url.removesuffix("/v1") + path)

    assert answer.status_code == 401


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:8642", "127.0.0.1.evil.example", "localhost.evil", ""]
)
@pytest.mark.parametrize("path", ["/", "/health", "/v1/models"])
def test_a_name_that_is_not_its_own_leads_nowhere(engine: RunningEngine, host: str, path: str) -> None:
    """A web page can point its own name at this machine: what the browser then sends is that name."""
    headers = {"host": host, "authorization": f"Bearer {engine.key}"}
    answer = httpx2.get(engine.base_url.removesuffix("/v1") + path, headers=headers)

    assert answer.status_code == 403
    assert answer.json()["error"]["code"] == "host_not_allowed"
    assert "--allow-host" in answer.json()["error"]["message"]


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:1", "127.0.0.1", "[::1]:8642"])
def test_it_answers_to_the_names_of_this_machine(engine: RunningEngine, host: str) -> None:
    answer = httpx2.get(engine.base_url.removesuffix("/v1") + "/health", headers={"host": host})

    assert answer.json() == {"status": "ok"}


def test_no_page_of_the_web_may_read_an_answer(engine: RunningEngine) -> None:
    headers = {"origin": "https://evil.example", "authorization": f"Bearer {engine.key}"}
    answer = httpx2.get(f"{engine.base_url}/models", headers=headers)
    asked_first = httpx2.options(f"{engine.base_url}/models", headers=headers)

    for response in (answer, asked_first):
        assert not [name for name in response.headers if name.startswith("access-control")]


def test_a_request_that_is_too_large_is_refused_whether_it_says_so_or_not(engine: RunningEngine) -> None:
    headers = {"authorization": f"Bearer {engine.key}"}

    def unsaid() -> Iterator[bytes]:
        for _ in range(9):
            yield b" " * MIB

    for content in (b" " * (9 * MIB), unsaid()):
        answer = httpx2.post(f"{engine.base_url}/chat/completions", headers=headers, content=content)
        assert answer.status_code == 413
        assert answer.json()["error"]["code"] == "request_too_large"


def test_what_is_not_done_here_says_what_is(engine: RunningEngine) -> None:
    headers = {"authorization": f"Bearer {engine.key}"}
    answer = httpx2.request("PATCH", f"{engine.base_url}/files", headers=headers)

    assert answer.status_code == 405
    assert answer.headers["allow"] == "GET, POST"
    assert answer.json()["error"]["code"] == "method_not_allowed"


def test_every_answer_has_a_name_for_its_request(engine: RunningEngine) -> None:
    headers = {"authorization": f"Bearer {engine.key}"}
    answers = [
        httpx2.get(f"{engine.base_url}/models", headers=headers),
        httpx2.get(f"{engine.base_url}/models/nowhere", headers=headers),
        httpx2.get(f"{engine.base_url}/models"),
    ]

    names = [answer.headers["x-request-id"] for answer in answers]
    assert all(name.startswith("req_") for name in names)
    assert len(set(names)) == len(answers)


def test_who_asks_too_fast_is_told_when_to_come_again(tmp_path: Path) -> None:
    check = SpecCheck.where_available()
    engine = RunningEngine(tmp_path, [check] if check else [], ("--requests-per-minute", "10")).start()
    client = engine.client()

    for _ in range(10):
        client.models.list()
    with pytest.raises(openai.RateLimitError, match="More than 10 requests a minute") as refused:
        client.models.list()

    assert refused.value.code == "rate_limit_exceeded"
    assert 1 <= int(refused.value.response.headers["retry-after"]) <= 6
    with pytest.raises(openai.AuthenticationError):
        engine.client(key="sk-wrong").models.list()
    assert httpx2.get(engine.base_url.removesuffix("/v1") + "/health").status_code == 200
    assert check is None or check.violations == []
    engine.stop()


def test_a_client_that_waits_as_told_gets_its_answer(tmp_path: Path) -> None:
    engine = RunningEngine(tmp_path, options=("--requests-per-minute", "60")).start()
    patient = engine.client().with_options(max_retries=3)

    assert all(patient.models.list().data for _ in range(62))
    engine.stop()


def test_the_key_is_written_nowhere(tmp_path: Path) -> None:
    engine = RunningEngine(tmp_path, environment={"TOUCHSTONE_ENGINE_KEY": LONG_KEY}).start()
    client = engine.client(key=LONG_KEY)
    job = train(client, chat_file(TAUGHT))
    assert job.fine_tuned_model is not None
    ask(client, job.fine_tuned_model, "Where is my parcel?")
    with pytest.raises(openai.NotFoundError):
        ask(client, "gpt-4o", "hello")
    with pytest.raises(openai.NotFoundError):
        client.get(f"/{LONG_KEY}", cast_to=object)
    train(client, b"{}")
    assert httpx2.get(f"{engine.base_url}/models?key={LONG_KEY}").status_code == 401
    process = Path(f"/proc/{engine.process.pid}/cmdline")
    assert not process.exists() or LONG_KEY.encode() not in process.read_bytes()
    engine.stop()

    written = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert {"engine.log", "engine.sqlite"} <= {path.name for path in written}
    assert [path for path in written if LONG_KEY.encode() in path.read_bytes()] == []


def test_a_name_that_was_allowed_is_answered_to(tmp_path: Path) -> None:
    engine = RunningEngine(tmp_path, options=("--allow-host", "models.example")).start()
    health = engine.base_url.removesuffix("/v1") + "/health"

    assert httpx2.get(health, headers={"host": "models.example"}).status_code == 200
    assert httpx2.get(health, headers={"host": "other.example"}).status_code == 403
    assert NGRAMS in {model.id for model in engine.client().models.list().data}
    engine.stop()
