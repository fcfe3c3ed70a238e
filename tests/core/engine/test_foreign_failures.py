"""Another server that fails: it is told which one, what it said and what to do, and the engine goes on."""

import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import httpx2
import openai
import pytest

from tests.core.engine.foreign_server import (
    SAID,
    FakeServer,
    Reply,
    Talk,
    answers,
    chunk,
    completes,
    event,
    hangs_up,
    listening,
    names_server,
    streams,
)
from tests.core.engine.running import NGRAMS, RunningEngine, ask, chat_file, upload
from tests.core.engine.shop import TAUGHT

QUESTION: Any = [{"role": "user", "content": "May I bring pork?"}]
KEY = "there-is-no-such-key"
TRACE = 'Traceback (most recent call last):\n  File "/srv/app.py", line 3\nKeyError: 4'
LITTLE_PATIENCE = 2
MUCH_PATIENCE = 60


def waits(talk: Talk) -> None:
    """Says nothing until the other side gives up."""
    talk.connection.settimeout(120)
    talk.connection.recv(1)


@pytest.mark.parametrize(
    ("reply", "status", "sentence"),
    [
        (answers(500, "Internal Server Error", "text/plain"), 502, "status 500: Internal Server Error."),
        (answers(404, '{"detail": "Not Found"}'), 502, "status 404: Not Found. Look at base_url and model"),
        (answers(422, '{"detail": [{"loc": ["top_k"], "msg": "Unexpected"}]}'), 400, "422): Unexpected."),
        (
            answers(400, '{"error": {"message": "9000 tokens are too many"}}'),
            400,
            "9000 tokens are too many.",
        ),
        (answers(401, '{"error": "no"}'), 502, "The key it wants is named by key_variable"),
        (answers(429, '{"error": {"message": "Slow down"}}', retry_after="7"), 429, "Slow down."),
        (answers(503, '{"message": "Loading model"}'), 502, "Loading model. Ask again later."),
        (answers(500, TRACE, "text/plain"), 502, "answered with status 500. Its own log may say more."),
        (answers(500, json.dumps({"error": TRACE})), 502, "answered with status 500. Its own log"),
        (answers(500, f"wrong key {KEY}!", "text/plain"), 502, "wrong key [key]!"),
        (answers(500, "x\x00\n" * 1000, "text/plain"), 502, "x x x"),
        (answers(502, "<html><h1>Bad gateway</h1></html>", "text/html"), 502, "a web page"),
        (answers(200, "<!DOCTYPE html><p>Welcome", "text/html"), 502, "a web page"),
        (answers(200, ""), 502, "nothing"),
        (answers(200, "[]"), 502, "something else than the protocol's JSON"),
        (answers(200, "{}"), 502, "holds no chat answer"),
        (answers(200, '{"choices": []}'), 502, "holds no chat answer"),
        (answers(200, '{"choices": {"message": 3}}'), 502, "holds no chat answer"),
        (answers(200, '{"error": {"message": "out of memory"}}'), 502, "out of memory"),
        (answers(200, '{"choices": [{"finish_reason": "abort", "message": {}}]}'), 502, "gave up"),
        (answers(200, "[" * 100_000), 502, "something else than the protocol's JSON"),
        (answers(200, b"\x1f\x8b", content_encoding="gzip"), 502, "packed its answer"),
        (answers(200, b"x" * (9 * 2**20)), 502, "more than 8 MiB"),
        (answers(307, "", location="http://169.254.169.254/v1"), 502, "the engine follows none"),
        (streams(chunk("half an")), 502, "broke off in the middle"),
        (hangs_up, 502, "broke the connection off"),
        (waits, 504, "silent for 2 s"),
    ],
)
def test_a_server_that_fails_is_told_in_a_sentence(
    engine: RunningEngine, client: openai.OpenAI, reply: Reply, status: int, sentence: str
) -> None:
    with listening(reply) as server:
        names_server(
            engine.home,
            server.base_url,
            key_variable="TOUCHSTONE_TEST_SERVER_KEY",
            timeout_seconds=LITTLE_PATIENCE if reply is waits else MUCH_PATIENCE,
        )
        with pytest.raises(openai.APIStatusError) as failure:
            client.chat.completions.create(model="elsewhere", messages=QUESTION)

    told = json.loads(failure.value.response.text)["error"]["message"]
    assert failure.value.status_code == status
    assert sentence in told
    assert told.startswith(f"The server of elsewhere (127.0.0.1:{server.port})")
    assert len(told) < 500
    assert KEY not in told
    assert "Traceback" not in told


