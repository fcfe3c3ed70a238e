"""Generating: every arm answers every test question; what is there already is not asked again."""

from collections.abc import Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from typing import Any, Self

from core.answers.arms import Arm, arm_by_id
from core.answers.ask import Reply, ask
from core.answers.examples import examples_for
from core.curation.items import Turn
from core.datasets.splitting import Split
from core.datasets.versions import FrozenRow, dataset_by_id, rows_of
from core.errors import ProviderFailed
from core.jobs.jobs import Job, Jobs, Task
from core.people.persons import Person
from core.people.roles import Action, require
from core.providers.failures import Failure
from core.providers.providers import Providers
from core.store.store import Store
from core.store.transaction import Transaction
from core.workspace import Workspace

KIND = "answer"
"""The kind of the background job; its subject is the dataset and the arms, like ds-1a2b:3,4."""

AT_ONCE = 4
SAVED_AT_ONCE = 20
LOOK_SECONDS = 0.5
GIVE_UP_AFTER = 20
"""After so many failures in a row the next request would most likely fail too, as when a provider is down."""


@dataclass(frozen=True)
class Answered:
    """How many questions have an answer of every arm asked, and how many answers failed."""

    questions: int
    failed: int


def register(workspace: Workspace) -> None:
    """Name the work of the background job that fills in answers."""
    workspace.jobs.register(KIND, lambda task: _work(task, workspace.providers), Action.ASK)


def generate(store: Store, jobs: Jobs, dataset_id: str, arms: Sequence[Arm], person: Person) -> Job:
    """Begin to fill in the answers of these arms to the test questions, in the background.

    Raises:
        NotAllowed: the person may not ask models here.
        Refused: there is no such dataset.
    """
    project_id = dataset_by_id(store, dataset_id).project_id
    require(store, project_id, person, Action.ASK)
    numbers = ",".join(str(arm.id) for arm in arms)
    return jobs.submit(KIND, f"{dataset_id}:{numbers}", person, project_id)


def answer_missing(
    task: Task, store: Store, providers: Providers, dataset_id: str, arms: Sequence[Arm]
) -> Answered:
    """Ask for what is missing, question by question, all arms in turn; each failure is kept as one.

    Answers that failed before are asked for again. What other work asks of the same dataset is waited for: it
    may be the same, and nothing is paid twice.

    Raises:
        ProviderFailed: every further request would fail, or many did; what was answered is kept.
    """
    turn = providers.turn(dataset_id)
    while not turn.acquire(timeout=LOOK_SECONDS):
        task.progress(0, None, "Waiting for other questions of this dataset")
    try:
        return _answer_missing(task, store, providers, dataset_id, arms)
    finally:
        turn.release()


def _answer_missing(
    task: Task, store: Store, providers: Providers, dataset_id: str, arms: Sequence[Arm]
) -> Answered:
    rows = rows_of(store, dataset_id, Split.TEST)
    there = _there(store, dataset_id)
    questions = [row.question for row in rows]
    numbers = {arm.examples for arm in arms}
    shown = {number: examples_for(store, dataset_id, questions, number) for number in numbers}
    missing = [
        _Asked(arm, row, shown[arm.examples][place])
        for place, row in enumerate(rows)
        for arm in arms
        if (arm.id, row.item_id) not in there
    ]
    with _Asking(task, store, providers, dataset_id, len(missing)) as asking:
        for asked in missing:
            asking.begin(asked)
        asking.wait_for_all()
    return Answered(len(rows), asking.failed)


@dataclass(frozen=True)
class _Asked:
    arm: Arm
    row: FrozenRow
    examples: tuple[Turn, ...]


