"""What the engine refuses, and how it says so."""

import json
from typing import Any

import openai
import pytest

from tests.core.engine.running import NGRAMS, ask, chat_file, train, upload
from tests.core.engine.shop import TAUGHT

GOOD = chat_file(TAUGHT)


def _dpo(**hyperparameters: Any) -> dict[str, Any]:
    return {"type": "dpo", "dpo": {"hyperparameters": hyperparameters}}


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
        ({"method": {"type": "reinforcement"}}, "method.type"),
        ({"method": {"type": "wizardry"}}, "method.type"),
        ({"method": {}}, "method.type"),
        ({"method": _dpo(beta=0)}, "method.dpo.hyperparameters.beta"),
        ({"method": _dpo(beta=2.1)}, "method.dpo.hyperparameters.beta"),
        ({"method": _dpo(beta="much")}, "method.dpo.hyperparameters.beta"),
        ({"method": _dpo(beta=True)}, "method.dpo.hyperparameters.beta"),
        ({"method": _dpo(n_epochs=0)}, "method.dpo.hyperparameters.n_epochs"),
        ({"method": _dpo(surprise=1)}, "method.dpo.hyperparameters.surprise"),
        ({"method": {**_dpo(), "type": "supervised"}}, "method.dpo"),
        ({"method": _dpo(), "hyperparameters": {"n_epochs": 3}}, "hyperparameters"),
        ({"method": {"type": "supervised"}, "hyperparameters": {"n_epochs": 3}}, "hyperparameters"),
        (
            {"hyperparameters": {"learning_rate_multiplier": 10**400}},
            "hyperparameters.learning_rate_multiplier",
        ),
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


@pytest.mark.parametrize(
    ("method", "told"),
    [
        (
            _dpo(),
            {"n_epochs": "auto", "batch_size": "auto", "learning_rate_multiplier": "auto", "beta": "auto"},
        ),
        (
            _dpo(beta=2, n_epochs=1, learning_rate_multiplier=0.5),
            {"n_epochs": 1, "batch_size": "auto", "learning_rate_multiplier": 0.5, "beta": 2.0},
        ),
        (
            {"type": "dpo"},
            {"n_epochs": "auto", "batch_size": "auto", "learning_rate_multiplier": "auto", "beta": "auto"},
        ),
    ],
)
def test_a_job_tells_the_method_it_was_asked_for(
    client: openai.OpenAI, method: Any, told: dict[str, Any]
) -> None:
    job = client.fine_tuning.jobs.create(model=NGRAMS, training_file=_good_file(client), method=method)

    assert job.method is not None
    assert job.method.type == "dpo"
    assert job.method.dpo is not None
    assert job.method.dpo.model_dump(exclude_unset=True)["hyperparameters"] == told


def test_hyperparameters_may_stand_beside_or_inside_the_method(client: openai.OpenAI) -> None:
    chosen: Any = {"n_epochs": 2, "batch_size": 4, "learning_rate_multiplier": 0.5}
    asked: dict[str, Any] = {"model": NGRAMS, "training_file": _good_file(client)}

    beside = client.fine_tuning.jobs.create(**asked, hyperparameters=chosen)
    method: Any = {"type": "supervised", "supervised": {"hyperparameters": chosen}}
    inside = client.fine_tuning.jobs.create(**asked, method=method)

    assert beside.hyperparameters.model_dump() == inside.hyperparameters.model_dump() == chosen


def test_jobs_without_metadata_are_found_by_null(client: openai.OpenAI) -> None:
    asked: dict[str, Any] = {"model": NGRAMS, "training_file": _good_file(client)}
    bare = client.fine_tuning.jobs.create(**asked).id
    named = client.fine_tuning.jobs.create(**asked, metadata={"a": "b", "c]": "d&e"}).id

    without = {job.id for job in client.fine_tuning.jobs.list(extra_query={"metadata": "null"}, limit=100)}
    assert bare in without
    assert named not in without
    both = {"a": "b", "c]": "d&e"}
    assert [job.id for job in client.fine_tuning.jobs.list(metadata=both)] == [named]
    assert client.fine_tuning.jobs.list(metadata={**both, "a": "c"}).data == []


@pytest.mark.parametrize("query", ["limit=0", "limit=many", "limt=3", "metadata=x", "metadata", "order=asc"])
def test_a_list_is_never_silent_about_what_it_cannot_heed(client: openai.OpenAI, query: str) -> None:
    with pytest.raises(openai.BadRequestError) as refused:
        client.get(f"/fine_tuning/jobs?{query}", cast_to=object)

    assert refused.value.param == query.partition("=")[0]


@pytest.mark.parametrize("verb", ["pause", "resume"])
def test_a_job_cannot_be_paused_and_says_so(client: openai.OpenAI, verb: str) -> None:
    job = client.fine_tuning.jobs.create(model=NGRAMS, training_file=_good_file(client))

    with pytest.raises(openai.BadRequestError, match="cannot be paused here") as refused:
        getattr(client.fine_tuning.jobs, verb)(job.id)

    assert refused.value.code == "unsupported_operation"


@pytest.mark.parametrize(
    ("options", "param"),
    [
        ({"input": ""}, "input"),
        ({"input": []}, "input"),
        ({"input": ["a", ""]}, "input"),
        ({"input": [1, 2, 3]}, "input"),
        ({"input": [[1, 2], [3]]}, "input"),
        ({"input": ["a"] * 2049}, "input"),
        ({"input": {"text": "a"}}, "input"),
        ({"dimensions": 7}, "dimensions"),
        ({"dimensions": 0}, "dimensions"),
        ({"encoding_format": "hex"}, "encoding_format"),
        ({"extra_body": {"surprise": 1}}, "surprise"),
    ],
)
def test_vectors_that_cannot_be_had_are_refused(
    client: openai.OpenAI, options: dict[str, Any], param: str
) -> None:
    asked: dict[str, Any] = {"model": NGRAMS, "input": "hello", "encoding_format": "float"}

    with pytest.raises(openai.BadRequestError) as refused:
        client.embeddings.create(**(asked | options))

    assert refused.value.param == param


def test_tokens_are_no_texts_and_that_is_said(client: openai.OpenAI) -> None:
    with pytest.raises(openai.BadRequestError, match="tokens cannot be read here, send the text itself"):
        client.embeddings.create(model=NGRAMS, input=[1212, 318, 257])


def test_a_tuned_model_gives_no_vectors_and_says_which_do(client: openai.OpenAI) -> None:
    model = train(client, GOOD).fine_tuned_model
    assert model is not None

    with pytest.raises(openai.BadRequestError, match=f"gives no embeddings.*{NGRAMS}"):
        client.embeddings.create(model=model, input="hello")
    with pytest.raises(openai.NotFoundError):
        client.embeddings.create(model="text-embedding-3-small", input="hello")


def test_an_upload_must_hold_something(client: openai.OpenAI) -> None:
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
