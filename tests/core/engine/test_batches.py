"""Batches: every request answered once, as if it had been sent alone."""

import json
from typing import Any

import openai
import pytest
from openai.types import Batch

from tests.core.engine.batching import (
    EMBEDDINGS,
    begun,
    chat_line,
    ended,
    everything,
    input_file,
    many_chats,
    results,
    under_way,
)
from tests.core.engine.running import NGRAMS, ask, chat_file, train, upload
from tests.core.engine.shop import TAUGHT, UNSEEN

MANY = 12_000


@pytest.fixture(scope="module")
def tuned(client: openai.OpenAI) -> str:
    name = train(client, chat_file(TAUGHT)).fine_tuned_model
    assert name is not None
    return name


def test_each_request_is_answered_as_if_it_had_been_sent_alone(client: openai.OpenAI, tuned: str) -> None:
    questions = [question for question, _ in UNSEEN]
    batch = ended(client, begun(client, [chat_line(asked, tuned, asked) for asked in questions]))

    assert batch.status == "completed"
    assert batch.model == tuned
    assert batch.error_file_id is None
    for question, line in results(client, batch.output_file_id).items():
        body = line["response"]["body"]
        assert line["response"]["status_code"] == 200
        assert body["choices"][0]["message"]["content"] == ask(client, tuned, question)[0]
        assert body["touchstone"]["kind"] == "reply_picker"


def test_the_base_and_the_tuned_model_may_share_a_batch(client: openai.OpenAI, tuned: str) -> None:
    lines = [
        chat_line(f"{model}/{question}", model, question)
        for question, _ in UNSEEN
        for model in (tuned, f"{tuned}:ckpt-step-0", NGRAMS)
    ]
    batch = ended(client, begun(client, lines))

    answers = results(client, batch.output_file_id)
    assert {line["custom_id"]: line["body"]["model"] for line in lines} == {
        name: answer["response"]["body"]["model"] for name, answer in answers.items()
    }
    assert batch.model is None


def test_a_request_that_is_refused_lies_in_the_error_file(client: openai.OpenAI, tuned: str) -> None:
    lines = [
        chat_line("good", tuned, "Where is my parcel?"),
        chat_line("two answers", tuned, "Where is my parcel?", n=2),
        chat_line("a stream", tuned, "Where is my parcel?", stream=True),
        chat_line("no such model", "gpt-4o", "Where is my parcel?"),
    ]
    batch = ended(client, begun(client, lines, metadata={"run": "7"}))

    errors = results(client, batch.error_file_id)
    assert {name: line["response"]["status_code"] for name, line in errors.items()} == {
        "two answers": 400,
        "a stream": 400,
        "no such model": 404,
    }
    assert errors["two answers"]["response"]["body"]["error"]["param"] == "n"
    assert batch.status == "completed"
    assert batch.metadata == {"run": "7"}
    assert batch.request_counts is not None
    assert batch.request_counts.model_dump() == {"total": 4, "completed": 1, "failed": 3}


def test_vectors_of_a_batch_are_those_of_a_request(client: openai.OpenAI) -> None:
    texts = ["my parcel", "Ünïcode 🙂 漢字", "a refund"]
    lines = [
        {
            "custom_id": text,
            "method": "POST",
            "url": EMBEDDINGS,
            "body": {"model": NGRAMS, "input": [text], "encoding_format": "float"},
        }
        for text in texts
    ]
    batch = ended(client, begun(client, lines, endpoint=EMBEDDINGS))

    answers = results(client, batch.output_file_id)
    assert answers.keys() == set(texts)
    for text in texts:
        alone = client.embeddings.create(model=NGRAMS, input=text, encoding_format="float")
        assert answers[text]["response"]["body"]["data"][0]["embedding"] == alone.data[0].embedding


GOOD = chat_line("first", NGRAMS, "hello")


@pytest.mark.parametrize(
    ("line", "code", "param"),
    [
        (b"not json", "invalid_json_line", None),
        (b"[]", "invalid_json_line", None),
        (b"\xff", "invalid_json_line", None),
        (json.dumps(GOOD).encode(), "duplicate_custom_id", "custom_id"),
        (json.dumps({**GOOD, "custom_id": ""}).encode(), "missing_required_parameter", "custom_id"),
        (json.dumps({**GOOD, "custom_id": 7}).encode(), "missing_required_parameter", "custom_id"),
        (json.dumps({**GOOD, "custom_id": "2", "method": "GET"}).encode(), "invalid_method", "method"),
        (json.dumps({**GOOD, "custom_id": "2", "url": EMBEDDINGS}).encode(), "invalid_url", "url"),
        (
            json.dumps({**GOOD, "custom_id": "2", "body": {}}).encode(),
            "missing_required_parameter",
            "body.model",
        ),
        (json.dumps({**GOOD, "custom_id": "2", "surprise": 1}).encode(), "unknown_parameter", "surprise"),
    ],
)
def test_a_bad_line_fails_the_batch_before_anything_is_asked(
    client: openai.OpenAI, line: bytes, code: str, param: str | None
) -> None:
    data = json.dumps(GOOD).encode() + b"\n\n" + line + b"\n"
    file = client.files.create(file=("requests.jsonl", data), purpose="batch")
    made = client.batches.create(
        input_file_id=file.id, endpoint="/v1/chat/completions", completion_window="24h"
    )
    batch = ended(client, made.id)

    assert batch.status == "failed"
    assert batch.errors is not None
    assert batch.errors.data is not None
    [problem] = batch.errors.data
    assert (problem.code, problem.param, problem.line) == (code, param, 3)
    assert "ine 3" in (problem.message or "")
    assert batch.output_file_id is None


