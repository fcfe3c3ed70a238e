"""The reply picker: really trained, better than its base, and honest about what it was not taught."""

import csv
import json

import openai
import pytest
from openai.types.fine_tuning import FineTuningJob

from tests.core.engine.running import (
    MINILM,
    NGRAMS,
    RunningEngine,
    ask,
    chat_file,
    curve,
    shares_right,
    train,
    upload,
)
from tests.core.engine.shop import FAR_OFF, REPLIES, TAUGHT, UNSEEN


@pytest.fixture(scope="module")
def job(client: openai.OpenAI) -> FineTuningJob:
    validation = upload(client, chat_file(UNSEEN[::2]))
    done = train(client, chat_file(TAUGHT), validation_file=validation, suffix="Shop 1!")
    assert done.status == "succeeded", done.error
    return done


@pytest.fixture(scope="module")
def tuned(job: FineTuningJob) -> str:
    assert job.fine_tuned_model is not None
    return job.fine_tuned_model


@pytest.fixture(scope="module")
def base(client: openai.OpenAI, job: FineTuningJob) -> str:
    first = client.fine_tuning.jobs.checkpoints.list(job.id, limit=100).data[-1]
    assert first.step_number == 0
    return first.fine_tuned_model_checkpoint


def test_training_lowers_the_loss_on_both_files(client: openai.OpenAI, job: FineTuningJob) -> None:
    points = curve(client, job.id)
    valid = [point["valid_loss"] for point in points if "valid_loss" in point]

    assert [point["step"] for point in points] == list(range(points[-1]["total_steps"] + 1))
    assert points[-1]["train_loss"] < points[0]["train_loss"]
    assert valid[-1] < valid[0]


def test_every_epoch_is_a_checkpoint_that_answers(client: openai.OpenAI, job: FineTuningJob) -> None:
    points = client.fine_tuning.jobs.checkpoints.list(job.id, limit=100).data

    assert [point.step_number for point in points] == sorted((p.step_number for p in points), reverse=True)
    assert len(points) == 11
    for point in points[:3]:
        reply, _ = ask(client, point.fine_tuned_model_checkpoint, "my parcel?")
        assert reply in REPLIES.values()


def test_a_step_looks_at_two_examples_of_each_reply(client: openai.OpenAI) -> None:
    pairs = [
        (f"Question {number} about matter {number % 40}?", f"Reply {number % 40}.") for number in range(160)
    ]
    done = train(client, chat_file(pairs))

    assert curve(client, done.id)[-1]["total_steps"] == 10 * 3


def test_the_tuned_model_beats_its_base_on_unseen_wordings(
    client: openai.OpenAI, base: str, tuned: str
) -> None:
    assert shares_right(client, tuned, UNSEEN) > shares_right(client, base, UNSEEN) + 0.2


def test_an_answer_tells_how_it_was_picked(client: openai.OpenAI, tuned: str) -> None:
    reply, why = ask(client, tuned, "Where's my parcel?")

    assert reply == REPLIES["parcel"]
    assert why["kind"] == "reply_picker"
    assert why["matched_question"] == "Where is my parcel?"
    assert 0.5 < why["similarity"] <= 1
    assert why["candidates"][0]["reply"] == reply
    assert len(why["candidates"]) == 5
    assert not why["abstained"]


def test_base_and_tuned_model_abstain_by_the_same_rule(client: openai.OpenAI, base: str, tuned: str) -> None:
    for model in (base, tuned):
        reply, why = ask(client, model, FAR_OFF)
        assert why["abstained"]
        assert "not been taught" in reply
        assert why["candidates"]


def test_a_streamed_answer_is_the_same_answer(client: openai.OpenAI, tuned: str) -> None:
    whole, why = ask(client, tuned, "Where's my parcel?")
    chunks = list(
        client.chat.completions.create(
            model=tuned,
            messages=[{"role": "user", "content": "Where's my parcel?"}],
            stream=True,
            stream_options={"include_usage": True},
        )
    )

    assert "".join(chunk.choices[0].delta.content or "" for chunk in chunks[:-1]) == whole
    assert chunks[-2].choices[0].finish_reason == "stop"
    assert (chunks[-2].model_extra or {})["touchstone"] == why
    assert chunks[-1].usage is not None
    assert (
        chunks[-1].usage.total_tokens == chunks[-1].usage.prompt_tokens + chunks[-1].usage.completion_tokens
    )


def test_with_minilm_a_question_in_other_words_finds_its_reply(client: openai.OpenAI) -> None:
    if MINILM not in {model.id for model in client.models.list().data}:
        pytest.skip("The MiniLM weights are not installed (requirements-minilm.txt).")
    job = train(client, chat_file(TAUGHT), model=MINILM)

    assert job.fine_tuned_model is not None, job.error
    reply, why = ask(client, job.fine_tuned_model, "I cannot log in any more, forgot my login code")
    assert reply == REPLIES["password"]
    assert "password" in why["matched_question"]


def test_a_bare_base_says_that_it_has_no_replies(client: openai.OpenAI) -> None:
    reply, why = ask(client, NGRAMS, "Where is my parcel?")

    assert "without approved replies" in reply
    assert why["abstained"]
    assert why["candidates"] == []


def test_the_same_seed_gives_the_same_model_to_the_byte(
    client: openai.OpenAI, engine: RunningEngine, job: FineTuningJob
) -> None:
    again = train(client, chat_file(TAUGHT), validation_file=job.validation_file)
    other = train(client, chat_file(TAUGHT), validation_file=job.validation_file, seed=8)

    assert _tensors(engine, again) == _tensors(engine, job)
    assert _tensors(engine, other) != _tensors(engine, job)


def test_the_result_file_holds_the_curve(client: openai.OpenAI, job: FineTuningJob) -> None:
    text = client.files.content(job.result_files[0]).text
    rows = list(csv.DictReader(text.splitlines()))

    assert client.files.retrieve(job.result_files[0]).purpose == "fine-tune-results"
    assert list(rows[0])[:3] == ["step", "train_loss", "train_accuracy"]
    assert float(rows[-1]["valid_loss"]) < float(rows[0]["valid_loss"])


def test_a_validation_reply_that_cannot_be_picked_is_said(client: openai.OpenAI) -> None:
    validation = upload(client, chat_file([*UNSEEN, ("Do you ship to Mars?", "Not yet.")]))
    job = train(client, chat_file(TAUGHT), validation_file=validation)

    messages = [event.message for event in client.fine_tuning.jobs.list_events(job.id, limit=1000).data]
    assert any("1 of 13 validation examples have a reply that no training example has" in m for m in messages)


def test_a_training_that_diverges_leaves_the_base(client: openai.OpenAI, job: FineTuningJob) -> None:
    wild = train(
        client,
        chat_file(TAUGHT),
        validation_file=job.validation_file,
        hyperparameters={"learning_rate_multiplier": 1e30, "n_epochs": 2},
    )

    assert wild.status == "succeeded"
    assert wild.fine_tuned_model is not None
    assert ask(client, wild.fine_tuned_model, "my parcel?")[0] in REPLIES.values()


def test_the_name_of_a_model_keeps_only_plain_letters_of_the_suffix(tuned: str) -> None:
    assert tuned.startswith("ft:reply-picker-ngrams:touchstone:shop-1:")


def _tensors(engine: RunningEngine, job: FineTuningJob) -> dict[str, str]:
    manifest = engine.home / "engine" / "models" / job.id / "manifest.json"
    document: dict[str, dict[str, str]] = json.loads(manifest.read_text(encoding="utf-8"))
    return document["sha256"]
