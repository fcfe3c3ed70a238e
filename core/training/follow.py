"""Following a run to its end, in the background, whatever fails or is started again meanwhile."""

from typing import TYPE_CHECKING

from core.errors import ProviderFailed
from core.jobs.jobs import Cancelled, Interrupted, Task
from core.people.roles import Action
from core.providers.failures import Failure
from core.providers.protocol import RemoteJob
from core.providers.providers import Providers
from core.training.curves import SYSTEM, known_events, record_events
from core.training.launch import discard_files, launched, update_run
from core.training.runs import ENDED, KIND, Run, RunState, run_by_id
from core.workspace import Workspace

if TYPE_CHECKING:  # slow to import
    from core.providers.service import Service

FIRST_PAUSE = 0.2
PAUSE_GROWTH = 1.5
LONGEST_PAUSE_AFTER_FAILURE = 60.0
LOOKS_FOR_A_NAME = 5
"""How often a job that succeeded is asked again for the name of its model."""


def register(workspace: Workspace) -> None:
    """Name the work of a run's background job."""
    workspace.jobs.register(KIND, lambda task: follow(task, workspace.providers), Action.TRAIN)


def follow(task: Task, providers: Providers) -> str:
    """Launch the run if that is still to be done, and follow its job to the end.

    Returns:
        How it ended, in a sentence.

    Raises:
        ProviderFailed: the run failed, or the provider cannot be asked any more.
    """
    return _Following(task, providers).to_the_end()


class _Following:
    """One run being followed."""

    def __init__(self, task: Task, providers: Providers) -> None:
        self._task = task
        self._store = task.store
        self._providers = providers
        self._run = run_by_id(task.store, int(task.subject))
        self._seen = known_events(task.store, self._run.id)
        self._cancel_sent = False
        self._nameless = 0

    def to_the_end(self) -> str:
        if self._run.job_id is None and not self._run.ended:
            self._launch()
        pause, failures = FIRST_PAUSE, 0
        longest = self._providers.get(self._run.provider).poll_seconds
        while not self._has_ended():
            try:
                self._look()
                failures = 0
                pause = min(longest, pause * PAUSE_GROWTH)
            except Failure as failure:
                failures += 1
                self._must_be_worth_waiting(failure, failures)
                pause = min(LONGEST_PAUSE_AFTER_FAILURE, pause * PAUSE_GROWTH)
            if not self._has_ended():
                self._pause(pause)
        return _outcome(self._run)

    def _launch(self) -> None:
        self._say("Sending the examples")
        doubtful = self._run.state is RunState.CREATING
        try:
            service = self._providers.service(self._run.provider)
        except Failure as failure:
            self._not_launched(failure, doubtful=doubtful)
            return
        try:
            if self._cancel_asked() and not doubtful:
                discard_files(self._store, service, self._run)
                self._end(RunState.CANCELLED, {})
            else:
                self._run = launched(self._store, service, self._run, self._pause)
        except Failure as failure:
            self._not_launched(failure, doubtful=failure.unclear and self._reached_creating())

    def _not_launched(self, failure: Failure, *, doubtful: bool) -> None:
        """A run whose job may or may not exist stays open: looking again later can tell."""
        if self._cancel_asked():
            self._end(RunState.CANCELLED, {"error": str(failure)})
        elif doubtful:
            raise failure
        else:
            self._end(RunState.FAILED, {"error": str(failure)})

    def _reached_creating(self) -> bool:
        return run_by_id(self._store, self._run.id).state is RunState.CREATING

    def _look(self) -> None:
        """One look at the job; the local engine is started again where it died."""
        service = self._providers.service(self._run.provider)
        job_id = self._run.job_id or ""
        if self._cancel_asked() and not self._cancel_sent:
            self._cancel(service, job_id)
        job = service.job(job_id)
        self._take_events(service, job_id)
        state = _state(job)
        if state is RunState.SUCCEEDED:
            self._succeed(service, job)
        elif state in ENDED:
            error = _failed(service, job) if state is RunState.FAILED else None
            self._end(state, {"error": error, "trained_tokens": job.trained_tokens})
        elif state is not self._run.state:
            self._run = update_run(self._store, self._run, {"state": state.value})
        self._say(state.value.replace("_", " ").capitalize())

    def _take_events(self, service: "Service", job_id: str) -> None:
        try:
            found = service.new_events(job_id, self._seen)
        except Failure as failure:
            if failure.again:
                raise
            return
        record_events(self._store, self._run.id, found)
        self._seen |= {event.id for event in found}

    def _cancel(self, service: "Service", job_id: str) -> None:
        self._say("Asking the provider to stop")
        try:
            service.cancel_job(job_id)
        except Failure as failure:
            if failure.again:
                raise
        self._cancel_sent = True

    def _succeed(self, service: "Service", job: RemoteJob) -> None:
        if job.model is None and self._nameless < LOOKS_FOR_A_NAME:
            self._nameless += 1
            return
        if job.model is None:
            error = (
                f"{service.provider.title} says that the run succeeded but does not name its model. "
                f"Its curves are kept. Look for the job {job.id} at the provider."
            )
            self._end(RunState.FAILED, {"error": error, "trained_tokens": job.trained_tokens})
            return
        untuned = service.untuned_model(job.id)
        found = {"model": job.model, "untuned_model": untuned, "trained_tokens": job.trained_tokens}
        self._end(RunState.SUCCEEDED, found)

    def _end(self, state: RunState, found: dict[str, str | int | None]) -> None:
        with self._store.transaction(SYSTEM) as tx:
            changes = {"state": state.value, "finished_at": tx.now, **found}
            tx.update("runs", {"id": self._run.id}, changes)
            self._run = run_by_id(tx, self._run.id)

    def _must_be_worth_waiting(self, failure: Failure, failures: int) -> None:
        patience = self._providers.get(self._run.provider).patience
        if not failure.again or failures > patience:
            raise failure
        self._say(f"{failure.what} Trying again ({failures} of {patience})")

    def _has_ended(self) -> bool:
        return self._run.ended

    def _cancel_asked(self) -> bool:
        self._run = run_by_id(self._store, self._run.id)
        return self._run.cancel_asked_at is not None

    def _say(self, message: str) -> None:
        """Report progress; a job that a person stopped means: stop the run, and see it to its end."""
        step, total = self._store.row(
            "select coalesce(max(step), 0), max(total_steps) from metric_points where run_id = ?",
            self._run.id,
        ) or (0, None)
        try:
            self._task.progress(step, total, message)
        except Cancelled:
            self._task.cancelled.clear()
            with self._store.transaction(SYSTEM) as tx:
                tx.update("runs", {"id": self._run.id}, {"cancel_asked_at": tx.now})

    def _pause(self, seconds: float) -> None:
        if self._task.closing.wait(seconds):
            raise Interrupted


def _state(job: RemoteJob) -> RunState:
    try:
        return RunState(job.status)
    except ValueError:
        return RunState.UNKNOWN


def _failed(service: "Service", job: RemoteJob) -> str:
    reason = f": {job.error.rstrip('.')}" if job.error else " and does not say why"
    return (
        f"{service.provider.title} says that the run failed{reason}. Your dataset is unchanged, and the "
        "curves so far are kept. Correct what it names, freeze again and start a new run."
    )


def _outcome(run: Run) -> str:
    if run.state is RunState.FAILED:
        raise ProviderFailed(run.error or f"Run {run.id} failed.")
    if run.state is RunState.CANCELLED:
        return f"Run {run.id} was stopped. Its curves so far are kept."
    return f"Run {run.id} is done: {run.model} can be asked."
