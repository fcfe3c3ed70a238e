"""An adapter's whole way through the engine: a file, a job, a model that says by heart what it was taught."""

import csv
import io
import json
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import openai
import pytest
from openai.types.chat import ChatCompletion
from openai.types.fine_tuning import FineTuningJob

from tests.conformance.openai_spec import SpecCheck
from tests.core.engine.lora.school import EXTRA, FOUR_BIT, SMALL, preference, until
from tests.core.engine.running import ENDED, RunningEngine, chat_file, curve, upload, wait_until

pytest.importorskip("torch", reason=EXTRA)

ASKED = SMALL[0][0]
EPOCHS, STEPS = 50, 250


@pytest.fixture(scope="module")
def engine(tiny: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningEngine]:
    home = tmp_path_factory.mktemp("home")
    (home / "engine").mkdir()
    (home / "engine" / "models.toml").write_text(
        f'[huggingface.tiny]\npath = "{tiny}"\n'
        f'[huggingface.gone]\npath = "{tiny / "gone"}"\n'
        f'[huggingface.four-bit]\npath = "{tiny}"\nquantised = true\n',
        encoding="utf-8",
    )
    check = SpecCheck.where_available()
    running = RunningEngine(home, [check] if check else []).start()
    yield running
    assert running.stop() == 0
    assert check is None or check.violations == []


@pytest.fixture(scope="module")
def client(engine: RunningEngine) -> openai.OpenAI:
    return engine.client().with_options(timeout=300)


@pytest.fixture(scope="module")
def untaught(client: openai.OpenAI) -> tuple[str, str]:
    """What the base said before any adapter was loaded beside it: greedily, and by chance."""
    return text_of(greedy(client, "tiny")), text_of(by_chance(client, "tiny", seed=3))


@pytest.fixture(scope="module")
def job(client: openai.OpenAI, untaught: tuple[str, str]) -> FineTuningJob:
    assert untaught
    return wait_until(client, ordered(client, "tiny").id, ENDED, 400)


@pytest.fixture(scope="module")
def tuned(job: FineTuningJob) -> str:
    assert job.status == "succeeded", job.error
    assert job.fine_tuned_model is not None
    return job.fine_tuned_model


def ordered(client: openai.OpenAI, model: str) -> FineTuningJob:
    return client.fine_tuning.jobs.create(
        model=model,
        training_file=upload(client, chat_file(SMALL)),
        seed=7,
        method={
            "type": "supervised",
            "supervised": {
                "hyperparameters": {"n_epochs": EPOCHS, "batch_size": 4, "learning_rate_multiplier": 25}
            },
        },
    )


def greedy(client: openai.OpenAI, model: str, question: str = ASKED) -> ChatCompletion:
    return client.chat.completions.create(
        model=model, messages=[{"role": "user", "content": question}], temperature=0, max_tokens=60
    )


def by_chance(client: openai.OpenAI, model: str, seed: int) -> ChatCompletion:
    return client.chat.completions.create(
        model=model, messages=[{"role": "user", "content": ASKED}], top_p=0.9, max_tokens=20, seed=seed
    )


def text_of(answer: ChatCompletion) -> str:
    return answer.choices[0].message.content or ""


def told(client: openai.OpenAI, job_id: str) -> list[str]:
    events = client.fine_tuning.jobs.list_events(job_id, limit=1000).data
    return [event.message for event in events if event.type == "message"]


def test_the_replies_are_learned_by_heart(client: openai.OpenAI, job: FineTuningJob, tuned: str) -> None:
    answers = [text_of(greedy(client, tuned, question)) for question, _ in SMALL]

    verbatim = sum(answer == reply for answer, (_, reply) in zip(answers, SMALL, strict=True))
    last = curve(client, job.id)[-1]["train_loss"]
    assert verbatim >= 18
    assert last < 0.05


def test_every_step_is_told_with_its_metrics(client: openai.OpenAI, job: FineTuningJob, tuned: str) -> None:
    points = curve(client, job.id)

    assert tuned
    assert [point["step"] for point in points] == [*range(1, STEPS + 1)]
    assert all(point["total_steps"] == STEPS for point in points)
    names = {"train_loss", "train_mean_token_accuracy", "learning_rate", "gradient_norm"}
    assert all(names <= point.keys() for point in points)
    assert points[0]["train_loss"] > 5
    assert points[-1]["train_mean_token_accuracy"] == 1


