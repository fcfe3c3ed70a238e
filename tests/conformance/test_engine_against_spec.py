"""Every operation of the engine, asked well and asked badly, against OpenAI's description of its API."""

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import httpx2
import openai
import pytest
from openai.types import Batch

from tests.conformance.openai_spec import WHY_SKIPPED, SpecCheck
from tests.core.engine.batching import EMBEDDINGS, begun, chat_line, ended, everything, many_chats, under_way
from tests.core.engine.running import ENDED, NGRAMS, RunningEngine, chat_file, train, upload, wait_until
from tests.core.engine.shop import TAUGHT, UNSEEN

OPERATIONS = {
    "createFile",
    "listFiles",
    "retrieveFile",
    "downloadFile",
    "deleteFile",
    "createFineTuningJob",
    "listPaginatedFineTuningJobs",
    "retrieveFineTuningJob",
    "cancelFineTuningJob",
    "listFineTuningEvents",
    "listFineTuningJobCheckpoints",
    "listModels",
    "retrieveModel",
    "deleteModel",
    "createChatCompletion",
    "createEmbedding",
    "createBatch",
    "listBatches",
    "retrieveBatch",
    "cancelBatch",
}
REFUSED = {"pauseFineTuningJob", "resumeFineTuningJob"}
"""Operations of the protocol that this engine knows and never does."""


@pytest.fixture
def check() -> SpecCheck:
    found = SpecCheck.where_available()
    if found is None:
        pytest.skip(WHY_SKIPPED)
    return found


@pytest.fixture
def client(tmp_path: Path, check: SpecCheck) -> Iterator[openai.OpenAI]:
    engine = RunningEngine(tmp_path, [check]).start()
    http = httpx2.Client(event_hooks={"response": [check]}, trust_env=False)
    with openai.OpenAI(
        base_url=engine.base_url,
        api_key=engine.key,
        http_client=http,
        max_retries=0,
        _strict_response_validation=True,
    ) as strict:
        yield strict
    engine.stop()


def test_every_operation_answers_as_described(client: openai.OpenAI, check: SpecCheck) -> None:
    _empty_lists(client)
    file = upload(client, chat_file(TAUGHT))
    validation = upload(client, chat_file(UNSEEN))
    job = train(client, chat_file(TAUGHT), validation_file=validation, suffix="all", metadata={"a": "b"})
    failed = train(client, b"{}\n")
    assert job.fine_tuned_model is not None
    _files(client, file)
    _jobs(client, job.id)
    _jobs(client, failed.id)
    _chats(client, job.fine_tuned_model)
    _preferences(client, file)
    _embeddings(client)
    _batches(client, check, job.fine_tuned_model)
    _models(client, job.fine_tuned_model)
    client.files.delete(file)

    assert check.violations == []
    assert {name for name, status in check.seen if status == 200} == OPERATIONS
    assert {(name, 400) for name in REFUSED} <= check.seen


def test_every_refusal_has_the_described_shape(client: openai.OpenAI, check: SpecCheck) -> None:
    bad = [
        ("GET", "/files/file-nowhere"),
        ("GET", "/files/file-nowhere/content"),
        ("DELETE", "/files/file-nowhere"),
        ("GET", "/files?limit=0"),
        ("GET", "/files?order=sideways"),
        ("GET", "/files?after=nowhere"),
        ("POST", "/files"),
        ("POST", "/fine_tuning/jobs"),
        ("GET", "/fine_tuning/jobs?limit=many"),
        ("GET", "/fine_tuning/jobs?after=nowhere"),
        ("GET", "/fine_tuning/jobs/ftjob-nowhere"),
        ("GET", "/fine_tuning/jobs/ftjob-nowhere/events"),
        ("GET", "/fine_tuning/jobs/ftjob-nowhere/checkpoints"),
        ("POST", "/fine_tuning/jobs/ftjob-nowhere/cancel"),
        ("POST", "/fine_tuning/jobs/ftjob-nowhere/pause"),
        ("GET", "/models/nowhere"),
        ("DELETE", f"/models/{NGRAMS}"),
        ("POST", "/chat/completions"),
        ("POST", "/embeddings"),
        ("POST", "/batches"),
        ("GET", "/batches?limit=101"),
        ("GET", "/batches?after=nowhere"),
        ("GET", "/batches?order=asc"),
        ("GET", "/batches/batch_nowhere"),
        ("POST", "/batches/batch_nowhere/cancel"),
        ("GET", "/fine_tuning/jobs?metadata=x"),
        ("POST", "/fine_tuning/jobs/ftjob-nowhere/resume"),
        ("GET", "/files?purpose=fine-tune&limt=3"),
        ("GET", "/chat/completions"),
        ("GET", "/models/nowhere/at/all"),
        ("PUT", "/files"),
        ("GET", "/"),
        ("GET", "/../../etc/passwd"),
    ]
    for method, path in bad:
        with suppress(openai.APIStatusError):
            client.request(object, openai._models.FinalRequestOptions.construct(method=method, url=path))

    assert check.violations == []
    assert all(400 <= status < 500 for _, status in check.seen)
    assert len(check.seen) > len(bad) // 2


