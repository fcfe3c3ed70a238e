"""Carrying out a sweep on the local engine: train, ask what was held out, keep only how it came out."""

from contextlib import suppress
from typing import TYPE_CHECKING

from core.answers.ask import messages
from core.datasets.export import chat_example
from core.datasets.splitting import Split
from core.datasets.versions import dataset_by_id, rows_of
from core.errors import ProviderFailed
from core.formats.training_file import write_chat_file
from core.jobs.jobs import Cancelled, Task
from core.people.roles import Action
from core.providers.profiles import LOCAL
from core.providers.protocol import JobOrder, RemoteJob
from core.providers.providers import Providers
from core.training.curves import SYSTEM
from core.training.runs import ENDED, RunState
from core.training.sweeps import KIND, RIGHT, UNTUNED, WRONG, Sweep, drawn, points_of, sweep_by_id
from core.workspace import Workspace

if TYPE_CHECKING:  # slow to import
    from core.providers.service import Service

LOOK_SECONDS = 0.2
FINISHED = frozenset(state.value for state in ENDED)


def register(workspace: Workspace) -> None:
    """Name the work of a sweep's background job."""
    workspace.jobs.register(
        KIND, lambda task: _Sweeping(task, workspace.providers).to_the_end(), Action.TRAIN
    )


class _Sweeping:
    """One sweep under way. What was cut off is found at the engine again by its token."""

    def __init__(self, task: Task, providers: Providers) -> None:
        self._task = task
        self._providers = providers
        self._sweep: Sweep = sweep_by_id(task.store, int(task.subject))
        dataset = dataset_by_id(task.store, self._sweep.dataset_id)
        self._instructions = dataset.instructions
        self._examples = rows_of(task.store, dataset.id, Split.TRAIN)
        self._held_out = rows_of(task.store, dataset.id, Split.TEST)
        self._points = points_of(task.store, self._sweep)

    def to_the_end(self) -> str:
        """Train what is left; what failed is trained again, and what was asked before a question was erased.

        Raises:
            ProviderFailed: the engine cannot be asked; what was trained is kept.
        """
        asked = len(self._held_out)
        there = {(point.size, point.draw) for point in self._points if len(point.right) == asked}
        try:
            for done, (size, draw) in enumerate(self._sweep.trainings):
                if (size, draw) not in there:
                    message = f"Training on {size} of {len(self._examples)} examples, draw {draw}"
                    self._task.progress(done, len(self._sweep.trainings), message)
                    self._train(size, draw)
        except (Cancelled, ProviderFailed):
            with suppress(ProviderFailed):
                self._tidy()
            raise
        self._tidy()
        failed = [point for point in points_of(self._task.store, self._sweep) if point.error is not None]
        if failed:
            return f"{len(failed)} of {len(self._sweep.trainings)} trainings failed: {failed[0].error}"
        return f"Trained {len(self._sweep.trainings)} times on {len(self._sweep.sizes)} sizes."

    def _train(self, size: int, draw: int) -> None:
        service = self._providers.service(LOCAL.name)
        job = self._job(service, size, draw)
        while job.status not in FINISHED:
            self._task.wait(LOOK_SECONDS)
            job = service.job(job.id)
        if job.status != RunState.SUCCEEDED or job.model is None:
            self._keep(size, draw, None, job.error or f"The training was {job.status}.")
            return
        if (size, draw) == (self._sweep.sizes[-1], 1):
            untuned = service.untuned_model(job.id)
            if untuned is not None:
                self._keep(UNTUNED, draw, self._marks(service, untuned), None)
        self._keep(size, draw, self._marks(service, job.model), None)

    def _job(self, service: "Service", size: int, draw: int) -> RemoteJob:
        """The training's job: what an earlier attempt made, or a new one."""
        token, name = _token(self._sweep, size, draw), _file_name(self._sweep, size, draw)
        found = service.find_job(token, None)
        if found is not None and (found.status not in FINISHED or found.model in service.models()):
            return found
        rows = drawn(self._examples, size, draw)
        data = write_chat_file([chat_example(row, self._instructions) for row in rows])
        file_id = service.find_file(name) or service.upload(name, data)
        order = JobOrder(
            token, self._sweep.base_model, file_id, None, None, seed=draw, suffix=self._sweep.dataset_id
        )
        return service.create_job(order)

    def _marks(self, service: "Service", model: str) -> str:
        """A mark for each held-out question: whether the answer is the approved reply, word for word."""
        marks = []
        for row in self._held_out:
            self._task.check()
            asked = messages(self._instructions, row.question, row.conversation)
            said = service.chat(model, asked, None)
            marks.append(RIGHT if said.text.strip() == row.reply.strip() else WRONG)
        return "".join(marks)

    def _keep(self, size: int, draw: int, marks: str | None, error: str | None) -> None:
        key = {"sweep_id": self._sweep.id, "size": size, "draw": draw}
        with self._task.store.transaction(SYSTEM) as tx:
            tx.delete("sweep_points", key)
            tx.insert("sweep_points", {**key, "marks": marks, "error": error, "trained_at": tx.now})

    def _tidy(self) -> None:
        discard(self._providers.service(LOCAL.name), self._sweep)


def discard(service: "Service", sweep: Sweep) -> None:
    """Delete what a sweep left at the engine: files and models hold its examples word for word.

    Raises:
        ProviderFailed: the engine did not do it; it can be asked again.
    """
    there = set(service.models())
    for size, draw in sweep.trainings:
        job = service.find_job(_token(sweep, size, draw), None)
        if job is not None and job.status not in FINISHED:
            service.cancel_job(job.id)
        if job is not None and job.model in there:
            service.delete_model(job.model)
        file_id = service.find_file(_file_name(sweep, size, draw))
        if file_id is not None:
            service.delete_file(file_id)


def _token(sweep: Sweep, size: int, draw: int) -> str:
    return f"{sweep.token}-{size}-{draw}"


def _file_name(sweep: Sweep, size: int, draw: int) -> str:
    return f"touchstone-{_token(sweep, size, draw)}.jsonl"