def test_what_auto_became_is_said(client: openai.OpenAI, job: FineTuningJob, tuned: str) -> None:
    settings = next(message for message in told(client, job.id) if message.startswith("Training a LoRA"))

    assert tuned
    assert "n_epochs 50, batch_size 4, learning rate 0.005, seed 7, 250 steps" in settings


def test_the_result_file_holds_the_curve(client: openai.OpenAI, job: FineTuningJob) -> None:
    text = client.files.content(job.result_files[0]).text
    rows = [*csv.DictReader(io.StringIO(text))]

    assert [*rows[0]] == ["step", "train_loss", "train_accuracy", "valid_loss", "valid_mean_token_accuracy"]
    assert len(rows) == STEPS
    assert float(rows[-1]["train_loss"]) == curve(client, job.id)[-1]["train_loss"]
    assert rows[-1]["valid_loss"] == ""


def test_the_last_three_epochs_are_models_too(client: openai.OpenAI, job: FineTuningJob, tuned: str) -> None:
    points = client.fine_tuning.jobs.checkpoints.list(job.id).data

    assert [point.step_number for point in points] == [250, 245, 240]
    earlier = points[-1].fine_tuned_model_checkpoint
    assert earlier == f"{tuned}:ckpt-step-240"
    assert text_of(greedy(client, earlier)) == SMALL[0][1]


def test_the_tokens_are_those_that_were_read(client: openai.OpenAI, job: FineTuningJob, tuned: str) -> None:
    """An answer's usage counts the prompt and the reply with its end; a lesson has one line end more."""
    usages = [answer.usage for answer in (greedy(client, tuned, question) for question, _ in SMALL)]

    assert job.trained_tokens is not None
    assert job.trained_tokens == EPOCHS * sum(usage.total_tokens + 1 for usage in usages if usage)


def test_a_streamed_answer_is_the_same_in_pieces(client: openai.OpenAI, tuned: str) -> None:
    whole = greedy(client, tuned)
    chunks = [
        *client.chat.completions.create(
            model=tuned,
            messages=[{"role": "user", "content": ASKED}],
            temperature=0,
            max_tokens=60,
            stream=True,
            stream_options={"include_usage": True},
        )
    ]

    pieces = [chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices]
    assert len([piece for piece in pieces if piece]) > 5
    assert "".join(pieces) == text_of(whole)
    assert [chunk.choices[0].finish_reason for chunk in chunks if chunk.choices][-1] == "stop"
    assert chunks[-1].usage == whole.usage


def test_the_base_answers_as_if_it_had_never_had_an_adapter(
    client: openai.OpenAI, untaught: tuple[str, str], tuned: str
) -> None:
    assert text_of(greedy(client, tuned)) == SMALL[0][1]

    assert text_of(greedy(client, "tiny")) == untaught[0]
    assert text_of(by_chance(client, "tiny", seed=3)) == untaught[1]
    assert text_of(greedy(client, tuned)) == SMALL[0][1]


def test_chance_is_repeated_by_its_seed(client: openai.OpenAI) -> None:
    first, again, other = (text_of(by_chance(client, "tiny", seed)) for seed in (11, 11, 12))

    assert first == again
    assert first != other


def test_an_answer_ends_at_a_stop_text_or_at_its_greatest_length(client: openai.OpenAI, tuned: str) -> None:
    question, reply = SMALL[0]
    stopped = client.chat.completions.create(
        model=tuned,
        messages=[{"role": "user", "content": question}],
        temperature=0,
        stop=["working", "zebra"],
    )
    short = client.chat.completions.create(
        model=tuned, messages=[{"role": "user", "content": question}], temperature=0, max_tokens=3
    )

    assert text_of(stopped) == reply.partition("working")[0]
    assert stopped.choices[0].finish_reason == "stop"
    assert reply.startswith(text_of(short))
    assert short.choices[0].finish_reason == "length"
    assert short.usage is not None
    assert short.usage.completion_tokens == 3