def _empty_lists(client: openai.OpenAI) -> None:
    assert client.files.list().data == []
    assert client.fine_tuning.jobs.list().data == []


def _files(client: openai.OpenAI, file: str) -> None:
    client.files.list(limit=1, order="asc", purpose="fine-tune")
    client.files.retrieve(file)
    client.files.content(file)
    kept = client.files.create(
        file=("gone.jsonl", b"{}"),
        purpose="batch",
        expires_after={"anchor": "created_at", "seconds": 3600},
    )
    client.files.delete(kept.id)


def _jobs(client: openai.OpenAI, job: str) -> None:
    client.fine_tuning.jobs.list(limit=1, metadata={"a": "b"})
    client.fine_tuning.jobs.list_events(job, limit=3)
    client.fine_tuning.jobs.checkpoints.list(job, limit=3)
    running = client.fine_tuning.jobs.create(
        model=NGRAMS,
        training_file=upload(client, chat_file(TAUGHT)),
        method={"type": "supervised", "supervised": {"hyperparameters": {"n_epochs": 50, "batch_size": 1}}},
    )
    for verb in (client.fine_tuning.jobs.pause, client.fine_tuning.jobs.resume):
        with suppress(openai.BadRequestError):
            verb(running.id)
    client.fine_tuning.jobs.cancel(running.id)
    client.fine_tuning.jobs.list(extra_query={"metadata": "null"}, after=job)


def _preferences(client: openai.OpenAI, file: str) -> None:
    job = client.fine_tuning.jobs.create(
        model=NGRAMS,
        training_file=file,
        method={"type": "dpo", "dpo": {"hyperparameters": {"beta": 0.1, "n_epochs": "auto"}}},
    )
    wait_until(client, job.id, ENDED)


def _batches(client: openai.OpenAI, check: SpecCheck, model: str) -> None:
    lines = [
        *(chat_line(asked, model, asked) for asked, _ in UNSEEN),
        chat_line("two answers", model, "my parcel?", n=2),
    ]
    kept = {"anchor": "created_at", "seconds": 3600}
    chats = ended(client, begun(client, lines, metadata={"a": "b"}, output_expires_after=kept))
    texts = {
        "custom_id": "1",
        "method": "POST",
        "url": EMBEDDINGS,
        "body": {"model": NGRAMS, "input": "hello"},
    }
    vectors = ended(client, begun(client, [texts], endpoint=EMBEDDINGS))
    bad = ended(client, begun(client, [{"custom_id": "1"}]))
    assert [batch.status for batch in (chats, vectors, bad)] == ["completed", "completed", "failed"]
    _lines(client, check, chats, "createChatCompletion")
    _lines(client, check, vectors, "createEmbedding")
    long = begun(client, many_chats(model, 12_000))
    under_way(client, long)
    client.batches.cancel(long)
    ended(client, long)
    client.batches.list(limit=2, after=long)


def _lines(client: openai.OpenAI, check: SpecCheck, batch: Batch, operation: str) -> None:
    """What lies in a result file is what the operation answers."""
    for line in everything(client, batch).values():
        assert line.keys() == {"id", "custom_id", "response", "error"}
        check.line(operation, line["response"]["status_code"], line["response"]["body"])


def _chats(client: openai.OpenAI, model: str) -> None:
    for name in (model, f"{model}:ckpt-step-0", NGRAMS):
        client.chat.completions.create(
            model=name, messages=[{"role": "user", "content": [{"type": "text", "text": "my parcel?"}]}]
        )
        for usage in (True, False):
            stream = client.chat.completions.create(
                model=name,
                messages=[{"role": "system", "content": "Be kind."}, {"role": "user", "content": "a refund"}],
                stream=True,
                stream_options={"include_usage": usage},
            )
            assert "".join(chunk.choices[0].delta.content or "" for chunk in stream if chunk.choices)


def _embeddings(client: openai.OpenAI) -> None:
    unpacking = client.copy(_extra_kwargs={"_strict_response_validation": False})
    packed = unpacking.embeddings.create(model=NGRAMS, input=["my parcel", "my parcel!"])
    plain = client.embeddings.create(model=NGRAMS, input="my parcel", encoding_format="float")
    assert packed.data[0].embedding == pytest.approx(plain.data[0].embedding)


def _models(client: openai.OpenAI, model: str) -> None:
    client.models.list()
    client.models.retrieve(model)
    client.models.retrieve(f"{model}:ckpt-step-0")
    client.models.delete(model)