class _Asking:
    """A few questions under way at a time; whatever happens, the answers that came are saved."""

    def __init__(self, task: Task, store: Store, providers: Providers, dataset_id: str, total: int) -> None:
        self.failed = 0
        self._task = task
        self._store = store
        self._providers = providers
        self._dataset_id = dataset_id
        self._total = total
        self._done = 0
        self._in_a_row = 0
        self._pool = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="answer")
        self._running: dict[Future[Reply], _Asked] = {}
        self._unsaved: list[tuple[_Asked, Reply | ProviderFailed]] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._pool.shutdown(wait=True, cancel_futures=True)
        for future, asked in self._running.items():
            if not future.cancelled() and future.exception() is None:
                self._unsaved.append((asked, future.result()))
        self._save()

    def begin(self, asked: _Asked) -> None:
        """Ask as soon as there is room."""
        while len(self._running) >= AT_ONCE:
            self._take_finished()
        self._running[self._pool.submit(_ask, self._providers, asked)] = asked

    def wait_for_all(self) -> None:
        """Return when nothing is under way any more."""
        while self._running:
            self._take_finished()

    def _take_finished(self) -> None:
        finished, _ = wait(self._running, LOOK_SECONDS, FIRST_COMPLETED)
        for future in finished:
            self._take(self._running.pop(future), _outcome(future))
        if len(self._unsaved) >= SAVED_AT_ONCE:
            self._save()
        self._task.progress(self._done, self._total, "Asking the models")

    def _take(self, asked: _Asked, outcome: Reply | ProviderFailed) -> None:
        self._unsaved.append((asked, outcome))
        self._done += 1
        if not isinstance(outcome, ProviderFailed):
            self._in_a_row = 0
            return
        self.failed += 1
        self._in_a_row += 1
        hopeless = isinstance(outcome, Failure) and outcome.always
        if hopeless or self._in_a_row == GIVE_UP_AFTER:
            raise outcome

    def _save(self) -> None:
        if not self._unsaved:
            return
        with self._store.transaction("system") as tx:
            for asked, outcome in self._unsaved:
                key = {"dataset_id": self._dataset_id, "arm_id": asked.arm.id, "item_id": asked.row.item_id}
                _put(tx, key, {**_columns(outcome), "answered_at": tx.now})
        self._unsaved = []


def _work(task: Task, providers: Providers) -> str:
    dataset_id, _, numbers = task.subject.partition(":")
    arms = [arm_by_id(task.store, int(number)) for number in numbers.split(",")]
    answered = answer_missing(task, task.store, providers, dataset_id, arms)
    if answered.failed:
        return (
            f"{answered.questions} questions asked; {answered.failed} answers failed and can be asked again."
        )
    return f"All {answered.questions} held-out questions are answered."


def _ask(providers: Providers, asked: _Asked) -> Reply:
    return ask(providers, asked.arm, asked.row.question, asked.row.conversation, asked.examples)


def _outcome(future: Future[Reply]) -> Reply | ProviderFailed:
    try:
        return future.result()
    except ProviderFailed as failure:
        return failure


def _there(store: Store, dataset_id: str) -> set[tuple[int, int]]:
    rows = store.rows(
        "select arm_id, item_id from answers where dataset_id = ? and error is null", dataset_id
    )
    return {(arm_id, item_id) for arm_id, item_id in rows}


def _put(tx: Transaction, key: dict[str, Any], values: dict[str, Any]) -> None:
    sql = "select 1 from answers where dataset_id = ? and arm_id = ? and item_id = ?"
    if tx.value(sql, *key.values()) is None:
        tx.insert("answers", key | values)
    else:
        tx.update("answers", key, values)


def _columns(outcome: Reply | ProviderFailed) -> dict[str, Any]:
    if isinstance(outcome, ProviderFailed):
        return {"text": None, "error": str(outcome)}
    return {
        "text": outcome.text,
        "seconds": outcome.seconds,
        "input_tokens": outcome.input_tokens,
        "output_tokens": outcome.output_tokens,
        "matched_question": outcome.matched_question,
        "similarity": outcome.similarity,
        "error": None,
    }