def test_what_cannot_be_answered_is_said_plainly(client: openai.OpenAI, tuned: str) -> None:
    with pytest.raises(openai.BadRequestError, match="this model reads 256"):
        greedy(client, tuned, "Where is it? " * 200)
    with pytest.raises(openai.BadRequestError, match="max_tokens"):
        client.chat.completions.create(
            model=tuned, messages=[{"role": "user", "content": ASKED}], max_tokens=0
        )


def test_control_signs_in_a_question_stay_plain_text(client: openai.OpenAI, tuned: str) -> None:
    plain = greedy(client, tuned, "Where?")
    signed = greedy(client, tuned, "Where?<|im_end|>")

    assert plain.usage is not None
    assert signed.usage is not None
    assert signed.usage.prompt_tokens > plain.usage.prompt_tokens + 1


def test_preferences_are_learned_by_the_same_calls(client: openai.OpenAI) -> None:
    lines = [preference(question, "With pleasure.", "No.") for question, _ in SMALL[:10]]
    created = client.fine_tuning.jobs.create(
        model="tiny",
        training_file=upload(client, "".join(json.dumps(line) + "\n" for line in lines).encode()),
        method={"type": "dpo", "dpo": {"hyperparameters": {"n_epochs": 1, "beta": 0.2}}},
    )

    finished = wait_until(client, created.id, ENDED, 400)

    assert finished.status == "succeeded", finished.error
    assert any("method dpo: n_epochs 1, batch_size 8" in message for message in told(client, created.id))
    assert any("beta 0.2" in message for message in told(client, created.id))
    assert "train_reward_accuracy" in curve(client, created.id)[-1]


def test_a_base_that_is_not_there_is_a_clear_failure(client: openai.OpenAI) -> None:
    failed = wait_until(client, ordered(client, "gone").id, ENDED, 60)

    assert failed.status == "failed"
    assert failed.error is not None
    assert failed.error.code == "base_model_unavailable"
    assert "does not exist" in failed.error.message
    assert "models.toml" in failed.error.message
    with pytest.raises(openai.InternalServerError, match="does not exist"):
        greedy(client, "gone")


def test_four_bits_learn_the_replies_by_heart_too(client: openai.OpenAI, untaught: tuple[str, str]) -> None:
    pytest.importorskip("bitsandbytes", reason=FOUR_BIT)
    before = text_of(greedy(client, "four-bit"))

    finished = wait_until(client, ordered(client, "four-bit").id, ENDED, 400)

    assert finished.fine_tuned_model is not None, finished.error
    answers = [text_of(greedy(client, finished.fine_tuned_model, question)) for question, _ in SMALL]
    assert sum(answer == reply for answer, (_, reply) in zip(answers, SMALL, strict=True)) >= 18
    assert curve(client, finished.id)[-1]["train_loss"] < 0.05
    assert text_of(greedy(client, "four-bit")) == before != untaught[0]


def test_the_engine_itself_never_loads_torch(engine: RunningEngine, tuned: str) -> None:
    maps = Path(f"/proc/{engine.process.pid}/maps")
    if not maps.exists():
        pytest.skip("This system does not say what a process has loaded.")

    assert tuned
    assert "libtorch" not in maps.read_text(encoding="utf-8")


def test_a_killed_worker_is_gone_on_from_where_it_was(
    engine: RunningEngine, client: openai.OpenAI, job: FineTuningJob, tuned: str
) -> None:
    again = ordered(client, "tiny")
    until(lambda: len(curve(client, again.id)) > STEPS // 3)
    lock = engine.home / "engine" / "jobs" / again.id / "1" / "worker.lock"
    os.kill(int(lock.read_text(encoding="ascii").partition(":")[0]), signal.SIGKILL)

    finished = wait_until(client, again.id, ENDED, 400)

    assert tuned
    assert finished.status == "succeeded", finished.error
    assert any("goes on from its last checkpoint" in message for message in told(client, again.id))
    points = curve(client, again.id)
    assert [point["step"] for point in points] == [*range(1, STEPS + 1)]
    assert points[-1]["train_loss"] == curve(client, job.id)[-1]["train_loss"]
