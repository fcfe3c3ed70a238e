"""What a chat costs the engine alone and in a batch, and how long one takes meanwhile.

Run with `python -m benchmarks.engine_batches`.
"""

import json
import statistics
import tempfile
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import openai

from benchmarks.engine_process import ROOT, EngineProcess
from benchmarks.measure import cpu_of

ALONE = 200
IN_A_BATCH = {"reply-picker-minilm": 2_000, "reply-picker-ngrams": 10_000}
_RULES = ROOT / "data" / "demo" / "airport" / "rules.jsonl"
_LOOK_SECONDS = 0.1
_ENDED = {"completed", "failed", "expired", "cancelled"}


def main() -> None:
    """Measure both built-in base models."""
    with tempfile.TemporaryDirectory() as folder, _running(Path(folder)) as (engine, client):
        known = {model.id for model in client.models.list().data}
        for base in (name for name in IN_A_BATCH if name in known):
            tuned = _tuned(client, base)
            _chat(client, tuned, "Warm?")
            alone = _alone(engine, client, tuned)
            batch = _batch(engine, client, tuned, IN_A_BATCH[base])
            print(f"{base}: CPU of a chat {alone.cpu:.2f} ms alone, {batch.cpu:.2f} ms in a batch")
            print(f"  a chat takes {_told(alone.waits)} when nothing else is done")
            print(f"  a chat takes {_told(batch.waits)} while a batch runs")
            print(f"  a batch of {IN_A_BATCH[base]:,} took {batch.seconds:.1f} s")


@dataclass(frozen=True)
class _Cost:
    """CPU milliseconds of the engine for each chat; the seconds that single chats took."""

    cpu: float
    seconds: float
    waits: list[float]


@contextmanager
def _running(home: Path) -> Iterator[tuple[EngineProcess, openai.OpenAI]]:
    engine = EngineProcess(home)
    engine.start()
    try:
        with engine.client() as client:
            yield engine, client
    finally:
        engine.stop()


def _tuned(client: openai.OpenAI, base: str) -> str:
    rules = [json.loads(line) for line in _RULES.read_text(encoding="utf-8").splitlines()]
    lines = [
        {"messages": [{"role": "user", "content": asked}, {"role": "assistant", "content": rule["reply"]}]}
        for rule in rules
        for asked in rule["questions"]
    ]
    file = client.files.create(file=("airport.jsonl", _lines(lines)), purpose="fine-tune")
    job = client.fine_tuning.jobs.create(model=base, training_file=file.id, seed=1)
    while job.fine_tuned_model is None:
        time.sleep(_LOOK_SECONDS)
        job = client.fine_tuning.jobs.retrieve(job.id)
        if job.status in {"failed", "cancelled"}:
            raise RuntimeError(f"The model was not trained: {job.error}.")
    return job.fine_tuned_model


def _alone(engine: EngineProcess, client: openai.OpenAI, model: str) -> _Cost:
    began, cpu = time.monotonic(), cpu_of(engine.pid)
    waits = [_chat(client, model, _question("alone", number)) for number in range(ALONE)]
    spent = cpu_of(engine.pid) - cpu
    return _Cost(spent / ALONE * 1000, time.monotonic() - began, waits)


def _batch(engine: EngineProcess, client: openai.OpenAI, model: str, number: int) -> _Cost:
    """First the batch by itself, for its cost; then another with somebody who chats meanwhile."""
    began, cpu = time.monotonic(), cpu_of(engine.pid)
    _ended(client, _begun(client, model, "first", number))
    spent, seconds = cpu_of(engine.pid) - cpu, time.monotonic() - began
    waits: list[float] = []
    batch = _begun(client, model, "second", number)
    while client.batches.retrieve(batch).status not in _ENDED:
        waits.append(_chat(client, model, _question("meanwhile", len(waits))))
        time.sleep(_LOOK_SECONDS)
    return _Cost(spent / number * 1000, seconds, waits)


def _begun(client: openai.OpenAI, model: str, which: str, number: int) -> str:
    lines = [
        {
            "custom_id": f"{at}",
            "method": "POST",
            "url": "/v1/chat/completions",
            "body": {"model": model, "messages": [{"role": "user", "content": _question(which, at)}]},
        }
        for at in range(number)
    ]
    file = client.files.create(file=("questions.jsonl", _lines(lines)), purpose="batch")
    made = client.batches.create(
        input_file_id=file.id, endpoint="/v1/chat/completions", completion_window="24h"
    )
    return made.id


def _ended(client: openai.OpenAI, batch_id: str) -> None:
    while (batch := client.batches.retrieve(batch_id)).status not in _ENDED:
        time.sleep(_LOOK_SECONDS)
    counts = batch.request_counts
    if counts is None or counts.completed != counts.total:
        raise RuntimeError(f"The batch ended as {batch.status} with {counts}.")


def _chat(client: openai.OpenAI, model: str, question: str) -> float:
    began = time.monotonic()
    client.chat.completions.create(model=model, messages=[{"role": "user", "content": question}])
    return time.monotonic() - began


def _question(which: str, number: int) -> str:
    """A new one each time: nothing of it is in the cache."""
    return f"May I bring {number} jars of {which} jam through security in my hand luggage?"


def _lines(documents: Iterable[Mapping[str, object]]) -> bytes:
    return "".join(json.dumps(document) + "\n" for document in documents).encode("utf-8")


def _told(waits: list[float]) -> str:
    ordered = sorted(waits)
    middle, late = statistics.median(ordered) * 1000, ordered[int(len(ordered) * 0.95)] * 1000
    return f"{middle:.0f} ms (95 % within {late:.0f} ms, n = {len(ordered)})"


if __name__ == "__main__":
    main()