def test_a_number_that_no_server_could_read_is_refused(engine: RunningEngine, client: openai.OpenAI) -> None:
    body = (
        b'{"model": "elsewhere", "messages": [{"role": "user", "content": "x"}], "logit_bias": {"1": 1e999}}'
    )
    with listening(completes()) as server:
        names_server(engine.home, server.base_url)
        with pytest.raises(openai.BadRequestError) as refused:
            client.post("/chat/completions", content=body, cast_to=object)

    assert refused.value.param == "logit_bias"
    assert server.seen == []


def test_too_many_requests_say_when_to_come_again(engine: RunningEngine, client: openai.OpenAI) -> None:
    with listening(answers(429, "{}", retry_after="7")) as server:
        names_server(engine.home, server.base_url)
        with pytest.raises(openai.RateLimitError) as busy:
            client.chat.completions.create(model="elsewhere", messages=QUESTION)

    assert busy.value.response.headers["retry-after"] == "7"


def test_a_server_that_is_not_there_is_told(engine: RunningEngine, client: openai.OpenAI) -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        names_server(engine.home, f"http://127.0.0.1:{nobody.getsockname()[1]}/v1")
        with pytest.raises(openai.APIStatusError, match="cannot be reached") as failure:
            client.chat.completions.create(model="elsewhere", messages=QUESTION)
        with pytest.raises(openai.APIStatusError, match="cannot be reached"):
            client.chat.completions.create(model="elsewhere", messages=QUESTION, stream=True)

    assert failure.value.status_code == 502


def test_a_redirect_leads_nowhere(engine: RunningEngine, client: openai.OpenAI) -> None:
    with listening(completes()) as inner, listening(answers(308, "", location=inner.base_url)) as outer:
        names_server(engine.home, outer.base_url)
        with pytest.raises(openai.APIStatusError):
            client.chat.completions.create(model="elsewhere", messages=QUESTION)

    assert inner.seen == []


def test_a_missing_key_is_named_by_its_variable(engine: RunningEngine, client: openai.OpenAI) -> None:
    with listening(completes()) as server:
        names_server(engine.home, server.base_url, key_variable="TOUCHSTONE_TEST_NOT_SET")
        with pytest.raises(openai.APIStatusError, match="set TOUCHSTONE_TEST_NOT_SET") as failure:
            client.chat.completions.create(model="elsewhere", messages=QUESTION)

    assert failure.value.status_code == 503
    assert server.seen == []


@pytest.mark.parametrize(
    ("reply", "patience", "sentence"),
    [
        (streams(chunk("half an")), MUCH_PATIENCE, "broke off in the middle"),
        (
            streams(chunk("half an"), b"data: {broken\n\n"),
            MUCH_PATIENCE,
            "something else than the protocol's JSON: {broken",
        ),
        (streams(chunk("half an"), b'data: {"error": "out of memory"}\n\n'), MUCH_PATIENCE, "out of memory"),
        (streams(chunk("half an"), event({"error": {"message": TRACE}})), MUCH_PATIENCE, "met an error"),
        (streams(chunk("half an"), chunk(finish="error")), MUCH_PATIENCE, "gave up"),
        (streams(chunk("half an"), then=waits), LITTLE_PATIENCE, "silent for 2 s"),
    ],
)
def test_a_stream_that_breaks_ends_with_an_error_and_is_not_begun_again(
    engine: RunningEngine, plain: openai.OpenAI, reply: Reply, patience: int, sentence: str
) -> None:
    with listening(reply) as server:
        names_server(engine.home, server.base_url, timeout_seconds=patience)
        text: list[str | None] = []
        stream = plain.chat.completions.create(model="elsewhere", messages=QUESTION, stream=True)
        with pytest.raises(openai.APIError, match=sentence) as failure:
            text.extend(one.choices[0].delta.content for one in stream)

    assert "".join(filter(None, text)) == "half an"
    assert "Traceback" not in str(failure.value)
    assert len(server.seen) == 1


@pytest.mark.parametrize(
    "reply", [answers(500, "no", "text/plain"), hangs_up, streams(event({"error": "no"}))]
)
def test_a_stream_that_never_begins_is_refused_by_its_status(
    engine: RunningEngine, client: openai.OpenAI, reply: Reply
) -> None:
    with listening(reply) as server:
        names_server(engine.home, server.base_url)
        with pytest.raises(openai.APIStatusError) as failure:
            client.chat.completions.create(model="elsewhere", messages=QUESTION, stream=True)

    assert failure.value.status_code == 502
    assert len(server.seen) == 1


def test_a_stream_that_said_why_it_ends_is_not_waited_for(
    engine: RunningEngine, client: openai.OpenAI
) -> None:
    with listening(streams(chunk(SAID), chunk(finish="stop"), then=waits)) as server:
        names_server(engine.home, server.base_url, timeout_seconds=3600)
        stream = client.chat.completions.create(model="elsewhere", messages=QUESTION, stream=True)
        text = "".join(one.choices[0].delta.content or "" for one in stream)

    assert text == SAID


