"""What a program does with an engine: start it, tune a model, ask it many questions; all over HTTP."""

import json
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import openai
from openai.types.fine_tuning import FineTuningJob

from benchmarks.engine_process import EngineProcess

MINILM = "reply-picker-minilm"
NGRAMS = "reply-picker-ngrams"
Floats = npt.NDArray[np.float64]
_LOOK_SECONDS = 0.05
_MOST_TEXTS = 32
_ENDED = {"completed", "failed", "expired", "cancelled"}


@dataclass(frozen=True)
class Answer:
    """The best reply, and whether the model kept it to itself because it was not taught the question."""

    best: str
    abstained: bool


@contextmanager
def running(home: Path) -> Iterator[tuple[EngineProcess, openai.OpenAI]]:
    """An engine, and a client of it."""
    engine = EngineProcess(home)
    engine.start()
    try:
        with engine.client() as client:
            yield engine, client
    finally:
        engine.stop()


def base_models(client: openai.OpenAI) -> list[str]:
    """The built-in base models of this machine, the better one first."""
    known = {model.id for model in client.models.list().data}
    return [base for base in (MINILM, NGRAMS) if base in known]


def tuned(client: openai.OpenAI, base: str, pairs: Iterable[tuple[str, str]], seed: int) -> FineTuningJob:
    """A model trained on questions and their replies.

    Raises:
        RuntimeError: the job did not succeed.
    """
    file = client.files.create(file=("train.jsonl", lines(map(_example, pairs))), purpose="fine-tune")
    job = client.fine_tuning.jobs.create(model=base, training_file=file.id, seed=seed)
    while job.status not in {"succeeded", "failed", "cancelled"}:
        time.sleep(_LOOK_SECONDS)
        job = client.fine_tuning.jobs.retrieve(job.id)
    if job.status != "succeeded":
        raise RuntimeError(f"The model was not trained: {job.error}.")
    return job


def answers(client: openai.OpenAI, model: str, questions: Sequence[str]) -> list[Answer]:
    """A model's answers, in the order of the questions."""
    file = ended(client, begun(client, model, questions))
    found = {}
    for line in client.files.content(file).text.splitlines():
        answer = json.loads(line)
        why = answer["response"]["body"]["touchstone"]
        found[answer["custom_id"]] = Answer(why["candidates"][0]["reply"], why["abstained"])
    return [found[str(number)] for number in range(len(questions))]


def vectors(client: openai.OpenAI, base: str, texts: Sequence[str]) -> Floats:
    """One row for each text."""
    rows: list[list[float]] = []
    for start in range(0, len(texts), _MOST_TEXTS):
        made = client.embeddings.create(model=base, input=list(texts[start : start + _MOST_TEXTS]))
        rows += [one.embedding for one in made.data]
    return np.asarray(rows)


def begun(client: openai.OpenAI, model: str, questions: Sequence[str]) -> str:
    """The id of a batch that asks a model these questions."""
    requests = [
        {
            "custom_id": str(number),
            "method": "POST",
            "url": "/v1/chat/completions",
            "body": {"model": model, "messages": [{"role": "user", "content": question}]},
        }
        for number, question in enumerate(questions)
    ]
    file = client.files.create(file=("questions.jsonl", lines(requests)), purpose="batch")
    return client.batches.create(
        input_file_id=file.id, endpoint="/v1/chat/completions", completion_window="24h"
    ).id


def is_at_work(client: openai.OpenAI, batch_id: str) -> bool:
    """Whether a batch has not ended yet."""
    return client.batches.retrieve(batch_id).status not in _ENDED


def ended(client: openai.OpenAI, batch_id: str) -> str:
    """Wait for a batch; its output file.

    Raises:
        RuntimeError: not every question was answered.
    """
    while is_at_work(client, batch_id):
        time.sleep(_LOOK_SECONDS)
    batch = client.batches.retrieve(batch_id)
    counts, file = batch.request_counts, batch.output_file_id
    if file is None or counts is None or counts.completed != counts.total:
        raise RuntimeError(f"The batch ended as {batch.status} with {counts}.")
    return file


def lines(documents: Iterable[Mapping[str, Any]]) -> bytes:
    """A JSONL file."""
    return "".join(json.dumps(document) + "\n" for document in documents).encode("utf-8")


def _example(pair: tuple[str, str]) -> Mapping[str, Any]:
    question, reply = pair
    return {"messages": [{"role": "user", "content": question}, {"role": "assistant", "content": reply}]}
