"""A model that another server runs: whatever that server leaves out or adds, the answer is the protocol's."""

import json
from collections.abc import Iterator
from typing import Any

import openai
import pytest
from openai.types.chat import ChatCompletion

from tests.core.engine.foreign_server import (
    SAID,
    USAGE,
    FakeServer,
    Reply,
    answers,
    chunk,
    completes,
    event,
    hangs_up,
    listening,
    names_server,
    streams,
)
from tests.core.engine.running import RunningEngine

QUESTION: Any = [{"role": "user", "content": "May I bring pork?"}]


def asked(engine: RunningEngine, client: openai.OpenAI, server: FakeServer) -> ChatCompletion:
    names_server(engine.home, server.base_url, model="there-7b")
    return client.chat.completions.create(model="elsewhere", messages=QUESTION)


def test_the_least_of_an_answer_is_made_whole(engine: RunningEngine, client: openai.OpenAI) -> None:
    with listening(completes(model="somebody/there-7b@main")) as server:
        answer = asked(engine, client, server)

    assert answer.model == "elsewhere"
    assert answer.id.startswith("chatcmpl-")
    assert answer.choices[0].message.content == SAID
    assert answer.choices[0].finish_reason == "stop"
    assert answer.choices[0].to_dict()["logprobs"] is None
    assert answer.choices[0].message.to_dict()["refusal"] is None
    assert answer.to_dict()["touchstone"] == {
        "kind": "foreign",
        "server": server.base_url.split("/")[2],
        "model": "somebody/there-7b@main",
    }


@pytest.mark.parametrize(
    ("usage", "counted"),
    [
        (USAGE, (7, 5, 12)),
        ({"prompt_tokens": 7, "completion_tokens": 5}, (7, 5, 12)),
        (None, None),
        ({}, None),
        ({"prompt_tokens": 7}, None),
        ({"prompt_tokens": 7, "completion_tokens": -5}, None),
        ({"prompt_tokens": "7", "completion_tokens": True}, None),
        ("many", None),
    ],
)
def test_tokens_nobody_counted_stay_unknown(
    engine: RunningEngine, client: openai.OpenAI, usage: Any, counted: tuple[int, int, int] | None
) -> None:
    with listening(completes(usage=usage)) as server:
        answer = asked(engine, client, server)

    found = answer.usage
    assert (found and (found.prompt_tokens, found.completion_tokens, found.total_tokens)) == counted
    assert counted is not None or "usage" not in answer.to_dict()


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (None, ""),
        ("", ""),
        ([{"type": "text", "text": "Leave "}, {"type": "text", "text": "it."}], "Leave it."),
        ("half \ud83d a sign", "half \ufffd a sign"),
        ("\ud83d\ude00", "😀"),
        (7, ""),
    ],
)
def test_content_of_every_shape_becomes_text(
    engine: RunningEngine, client: openai.OpenAI, content: Any, text: str
) -> None:
    with listening(completes(content)) as server:
        assert asked(engine, client, server).choices[0].message.content == text


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("length", "length"),
        ("max_tokens", "length"),
        ("content_filter", "content_filter"),
        ("eos", "stop"),
        ("tool_calls", "stop"),
        (None, "stop"),
        (3, "stop"),
    ],
)
def test_an_answer_ends_for_a_reason_the_protocol_knows(
    engine: RunningEngine, client: openai.OpenAI, said: Any, told: str
) -> None:
    choice = {"message": {"content": SAID}, "finish_reason": said}
    with listening(answers(200, json.dumps({"choices": [choice]}))) as server:
        assert asked(engine, client, server).choices[0].finish_reason == told


def test_a_server_that_streams_though_nobody_asked_is_understood(
    engine: RunningEngine, client: openai.OpenAI
) -> None:
    with listening(streams(chunk("Leave "), chunk("it."), chunk(finish="stop", usage=USAGE))) as server:
        answer = asked(engine, client, server)

    assert answer.choices[0].message.content == "Leave it."
    assert answer.usage is not None


def test_a_connection_that_fails_is_tried_once_more(engine: RunningEngine, client: openai.OpenAI) -> None:
    with listening(hangs_up, completes()) as server:
        answer = asked(engine, client, server)

    assert answer.choices[0].message.content == SAID
    assert len(server.seen) == 2


def test_what_is_sent_on_is_the_question_and_nothing_of_ours(
    engine: RunningEngine, client: openai.OpenAI, own_key: str
) -> None:
    talk: Any = [
        {"role": "developer", "content": "Be kind."},
        {"role": "user", "content": [{"type": "text", "text": "May I "}, {"type": "text", "text": "come?"}]},
    ]
    with listening(completes()) as server:
        names_server(
            engine.home, server.base_url, model="there-7b", key_variable="TOUCHSTONE_TEST_SERVER_KEY"
        )
        client.chat.completions.create(model="elsewhere", messages=talk)

    sent = server.seen[0]
    assert sent.path == "/v1/chat/completions"
    assert sent.header("authorization") == f"Bearer {own_key}"
    assert engine.key not in str(sent.headers)
    assert sent.body == {
        "model": "there-7b",
        "messages": [{"role": "system", "content": "Be kind."}, {"role": "user", "content": "May I come?"}],
        "stream": False,
    }


def test_without_a_key_variable_no_key_is_sent(engine: RunningEngine, client: openai.OpenAI) -> None:
    with listening(completes()) as server:
        asked(engine, client, server)

    assert server.seen[0].header("authorization") is None


