"""The real `transformers serve` behind the engine, with a model made on the spot."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import httpx2
import openai
import pytest

from tests.core.engine.foreign_server import names_server
from tests.core.engine.running import ROOT, RunningEngine

QUESTION: Any = [{"role": "user", "content": "May I bring pork?"}]
PROGRAM = Path(sys.executable).with_name("transformers")
PATIENCE_SECONDS = 180

pytestmark = pytest.mark.skipif(
    not PROGRAM.exists() or find_spec("torch") is None,
    reason="transformers and torch are not installed here; the LoRA extra brings them.",
)


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tiny")
    made = [sys.executable, "-m", "tests.core.engine.tiny_model", str(folder)]
    subprocess.run(made, cwd=ROOT, check=True, capture_output=True)
    return folder


@pytest.fixture(scope="module")
def there(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a `transformers serve` that has loaded nothing yet."""
    home = tmp_path_factory.mktemp("hf")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with (home / "log").open("wb") as log:
        serving = subprocess.Popen(
            [str(PROGRAM), "serve", "--host", "127.0.0.1", "--port", str(port)],
            env={**os.environ, "HF_HOME": str(home), "HF_HUB_OFFLINE": "1", "OMP_NUM_THREADS": "1"},
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    address = f"http://127.0.0.1:{port}"
    try:
        _wait_until_it_answers(address, serving, home / "log")
        yield f"{address}/v1"
    finally:
        serving.terminate()
        serving.wait(30)


@pytest.fixture
def client(engine: RunningEngine, client: openai.OpenAI, there: str, tiny: Path) -> openai.OpenAI:
    names_server(engine.home, there, model=str(tiny), timeout_seconds=PATIENCE_SECONDS)
    return client.with_options(timeout=PATIENCE_SECONDS)


def test_it_answers_whole(client: openai.OpenAI, tiny: Path) -> None:
    answer = client.chat.completions.create(model="elsewhere", messages=QUESTION, max_tokens=6)

    assert answer.model == "elsewhere"
    assert answer.choices[0].message.content
    assert answer.choices[0].finish_reason == "length"
    assert answer.usage is not None
    assert answer.usage.completion_tokens == 6
    assert answer.to_dict()["touchstone"]["model"].startswith(str(tiny))  # type: ignore[index]  # an extra field


def test_it_answers_in_a_stream(client: openai.OpenAI) -> None:
    whole = client.chat.completions.create(model="elsewhere", messages=QUESTION, max_tokens=6, temperature=0)
    stream = client.chat.completions.create(
        model="elsewhere",
        messages=QUESTION,
        max_tokens=6,
        temperature=0,
        stream=True,
        stream_options={"include_usage": True},
    )
    chunks = list(stream)

    text = "".join(one.choices[0].delta.content or "" for one in chunks if one.choices)
    assert text == whole.choices[0].message.content
    assert chunks[-1].usage == whole.usage


def test_a_parameter_it_does_not_know_is_its_own_refusal(client: openai.OpenAI) -> None:
    with pytest.raises(openai.BadRequestError, match=r"Unexpected fields .*top_k"):
        client.chat.completions.create(model="elsewhere", messages=QUESTION, extra_body={"top_k": 3})


def test_what_it_would_leave_out_in_silence_is_refused(client: openai.OpenAI) -> None:
    for options in ({"n": 2}, {"logprobs": True}):
        with pytest.raises(openai.BadRequestError, match="is not supported"):
            client.chat.completions.create(model="elsewhere", messages=QUESTION, **options)


def test_a_model_it_does_not_have_is_a_sentence_and_the_next_question_is_answered(
    engine: RunningEngine, client: openai.OpenAI, there: str, tiny: Path
) -> None:
    names_server(engine.home, there, model="nobody/nothing", timeout_seconds=PATIENCE_SECONDS)
    for stream in (False, True):
        with pytest.raises(openai.APIStatusError, match="The server of elsewhere") as failure:
            client.chat.completions.create(model="elsewhere", messages=QUESTION, stream=stream)
        assert failure.value.status_code == 502

    names_server(engine.home, there, model=str(tiny), timeout_seconds=PATIENCE_SECONDS)
    answer = client.chat.completions.create(model="elsewhere", messages=QUESTION, max_tokens=2)
    assert answer.choices[0].message.content


def test_an_address_without_v1_is_told(engine: RunningEngine, client: openai.OpenAI, there: str) -> None:
    names_server(engine.home, there.removesuffix("/v1"), model="x")

    with pytest.raises(openai.APIStatusError, match="status 404: Not Found") as failure:
        client.chat.completions.create(model="elsewhere", messages=QUESTION)

    assert failure.value.status_code == 502


def test_a_client_that_hangs_up_leaves_room_for_the_next(client: openai.OpenAI) -> None:
    with client.chat.completions.create(
        model="elsewhere", messages=QUESTION, max_tokens=1500, stream=True
    ) as stream:
        next(iter(stream))

    answer = client.chat.completions.create(model="elsewhere", messages=QUESTION, max_tokens=2)
    assert answer.usage is not None
    assert answer.usage.completion_tokens == 2


def _wait_until_it_answers(address: str, serving: "subprocess.Popen[bytes]", log: Path) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline and serving.poll() is None:
        try:
            if httpx2.get(f"{address}/health", trust_env=False).is_success:
                return
        except httpx2.TransportError:
            time.sleep(0.2)
    raise AssertionError(log.read_text(encoding="utf-8", errors="replace"))