def test_a_file_of_blank_lines_holds_no_requests(client: openai.OpenAI) -> None:
    file = client.files.create(file=("requests.jsonl", b"\n \n\n"), purpose="batch")
    made = client.batches.create(
        input_file_id=file.id, endpoint="/v1/chat/completions", completion_window="24h"
    )
    batch = ended(client, made.id)

    assert batch.status == "failed"
    assert _codes(batch) == ["empty_file"]


def test_a_batch_holds_at_most_fifty_thousand_requests_or_texts(client: openai.OpenAI) -> None:
    chats = ended(client, begun(client, many_chats(NGRAMS, 50_001)))
    body = {"model": NGRAMS, "input": ["a"] * 2048}
    vectors = [{"custom_id": f"{at}", "method": "POST", "url": EMBEDDINGS, "body": body} for at in range(25)]
    texts = ended(client, begun(client, vectors, endpoint=EMBEDDINGS))

    assert [_codes(batch) for batch in (chats, texts)] == [["too_many_requests"], ["too_many_inputs"]]


@pytest.mark.parametrize(
    ("options", "param"),
    [
        ({"endpoint": "/v1/completions"}, "endpoint"),
        ({"endpoint": "/v1/files"}, "endpoint"),
        ({"completion_window": "1h"}, "completion_window"),
        ({"input_file_id": "file-nowhere"}, "input_file_id"),
        ({"input_file_id": "../../etc/passwd"}, "input_file_id"),
        ({"output_expires_after": {"anchor": "created_at", "seconds": 3599}}, "output_expires_after.seconds"),
        ({"output_expires_after": {"anchor": "tomorrow", "seconds": 3600}}, "output_expires_after.anchor"),
        ({"metadata": {"k": "v" * 513}}, "metadata"),
        ({"extra_body": {"surprise": 1}}, "surprise"),
    ],
)
def test_a_batch_out_of_bounds_is_not_made(
    client: openai.OpenAI, options: dict[str, Any], param: str
) -> None:
    before = client.batches.list().data
    asked: dict[str, Any] = {
        "endpoint": "/v1/chat/completions",
        "completion_window": "24h",
        "input_file_id": input_file(client, [GOOD]),
    }

    with pytest.raises(openai.BadRequestError) as refused:
        client.batches.create(**(asked | options))

    assert refused.value.param == param
    assert client.batches.list().data == before


def test_a_file_for_training_is_no_batch(client: openai.OpenAI) -> None:
    with pytest.raises(openai.BadRequestError, match="has the purpose 'fine-tune'") as refused:
        client.batches.create(
            input_file_id=upload(client, chat_file(TAUGHT)),
            endpoint="/v1/chat/completions",
            completion_window="24h",
        )

    assert refused.value.param == "input_file_id"


def test_results_are_kept_as_long_as_was_asked(client: openai.OpenAI) -> None:
    kept = {"anchor": "created_at", "seconds": 3600}
    batch = ended(client, begun(client, [GOOD], output_expires_after=kept))

    assert batch.output_file_id is not None
    output = client.files.retrieve(batch.output_file_id)
    assert output.purpose == "batch_output"
    assert output.expires_at == output.created_at + 3600


def test_batches_are_listed_newest_first_and_paged(client: openai.OpenAI) -> None:
    made = [begun(client, [GOOD]) for _ in range(3)]

    page = client.batches.list(limit=2)
    assert [batch.id for batch in page.data] == made[:0:-1]
    assert page.has_more
    assert made[0] == client.batches.list(limit=1, after=page.data[-1].id).data[0].id


def test_a_cancelled_batch_keeps_what_was_answered(client: openai.OpenAI, tuned: str) -> None:
    batch_id = begun(client, many_chats(tuned, MANY))
    under_way(client, batch_id)
    with pytest.raises(openai.BadRequestError, match="Cancel that batch first"):
        client.files.delete(client.batches.retrieve(batch_id).input_file_id)

    assert client.batches.cancel(batch_id).status in {"cancelling", "cancelled"}
    batch = ended(client, batch_id)

    assert batch.status == "cancelled"
    lines = everything(client, batch)
    assert len(lines) == MANY
    assert 0 < len(results(client, batch.output_file_id)) < MANY
    given_up = results(client, batch.error_file_id)
    assert {line["error"]["code"] for line in given_up.values()} == {"batch_cancelled"}
    assert all(line["response"] is None for line in given_up.values())


def test_a_batch_can_be_cancelled_before_it_has_begun(client: openai.OpenAI) -> None:
    before = [begun(client, many_chats(NGRAMS, MANY)) for _ in range(4)]
    waiting = begun(client, [GOOD])

    batch = client.batches.cancel(waiting)

    assert batch.status == "cancelled"
    assert batch.request_counts is not None
    assert batch.request_counts.total == 0
    for batch_id in before:
        client.batches.cancel(batch_id)
        ended(client, batch_id)


def test_a_batch_that_has_ended_cannot_be_cancelled(client: openai.OpenAI) -> None:
    batch = ended(client, begun(client, [GOOD]))

    with pytest.raises(openai.BadRequestError, match="it is completed"):
        client.batches.cancel(batch.id)


def test_a_chat_is_answered_while_a_batch_runs(client: openai.OpenAI, tuned: str) -> None:
    batch_id = begun(client, many_chats(tuned, MANY))
    under_way(client, batch_id)

    ask(client, tuned, "Where is my parcel?")

    assert client.batches.retrieve(batch_id).status == "in_progress"
    client.batches.cancel(batch_id)
    ended(client, batch_id)


def _codes(batch: Batch) -> list[str | None]:
    return [problem.code for problem in (batch.errors and batch.errors.data) or []]
