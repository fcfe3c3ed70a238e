"""One door for every kind of model: what is asked, ignored and refused, and how an answer ends."""

from importlib.util import find_spec
from typing import Any

import openai
import pytest

from tests.core.engine.running import NGRAMS, RunningEngine, ask, chat_file, train, upload
from tests.core.engine.shop import REPLIES, TAUGHT

QUESTION: Any = [{"role": "user", "content": "Where is my parcel?"}]


@pytest.fixture(scope="module")
def model(client: openai.OpenAI) -> str:
    tuned = train(client, chat_file(TAUGHT)).fine_tuned_model
    assert tuned is not None
    return tuned


def test_streamed_and_whole_are_the_same_answer(client: openai.OpenAI, model: str) -> None:
    whole = client.chat.completions.create(model=model, messages=QUESTION)
    stream = client.chat.completions.create(
        model=model, messages=QUESTION, stream=True, stream_options={"include_usage": True}
    )
    chunks = list(stream)

    text = "".join(one.choices[0].delta.content or "" for one in chunks if one.choices)
    last = next(one for one in chunks if one.choices and one.choices[0].finish_reason)
    assert text == whole.choices[0].message.content == REPLIES["parcel"]
    assert last.to_dict()["touchstone"] == whole.to_dict()["touchstone"]
    assert chunks[-1].usage == whole.usage
    assert [one.usage for one in chunks[:-1]] == [None] * (len(chunks) - 1)


def test_without_being_asked_a_stream_tells_no_usage(client: openai.OpenAI, model: str) -> None:
    stream = client.chat.completions.create(model=model, messages=QUESTION, stream=True)

    assert all("usage" not in one.to_dict() for one in stream)


@pytest.mark.parametrize("stream", [True, False])
def test_what_changes_nothing_is_named(client: openai.OpenAI, model: str, *, stream: bool) -> None:
    answer = client.chat.completions.with_raw_response.create(
        model=model, messages=QUESTION, stream=stream, temperature=0.2, seed=4, n=1, extra_body={"min_p": 0.1}
    )

    assert answer.headers["x-touchstone-ignored"] == "min_p, n, seed, temperature"


def test_the_last_user_message_is_the_question(client: openai.OpenAI, model: str) -> None:
    talk: Any = [
        {"role": "system", "content": "Be kind."},
        {"role": "user", "content": "I want a refund"},
        {"role": "assistant", "content": REPLIES["refund"]},
        {
            "role": "user",
            "content": [{"type": "text", "text": "Where is "}, {"type": "text", "text": "my parcel?"}],
        },
    ]
    answer = client.chat.completions.create(model=model, messages=talk)

    assert answer.choices[0].message.content == REPLIES["parcel"]


@pytest.mark.parametrize(
    ("messages", "param"),
    [
        ([{"role": "tool", "content": "x", "tool_call_id": "1"}], "messages[0].role"),
        (
            [{"role": "user", "content": [{"type": "image_url", "image_url": {"url": "x"}}]}],
            "messages[0].content",
        ),
        ([{"role": "user", "content": "hello"}, {"role": "user", "content": " "}], "messages"),
    ],
)
def test_what_is_no_text_is_refused(client: openai.OpenAI, model: str, messages: Any, param: str) -> None:
    with pytest.raises(openai.BadRequestError) as refused:
        client.chat.completions.create(model=model, messages=messages)

    assert refused.value.param == param


def test_a_refused_stream_is_refused_by_its_status(client: openai.OpenAI) -> None:
    with pytest.raises(openai.NotFoundError):
        client.chat.completions.create(model="nobody", messages=QUESTION, stream=True)


def test_hugging_face_models_are_listed_under_their_owner(
    engine: RunningEngine, client: openai.OpenAI
) -> None:
    _names_hugging_face_models(engine)

    owners = {model.id: model.owned_by for model in client.models.list()}
    assert (owners["tiny"], owners["small"], owners[NGRAMS]) == ("local", "Qwen", "touchstone")
    assert client.models.retrieve("small").owned_by == "Qwen"


@pytest.mark.skipif(find_spec("torch") is not None, reason="The LoRA extra is installed here.")
def test_without_the_extra_hugging_face_models_say_what_to_install(
    engine: RunningEngine, client: openai.OpenAI
) -> None:
    _names_hugging_face_models(engine)
    file = upload(client, chat_file(TAUGHT))

    with pytest.raises(openai.BadRequestError, match="not installed here") as tuned:
        client.fine_tuning.jobs.create(model="tiny", training_file=file)
    with pytest.raises(openai.APIStatusError, match="not installed here") as asked:
        ask(client, "tiny", "hello")

    assert tuned.value.param == "model"
    assert asked.value.status_code == 503


def _names_hugging_face_models(engine: RunningEngine) -> None:
    (engine.home / "engine" / "models.toml").write_text(
        '[huggingface.tiny]\npath = "/srv/models/tiny"\n[huggingface.small]\nhub = "Qwen/Qwen3-0.6B"\n',
        encoding="utf-8",
    )
