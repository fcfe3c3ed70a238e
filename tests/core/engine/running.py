"""A real engine process for the tests, and clients that speak to it."""

import json
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2
import openai
from openai.types.fine_tuning import FineTuningJob

ROOT = Path(__file__).resolve().parents[3]
NGRAMS = "reply-picker-ngrams"
MINILM = "reply-picker-minilm"
ENDED = {"succeeded", "failed", "cancelled"}
Hook = Callable[[httpx2.Response], None]


@dataclass
class RunningEngine:
    """`python -m core engine` in a home of its own."""

    home: Path
    hooks: list[Hook] = field(default_factory=list)
    options: tuple[str, ...] = ()
    environment: dict[str, str] = field(default_factory=dict)
    base_url: str = ""
    _process: subprocess.Popen[str] | None = None
    _clients: list[openai.OpenAI] = field(default_factory=list)

    def start(self) -> "RunningEngine":
        self._let_go()
        self._process = start_process(self.home, *self.options, environment=self.environment)
        line = first_line(self._process)
        assert line.startswith("ready http://127.0.0.1:"), f"it said {line!r} {self._last_words()}"
        self.base_url = line.split()[1]
        return self

    @property
    def process(self) -> subprocess.Popen[str]:
        assert self._process is not None
        return self._process

    @property
    def is_running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def refused(self) -> str:
        """What an engine says that does not start."""
        process = start_process(self.home, *self.options, environment=self.environment)
        said, error = process.communicate(timeout=30)
        assert process.returncode == 1, f"it said {said!r}"
        assert said == ""
        return error

    @property
    def key(self) -> str:
        return (self.home / "engine" / "key").read_text(encoding="ascii").strip()

    def client(self, key: str | None = None) -> openai.OpenAI:
        http = httpx2.Client(event_hooks={"response": self.hooks}, trust_env=False)
        made = openai.OpenAI(
            base_url=self.base_url, api_key=key or self.key, http_client=http, max_retries=0, timeout=30
        )
        self._clients.append(made)
        return made

    def _last_words(self) -> str:
        self.process.kill()
        return self.process.communicate()[1]

    def kill(self) -> None:
        self._end(signal.SIGKILL)

    def stop(self) -> int:
        return self._end(signal.SIGTERM)

    def _end(self, how: signal.Signals) -> int:
        self.process.send_signal(how)
        code = self.process.wait(timeout=20)
        self._let_go()
        return code

    def _let_go(self) -> None:
        """Close what was open to a process that has ended."""
        for client in self._clients:
            client.close()
        self._clients = []
        for stream in (self._process.stdout, self._process.stderr) if self._process else ():
            if stream is not None:
                stream.close()


EngineOf = Callable[..., RunningEngine]
"""Makes an engine for a home, with any field of `RunningEngine`; it is ended with its test."""


def start_process(
    home: Path, *options: str, environment: dict[str, str] | None = None
) -> "subprocess.Popen[str]":
    env = {name: value for name, value in os.environ.items() if not name.startswith("TOUCHSTONE_ENGINE")}
    env |= environment or {}
    return subprocess.Popen(
        [sys.executable, "-m", "core", "engine", "--home", str(home), *options],
        cwd=ROOT,
        env=env,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def first_line(process: "subprocess.Popen[str]") -> str:
    assert process.stdout is not None
    readable, _, _ = select.select([process.stdout], [], [], 30)
    return process.stdout.readline().strip() if readable else ""


def chat_file(pairs: Iterable[tuple[str, str]]) -> bytes:
    lines = [
        json.dumps(
            {"messages": [{"role": "user", "content": asked}, {"role": "assistant", "content": reply}]}
        )
        for asked, reply in pairs
    ]
    return ("\n".join(lines) + "\n").encode("utf-8")


def upload(client: openai.OpenAI, data: bytes) -> str:
    return client.files.create(file=("train.jsonl", data), purpose="fine-tune").id


def wait_until(client: openai.OpenAI, job_id: str, reached: set[str], seconds: float = 60) -> FineTuningJob:
    deadline = time.monotonic() + seconds
    while True:
        job = client.fine_tuning.jobs.retrieve(job_id)
        if job.status in reached or time.monotonic() > deadline:
            assert job.status in reached, f"the job is still {job.status}"
            return job
        time.sleep(0.03)


def train(client: openai.OpenAI, data: bytes, **options: Any) -> FineTuningJob:
    chosen: dict[str, Any] = {"model": NGRAMS, "seed": 7, **options}
    job = client.fine_tuning.jobs.create(training_file=upload(client, data), **chosen)
    return wait_until(client, job.id, ENDED)


def ask(client: openai.OpenAI, model: str, question: str) -> tuple[str, dict[str, Any]]:
    """The reply and the documented extra field."""
    answer = client.chat.completions.create(model=model, messages=[{"role": "user", "content": question}])
    extra: dict[str, dict[str, Any]] = answer.model_extra or {}
    return answer.choices[0].message.content or "", extra["touchstone"]


def curve(client: openai.OpenAI, job_id: str) -> list[dict[str, Any]]:
    """A job's metrics, first step first."""
    events = client.fine_tuning.jobs.list_events(job_id, limit=1000).data
    return [event.model_dump()["data"] for event in reversed(events) if event.type == "metrics"]


def shares_right(client: openai.OpenAI, model: str, pairs: Iterable[tuple[str, str]]) -> float:
    hits = [bool(ask(client, model, question)[0] == reply) for question, reply in pairs]
    return sum(hits) / len(hits)
