"""The engine's speed: start, memory, jobs, the encoder, chats of one and of eight people at once.

Run with `python -m benchmarks.engine_speed`. Seconds are wall seconds unless it says CPU.
"""

import json
import statistics
import tempfile
import threading
import time
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path

import openai

from benchmarks.engine_client import MINILM, base_models, running, tuned, vectors
from benchmarks.engine_process import ROOT, EngineProcess
from benchmarks.measure import TICKS, cpu_of

FEW, MANY, REPLIES = 230, 10_000, 77
CHATS, PEOPLE, SHORT_WORDS = 400, 8, 9
TEXTS = 1024
_WORKER_ENDS_SECONDS = 2.0
_RULES = ROOT / "data" / "demo" / "airport" / "rules.jsonl"


def main() -> None:
    """Measure a fresh engine of each base model."""
    with tempfile.TemporaryDirectory() as folder, running(Path(folder)) as (engine, client):
        _say("ready after", f"{engine.ready_seconds[-1]:.2f} s, CPU {engine.ready_cpu_seconds[-1]:.2f} s")
        for base in base_models(client):
            print(base)
            few, many = list(_pairs(FEW)), list(_pairs(MANY))
            for cache in ("cold", "warm"):
                _say(f"job of {FEW} pairs, {cache}", _job(engine, client, base, few))
            model = tuned(client, base, few, seed=1).fine_tuned_model
            _chats(engine, client, f"{model}")
            if base == MINILM:
                _texts(engine, client)
            for cache in ("cold", "warm"):
                _say(f"job of {MANY:,} pairs on {REPLIES} replies, {cache}", _job(engine, client, base, many))
            _say("resident memory of the engine", f"{_resident(engine.pid):.0f} MB")


def _job(engine: EngineProcess, client: openai.OpenAI, base: str, pairs: Iterable[tuple[str, str]]) -> str:
    began, cpu = time.perf_counter(), _cpu_of_ended_workers(engine.pid)
    tuned(client, base, pairs, seed=1)
    seconds = time.perf_counter() - began
    time.sleep(_WORKER_ENDS_SECONDS)
    return f"{seconds:.2f} s, CPU of the worker {_cpu_of_ended_workers(engine.pid) - cpu:.2f} s"


def _texts(engine: EngineProcess, client: openai.OpenAI) -> None:
    """Short questions, each new to the engine."""
    texts = [f"{question} And then {number}?" for number, question in islice(enumerate(_questions()), TEXTS)]
    began, cpu = time.perf_counter(), cpu_of(engine.pid)
    vectors(client, MINILM, texts)
    seconds, spent = time.perf_counter() - began, cpu_of(engine.pid) - cpu
    _say("texts encoded", f"{TEXTS / seconds:.0f} a second, {TEXTS / spent:.0f} a CPU second")


def _chats(engine: EngineProcess, client: openai.OpenAI, model: str) -> None:
    long = (f"{question} It is {number} o'clock." for number, question in enumerate(_questions()))
    short = (f"{_beginning(question)} {number}" for number, question in enumerate(_questions()))
    for what, new in (("new question", long), ("new short question", short)):
        for people in (1, PEOPLE):
            asked = [[next(new) for _ in range(CHATS // people)] for _ in range(people)]
            _told(engine, client, model, f"chat, {what}, {people} at once", asked)
    _told(engine, client, model, f"chat, known question, {PEOPLE} at once", [["Warm?"] * 50] * PEOPLE)


def _beginning(question: str) -> str:
    return " ".join(question.split()[:SHORT_WORDS])


def _told(
    engine: EngineProcess, client: openai.OpenAI, model: str, what: str, asked: list[list[str]]
) -> None:
    waits: list[float] = []

    def talk(questions: list[str]) -> None:
        for question in questions:
            began = time.perf_counter()
            client.chat.completions.create(model=model, messages=[{"role": "user", "content": question}])
            waits.append(time.perf_counter() - began)

    talk(["Anybody there?"])
    waits.clear()
    people = [threading.Thread(target=talk, args=(questions,)) for questions in asked]
    began, cpu = time.perf_counter(), cpu_of(engine.pid)
    for person in people:
        person.start()
    for person in people:
        person.join()
    seconds, spent = time.perf_counter() - began, cpu_of(engine.pid) - cpu
    late = statistics.quantiles(waits, n=20)[-1]
    _say(
        what,
        f"p50 {statistics.median(waits) * 1000:.0f} ms, p95 {late * 1000:.0f} ms, "
        f"{len(waits) / seconds:.0f} a second, CPU {spent / len(waits) * 1000:.1f} ms each",
    )


def _pairs(number: int) -> Iterator[tuple[str, str]]:
    """Questions of the demo, each only once; what is learned from them does not matter here."""
    for at, question in islice(enumerate(_questions()), number):
        yield f"{question} My number is {at}.", f"Reply {at % REPLIES}."


def _questions() -> Iterator[str]:
    """Those of the demo's airport, over and over."""
    rules = [json.loads(line) for line in _RULES.read_text(encoding="utf-8").splitlines()]
    while True:
        for rule in rules:
            yield from rule["questions"]


def _cpu_of_ended_workers(pid: int) -> float:
    """CPU seconds of the processes that this one started and that have ended."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rsplit(")", 1)[1].split()
    return (int(fields[13]) + int(fields[14])) / TICKS


def _resident(pid: int) -> float:
    """Megabytes."""
    lines = Path(f"/proc/{pid}/status").read_text(encoding="utf-8").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS")) / 1024


def _say(what: str, said: str) -> None:
    print(f"{what:<58} {said}", flush=True)


if __name__ == "__main__":
    main()