@pytest.mark.parametrize("stream", [True, False])
@pytest.mark.parametrize("begun", [True, False])
def test_a_client_that_hangs_up_ends_the_question_there_too(
    engine: RunningEngine, client: openai.OpenAI, *, stream: bool, begun: bool
) -> None:
    ended = threading.Event()

    def notices(talk: Talk) -> None:
        talk.connection.settimeout(120)
        if talk.connection.recv(1) == b"":
            ended.set()

    with listening(streams(*[chunk("half an")] * begun, then=notices)) as server:
        names_server(engine.home, server.base_url, timeout_seconds=3600)
        with _asking(engine, stream=stream) as wire:
            _wait_until_asked(server, 1)
            if begun and stream:
                assert wire.recv(1) == b"H"

        assert ended.wait(30)
    assert ask(client, NGRAMS, "hello")[1]["kind"] == "reply_picker"


def test_a_slow_server_keeps_nobody_else_waiting(engine: RunningEngine, client: openai.OpenAI) -> None:
    many = 60
    with listening(waits) as server, ExitStack() as callers:
        names_server(engine.home, server.base_url, timeout_seconds=3600)
        for _ in range(many):
            callers.enter_context(_asking(engine))
        _wait_until_asked(server, many)

        assert ask(client, NGRAMS, "hello")[1]["kind"] == "reply_picker"


def test_a_foreign_model_cannot_be_tuned_or_deleted(engine: RunningEngine, client: openai.OpenAI) -> None:
    names_server(engine.home, "http://127.0.0.1:9/v1")
    file = upload(client, chat_file(TAUGHT))

    with pytest.raises(openai.BadRequestError, match="runs on the server") as tuned:
        client.fine_tuning.jobs.create(model="elsewhere", training_file=file)
    with pytest.raises(openai.PermissionDeniedError, match="take it out"):
        client.models.delete("elsewhere")
    with pytest.raises(openai.BadRequestError):
        client.embeddings.create(model="elsewhere", input="x")

    assert tuned.value.param == "model"


def test_foreign_models_are_listed_by_their_server(engine: RunningEngine, client: openai.OpenAI) -> None:
    names_server(engine.home, "http://127.0.0.1:9/v1")

    assert client.models.retrieve("elsewhere").owned_by == "127.0.0.1:9"
    assert {model.id: model.owned_by for model in client.models.list()}["elsewhere"] == "127.0.0.1:9"


def test_a_broken_list_is_told_and_changes_nothing(engine: RunningEngine, client: openai.OpenAI) -> None:
    with listening(completes()) as server:
        names_server(engine.home, server.base_url)
        client.models.retrieve("elsewhere")
        (engine.home / "engine" / "models.toml").write_text("[server.elsewhere]\n", encoding="utf-8")

        answer = client.chat.completions.create(model="elsewhere", messages=QUESTION)
        listed = client.models.list()
        with pytest.raises(openai.NotFoundError, match=r"\[server.elsewhere\] base_url is missing"):
            ask(client, "another", "hello")

    assert answer.choices[0].message.content == SAID
    assert "[server.elsewhere] base_url" in str(listed.to_dict()["touchstone"])


@contextmanager
def _asking(engine: RunningEngine, *, stream: bool = False) -> Iterator[socket.socket]:
    """A question over a connection of its own, which is closed when the block is left."""
    port = int(engine.base_url.split(":")[2].split("/")[0])
    body = json.dumps({"model": "elsewhere", "messages": QUESTION, "stream": stream}).encode("utf-8")
    head = (
        "POST /v1/chat/completions HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
        f"Authorization: Bearer {engine.key}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    with socket.create_connection(("127.0.0.1", port)) as wire:
        wire.sendall(head.encode("ascii") + body)
        yield wire


def _wait_until_asked(server: FakeServer, times: int) -> None:
    deadline = time.monotonic() + 60
    while len(server.seen) < times and time.monotonic() < deadline:
        time.sleep(0.01)
    assert len(server.seen) == times


@pytest.fixture
def plain(engine: RunningEngine) -> Iterator[openai.OpenAI]:
    """A client whose responses are not held against the description: a stream may break."""
    http = httpx2.Client(trust_env=False)
    with openai.OpenAI(base_url=engine.base_url, api_key=engine.key, http_client=http, max_retries=0) as made:
        yield made


@pytest.fixture(scope="module", autouse=True)
def own_key() -> Iterator[None]:
    """The key of the other server, in the engine's environment."""
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("TOUCHSTONE_TEST_SERVER_KEY", KEY)
        yield
