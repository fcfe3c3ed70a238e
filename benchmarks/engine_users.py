"""Users of an engine that may be gone at any moment: they write down what they were told, and go on."""

import hashlib
import json
import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import openai

from benchmarks.engine_books import Books
from benchmarks.engine_process import EngineProcess

MODEL = "reply-picker-ngrams"
TOPICS = ("parcel", "refund", "password", "opening", "invoice", "size")
REPLIES = {topic: f"Our house answers questions of kind {number}." for number, topic in enumerate(TOPICS)}
_WORDS = ("please", "today", "again", "still", "urgent", "broken", "late", "missing", "new", "old")
_MOST_ACTIVE = 4
_PAUSE_SECONDS = 0.05
_AWAY_SECONDS = 0.1


@dataclass
class Users:
    """Four people at once: one uploads and deletes, one creates jobs, one cancels, one asks and deletes."""

    engine: EngineProcess
    books: Books
    seed: int
    _ending: threading.Event = field(default_factory=threading.Event)
    _threads: list[threading.Thread] = field(default_factory=list)

    def begin(self) -> None:
        acts = (self._upload, self._create, self._cancel, self._ask)
        for number, act in enumerate(acts):
            chance = random.Random(f"{self.seed}-{number}")
            thread = threading.Thread(target=self._live, args=(act, chance), name=act.__name__, daemon=True)
            thread.start()
            self._threads.append(thread)

    def end(self) -> None:
        """Everybody finishes what they are at."""
        self._ending.set()
        for thread in self._threads:
            thread.join()

    def _live(self, act: Callable[[openai.OpenAI, random.Random], None], chance: random.Random) -> None:
        while not self._ending.is_set():
            try:
                with self.engine.client() as client:
                    act(client, chance)
            except openai.APIConnectionError:
                time.sleep(_AWAY_SECONDS)
            except openai.APIStatusError as error:
                self.books.refused(error)
            time.sleep(_PAUSE_SECONDS)

    def _upload(self, client: openai.OpenAI, chance: random.Random) -> None:
        data = training_file(chance)
        file = client.files.create(file=("train.jsonl", data), purpose="fine-tune").id
        self.books.file_kept(file, hashlib.sha256(data).hexdigest())
        if chance.random() < 0.1:
            self.books.file_going(file)
            client.files.delete(file)
            self.books.told["files deleted"] += 1
        time.sleep(chance.uniform(0, 0.3))

    def _create(self, client: openai.OpenAI, chance: random.Random) -> None:
        files = self.books.files_now()
        active = sum(job.status not in {"succeeded", "failed", "cancelled"} for job in _jobs(client))
        if not files or active >= _MOST_ACTIVE:
            return
        chosen: Any = {"n_epochs": chance.randint(5, 40), "batch_size": chance.choice((1, 2, 8))}
        job = client.fine_tuning.jobs.create(
            model=MODEL, training_file=chance.choice(files), seed=7, hyperparameters=chosen
        )
        self.books.job_kept(job.id)

    def _cancel(self, client: openai.OpenAI, chance: random.Random) -> None:
        time.sleep(chance.uniform(0.2, 1.5))
        waiting = [job.id for job in _jobs(client) if job.status in {"validating_files", "queued", "running"}]
        if waiting and chance.random() < 0.4:
            job = chance.choice(waiting)
            self.books.job_going(job)
            if client.fine_tuning.jobs.cancel(job).status == "cancelled":
                self.books.job_cancelled(job)

    def _ask(self, client: openai.OpenAI, chance: random.Random) -> None:
        models = [model.id for model in client.models.list() if model.id.startswith("ft:")]
        if not models:
            return
        model = chance.choice(models)
        must_answer(client, model, self.books)
        if chance.random() < 0.03:
            self.books.model_going(model)
            client.models.delete(model)
            self.books.told["models deleted"] += 1


def must_answer(client: openai.OpenAI, model: str, books: Books) -> None:
    """Ask a model what it must know; a wrong answer is written down."""
    topic = TOPICS[0]
    said = client.chat.completions.create(
        model=model, messages=[{"role": "user", "content": f"{topic} {topic}"}]
    )
    books.told["answers"] += 1
    if said.choices[0].message.content != REPLIES[topic]:
        books.wrong.append(f"{model} answered {said.choices[0].message.content!r}")


def training_file(chance: random.Random) -> bytes:
    """A few dozen questions, each naming its topic, so that a trained picker cannot be wrong."""
    lines = []
    for topic in TOPICS:
        for _ in range(chance.randint(4, 24)):
            question = f"{topic} {chance.choice(_WORDS)} {chance.choice(_WORDS)} {topic}"
            said = [{"role": "user", "content": question}, {"role": "assistant", "content": REPLIES[topic]}]
            lines.append(json.dumps({"messages": said}))
    return ("\n".join(lines) + "\n").encode("utf-8")


def _jobs(client: openai.OpenAI) -> list[openai.types.fine_tuning.FineTuningJob]:
    return client.fine_tuning.jobs.list(limit=20).data
