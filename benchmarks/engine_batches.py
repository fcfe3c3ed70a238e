"""What a chat costs the engine alone and in a batch, and how long one takes meanwhile.

Run with `python -m benchmarks.engine_batches`.
"""

import json
import statistics
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import openai

from benchmarks.engine_client import MINILM, NGRAMS, base_models, begun, ended, is_at_work, running, tuned
from benchmarks.engine_process import ROOT, EngineProcess
from benchmarks.measure import cpu_of

ALONE = 200
IN_A_BATCH = {MINILM: 2_000, NGRAMS: 10_000}
_RULES = ROOT / "data" / "demo" / "airport" / "rules.jsonl"
_PAUSE_SECONDS = 0.1


def main() -> None:
    """Measure both built-in base models."""
    with tempfile.TemporaryDirectory() as folder, running(Path(folder)) as (engine, client):
        for base in base_models(client):
            model = f"{tuned(client, base, _pairs(), seed=1).fine_tuned_model}"
            _chat(client, model, "Warm?")
            alone = _alone(engine, client, model)
            batch = _batch(engine, client, model, IN_A_BATCH[base])
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


def _alone(engine: EngineProcess, client: openai.OpenAI, model: str) -> _Cost:
    began, cpu = time.monotonic(), cpu_of(engine.pid)
    waits = [_chat(client, model, _question("alone", number)) for number in range(ALONE)]
    spent = cpu_of(engine.pid) - cpu
    return _Cost(spent / ALONE * 1000, time.monotonic() - began, waits)


def _batch(engine: EngineProcess, client: openai.OpenAI, model: str, number: int) -> _Cost:
    """First the batch by itself, for its cost; then another with somebody who chats meanwhile."""
    began, cpu = time.monotonic(), cpu_of(engine.pid)
    ended(client, begun(client, model, _questions("first", number)))
    spent, seconds = cpu_of(engine.pid) - cpu, time.monotonic() - began
    waits: list[float] = []
    batch = begun(client, model, _questions("second", number))
    while is_at_work(client, batch):
        waits.append(_chat(client, model, _question("meanwhile", len(waits))))
        time.sleep(_PAUSE_SECONDS)
    return _Cost(spent / number * 1000, seconds, waits)


def _chat(client: openai.OpenAI, model: str, question: str) -> float:
    began = time.monotonic()
    client.chat.completions.create(model=model, messages=[{"role": "user", "content": question}])
    return time.monotonic() - began


def _pairs() -> list[tuple[str, str]]:
    rules = [json.loads(line) for line in _RULES.read_text(encoding="utf-8").splitlines()]
    return [(question, rule["reply"]) for rule in rules for question in rule["questions"]]


def _questions(which: str, number: int) -> list[str]:
    return [_question(which, at) for at in range(number)]


def _question(which: str, number: int) -> str:
    """A new one each time: nothing of it is in the cache."""
    return f"May I bring {number} jars of {which} jam through security in my hand luggage?"


def _told(waits: list[float]) -> str:
    ordered = sorted(waits)
    middle, late = statistics.median(ordered) * 1000, ordered[int(len(ordered) * 0.95)] * 1000
    return f"{middle:.0f} ms (95 % within {late:.0f} ms, n = {len(ordered)})"


if __name__ == "__main__":
    main()