def test_parameters_that_mean_something_are_passed_on_and_others_named(
    engine: RunningEngine, client: openai.OpenAI
) -> None:
    with listening(completes()) as server:
        names_server(engine.home, server.base_url)
        answer = client.chat.completions.with_raw_response.create(
            model="elsewhere",
            messages=QUESTION,
            temperature=0.5,
            max_tokens=9,
            stop=["\n"],
            response_format={"type": "json_object"},
            user="anna",
            extra_body={"top_k": 3, "chat_template": "{{ secrets }}"},
        )

    sent = {name: server.seen[0].body.get(name) for name in ("temperature", "max_tokens", "stop", "top_k")}
    assert sent == {"temperature": 0.5, "max_tokens": 9, "stop": ["\n"], "top_k": 3}
    assert server.seen[0].body["response_format"] == {"type": "json_object"}
    assert server.seen[0].body.keys().isdisjoint({"user", "chat_template"})
    assert answer.headers["x-touchstone-ignored"] == "chat_template, user"


@pytest.mark.parametrize(
    "limits",
    [{"max_completion_tokens": 9}, {"max_tokens": 9}, {"max_completion_tokens": 9, "max_tokens": 50}],
)
def test_the_longest_answer_is_told_by_the_name_every_server_knows(
    engine: RunningEngine, client: openai.OpenAI, limits: dict[str, int]
) -> None:
    with listening(completes()) as server:
        names_server(engine.home, server.base_url)
        client.chat.completions.create(model="elsewhere", messages=QUESTION, extra_body=limits)

    assert server.seen[0].body["max_tokens"] == 9
    assert "max_completion_tokens" not in server.seen[0].body


@pytest.mark.parametrize(
    ("pieces", "text"),
    [
        ([chunk("Leave "), chunk("it."), chunk(finish="stop"), b"data: [DONE]\n\n"], "Leave it."),
        (
            [
                b": keep-alive\r\n\r\n",
                *(one.replace(b"\n", b"\r\n") for one in (chunk("a"), chunk("b", "stop"))),
            ],
            "ab",
        ),
        ([bytes([one]) for one in chunk("drop by drop", "stop").replace(b"\n", b"\r\n")], "drop by drop"),
        ([chunk("a").replace(b"\n", b"\r"), chunk("b", "stop").replace(b"\n", b"\r")], "ab"),
        ([chunk("no end"), chunk(finish="stop")], "no end"),
        ([chunk("no reason"), b"data: [DONE]\n\n"], "no reason"),
        ([chunk("no blank line"), chunk(finish="stop").rstrip()], "no blank line"),
        ([b"\xef\xbb\xbfevent: message\nid: 3\n" + chunk("named", "stop")], "named"),
        ([event({"choices": []}), event({"object": "ping"}), chunk("late", "stop")], "late"),
        (
            [b'data: {"choices":\ndata: [{"delta": {"content": "two lines"}, "finish_reason": "stop"}]}\n\n'],
            "two lines",
        ),
        ([chunk("\ud83d"), chunk("\ude00!"), chunk(finish="stop")], "😀!"),
        ([chunk("cut \ud83d"), chunk(finish="stop")], "cut \ufffd"),
        ([event({"choices": [{"delta": None, "finish_reason": None}]}), chunk("x", "stop")], "x"),
    ],
)
def test_a_stream_is_read_however_it_is_written(
    engine: RunningEngine, client: openai.OpenAI, pieces: list[bytes], text: str
) -> None:
    with listening(streams(*pieces)) as server:
        names_server(engine.home, server.base_url)
        stream = client.chat.completions.create(model="elsewhere", messages=QUESTION, stream=True)
        chunks = list(stream)

    assert "".join(one.choices[0].delta.content or "" for one in chunks) == text
    assert {one.model for one in chunks} == {"elsewhere"}
    assert len({one.id for one in chunks}) == 1
    assert chunks[-1].choices[0].finish_reason == "stop"
    assert chunks[0].choices[0].delta.role == "assistant"


def test_a_server_that_does_not_stream_is_understood_too(
    engine: RunningEngine, client: openai.OpenAI
) -> None:
    with listening(completes()) as server:
        names_server(engine.home, server.base_url)
        stream = client.chat.completions.create(model="elsewhere", messages=QUESTION, stream=True)
        text = "".join(one.choices[0].delta.content or "" for one in stream)

    assert text == SAID
    assert server.seen[0].body["stream"] is True
    assert "stream_options" not in server.seen[0].body


@pytest.mark.parametrize(
    ("reply", "counted"),
    [
        (streams(chunk("a"), chunk(finish="stop"), event({"choices": [], "usage": USAGE})), 12),
        (streams(chunk("a"), chunk(finish="stop", usage=USAGE)), 12),
        (streams(chunk("a"), chunk(finish="stop"), b"data: [DONE]\n\n"), None),
    ],
)
def test_the_usage_of_a_stream_is_told_where_it_is_known(
    engine: RunningEngine, client: openai.OpenAI, reply: Reply, counted: int | None
) -> None:
    with listening(reply) as server:
        names_server(engine.home, server.base_url)
        stream = client.chat.completions.create(
            model="elsewhere", messages=QUESTION, stream=True, stream_options={"include_usage": True}
        )
        chunks = list(stream)

    told = [one.usage.total_tokens for one in chunks if one.usage is not None]
    assert told == ([] if counted is None else [counted])
    assert server.seen[0].body["stream_options"] == {"include_usage": True}


@pytest.fixture(scope="module", autouse=True)
def own_key() -> Iterator[str]:
    """The key of the other server, in the engine's environment."""
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("TOUCHSTONE_TEST_SERVER_KEY", "there-is-no-such-key")
        yield "there-is-no-such-key"
