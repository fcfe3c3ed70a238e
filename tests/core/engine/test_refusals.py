"""What the engine refuses, and how it says so."""

import json
from typing import Any

import openai
import pytest

from tests.core.engine.running import NGRAMS, RunningEngine, ask, chat_file, train, upload
from tests.core.engine.shop import TAUGHT

GOOD = chat_file(TAUGHT)


@pytest.mark.parametrize(
    ("bad_line", "field", "reason"),
    [
        ('{"messages": [{"role": "system", "You are kind"}]}', "messages[0].content", "content"),
        ('{""messages"": [{""role"": ""user""}]}', "messages", "doubled"),
        ('{"messages": [{"role": "user", "content": "a"}]}', "messages[0].role", "assistant"),
        ('{"prompt": "a", "completion": "b"}', "messages", "missing"),
    ],
)
def test_a_bad_line_fails_the_job_with_its_line_and_field(
    client: openai.OpenAI, bad_line: str, field: str, reason: str
) -> None:
    job = train(client, GOOD + bad_line.encode("utf-8") + b"\n")

    assert job.status == "failed"
    assert job.error is not None
    assert job.error.code == "invalid_training_file"
    assert job.error.param == "training_file"
    assert f"Line 25, field {field}" in job.error.message
    assert reason in job.error.message


def test_nine_examples_are_too_few(client: openai.OpenAI) -> None:
    job = train(client, chat_file(TAUGHT[:9]))

    assert job.error is not None
    assert job.error.code == "invalid_n_examples"
    assert "9 example(s), but must have at least 10" in job.error.message


def test_a_bad_validation_file_is_named(client: openai.OpenAI) -> None:
    job = train(client, GOOD, validation_file=upload(client, b"{}\n"))

    assert job.error is not None
    assert (job.error.code, job.error.param) == ("invalid_validation_file", "validation_file")


@pytest.mark.parametrize(
    ("options", "param"),
    [
        ({"training_file": "file-nowhere"}, "training_file"),
        ({"training_file": "../../etc/passwd"}, "training_file"),
        ({"model": "gpt-4o"}, "model"),
        ({"hyperparameters": {"n_epochs": 0}}, "hyperparameters.n_epochs"),
        ({"hyperparameters": {"n_epochs": 51}}, "hyperparameters.n_epochs"),
        ({"hyperparameters": {"n_epochs": True}}, "hyperparameters.n_epochs"),
        ({"hyperparameters": {"batch_size": 257}}, "hyperparameters.batch_size"),
        ({"hyperparameters": {"learning_rate_multiplier": 0}}, "hyperparameters.learning_rate_multiplier"),
        ({"hyperparameters": {"beta": 1}}, "hyperparameters.beta"),
        ({"suffix": ""}, "suffix"),
        ({"suffix": "x" * 65}, "suffix"),
        ({"seed": -1}, "seed"),
        ({"seed": 2**31}, "seed"),
        ({"metadata": {f"k{number}": "v" for number in range(17)}}, "metadata"),
        ({"metadata": {"k": "v" * 513}}, "metadata"),
        ({"metadata": {"k": 1}}, "metadata"),
        ({"method": {"type": "dpo"}}, "method.type"),
        ({"method": {"type": "reinforcement"}}, "method.type"),
        ({"integrations": [{"type": "wandb", "wandb": {"project": "p"}}]}, "integrations"),
        ({"extra_body": {"surprise": 1}}, "surprise"),
    ],
)
def test_a_job_out_of_bounds_is_not_made(client: openai.OpenAI, options: dict[str, Any], param: str) -> None:
    before = client.fine_tuning.jobs.list().data
    asked = {"model": NGRAMS, "training_file": _good_file(client)} | options

    with pytest.raises(openai.BadRequestError) as refused:
        client.fine_tuning.jobs.create(**asked)

    assert refused.value.param == param
    assert refused.value.code
    assert client.fine_tuning.jobs.list().data == before


@pytest.mark.parametrize(
    ("options", "param"),
    [
        ({"n": 2}, "n"),
        ({"logprobs": True}, "logprobs"),
        ({"tools": [{"type": "function", "function": {"name": "f"}}]}, "tools"),
        ({"response_format": {"type": "json_object"}}, "response_format"),
        ({"temperature": 3}, "temperature"),
        ({"messages": []}, "messages"),
        ({"messages": [{"role": "system", "content": "Be kind."}]}, "messages"),
        ({"messages": [{"role": "wizard", "content": "x"}]}, "messages.0.role"),
        ({"stream_options": {"include_usage": True}}, "stream_options"),
    ],
)
def test_a_chat_that_cannot_be_had_is_refused(
    client: openai.OpenAI, options: dict[str, Any], param: str
) -> None:
    asked = {"model": NGRAMS, "messages": [{"role": "user", "content": "hello"}]} | options

    with pytest.raises(openai.BadRequestError) as refused:
        client.chat.completions.create(**asked)

    assert refused.value.param == param


def test_sampling_parameters_are_ignored_and_named(client: openai.OpenAI) -> None:
    answer = client.chat.completions.with_raw_response.create(
        model=NGRAMS,
        messages=[{"role": "user", "content": "hello"}],
        temperature=0.5,
        extra_body={"top_k": 3},
    )

    assert answer.headers["x-touchstone-ignored"] == "temperature, top_k"


def test_an_unknown_model_is_not_found(client: openai.OpenAI) -> None:
    for name in ("gpt-4o", "ft:nothing", "../../etc/passwd", "ft:nothing:ckpt-step-0"):
        with pytest.raises(openai.NotFoundError) as missing:
            ask(client, name, "hello")
        assert missing.value.code == "model_not_found"


def test_a_wrong_key_opens_nothing(engine: RunningEngine) -> None:
    stranger = engine.client(key="sk-wrong")

    with pytest.raises(openai.AuthenticationError) as refused:
        stranger.models.list()
    with pytest.raises(openai.AuthenticationError):
        stranger.files.create(file=("a.jsonl", GOOD), purpose="fine-tune")

    assert refused.value.code == "invalid_api_key"


def test_an_upload_must_be_for_fine_tuning_and_hold_something(client: openai.OpenAI) -> None:
    with pytest.raises(openai.BadRequestError, match="not supported"):
        client.files.create(file=("a.jsonl", GOOD), purpose="vision")
    with pytest.raises(openai.BadRequestError, match="empty"):
        client.files.create(file=("a.jsonl", b""), purpose="fine-tune")


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b'"x"', b"\xff", b'{"a": NaN}', b"[" * 100_000, b'{"a": "\\ud800"}']
)
def test_a_body_that_is_no_json_object_is_refused(client: openai.OpenAI, body: bytes) -> None:
    for path in ("/fine_tuning/jobs", "/chat/completions"):
        with pytest.raises(openai.BadRequestError) as refused:
            client.post(path, content=body, cast_to=object)
        assert refused.value.code in {"invalid_json", "missing_required_parameter"}


def test_what_the_engine_does_not_do_is_said_in_the_same_shape(client: openai.OpenAI) -> None:
    with pytest.raises(openai.NotFoundError) as unknown:
        client.get("/nothing", cast_to=object)
    with pytest.raises(openai.APIStatusError) as method:
        client.post("/models", cast_to=object)

    assert unknown.value.code == "unknown_url"
    assert method.value.status_code == 405
    assert json.loads(method.value.response.text)["error"]["type"] == "invalid_request_error"


def _good_file(client: openai.OpenAI) -> str:
    files = client.files.list(purpose="fine-tune").data
    return files[0].id if files else upload(client, GOOD)
