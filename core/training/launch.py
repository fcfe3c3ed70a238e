"""Launching a run: its files uploaded and its job made exactly once, whatever is cut off on the way.

Each step is written into the run before and after it is taken. What may have been sent already is looked for
at the provider before it is sent again: money is never spent twice.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from core.datasets.export import chat_file
from core.datasets.splitting import Split
from core.datasets.versions import dataset_by_id
from core.providers.failures import Failure
from core.providers.protocol import JobOrder, RemoteJob
from core.store.store import Store
from core.training.curves import SYSTEM
from core.training.runs import Run, RunState, run_by_id

if TYPE_CHECKING:  # slow to import
    from core.providers.service import Service

PAUSES = (1.0, 5.0, 20.0)
"""Seconds to wait before looking for what was sent without a clear answer."""

Pause = Callable[[float], None]


def launched(store: Store, service: "Service", run: Run, pause: Pause) -> Run:
    """The run with its job at the provider.

    Raises:
        Failure: the provider refused, or it cannot be known whether it made the job.
    """
    if run.job_id is not None:
        return run
    if run.state is not RunState.CREATING:
        run = _with_files(store, service, run, pause)
    try:
        job = _job(store, service, run, pause)
    except Failure as failure:
        if failure.unclear:
            raise
        raise failure.settled(f"Nothing was charged, {discard_files(store, service, run)}") from failure
    return update_run(store, run, {"job_id": job.id, "state": RunState.QUEUED.value})


def discard_files(store: Store, service: "Service", run: Run) -> str:
    """Remove what was uploaded for a run without a job; says what became of it and of the dataset."""
    files = [file_id for file_id in (run.training_file, run.validation_file) if file_id is not None]
    try:
        for file_id in files:
            service.delete_file(file_id)
    except Failure:
        return (
            f"the uploaded files ({', '.join(files)}) are still at the provider, your dataset is unchanged."
        )
    update_run(store, run, {"training_file": None, "validation_file": None})
    removed = "the uploaded files were" if len(files) > 1 else "the uploaded file was"
    return f"{removed} removed, your dataset is unchanged."


def update_run(store: Store, run: Run, changes: dict[str, Any]) -> Run:
    """Write changes of a run down and return it anew."""
    with store.transaction(SYSTEM) as tx:
        tx.update("runs", {"id": run.id}, changes)
        return run_by_id(tx, run.id)


def _with_files(store: Store, service: "Service", run: Run, pause: Pause) -> Run:
    doubtful = run.state is RunState.UPLOADING
    run = update_run(store, run, {"state": RunState.UPLOADING.value})
    if run.training_file is None:
        data = chat_file(store, run.dataset_id, Split.TRAIN)
        file_id = _uploaded(service, file_name(run, Split.TRAIN), data, pause, doubtful=doubtful)
        run = update_run(store, run, {"training_file": file_id})
    if run.validation_file is None and dataset_by_id(store, run.dataset_id).n_validation:
        data = chat_file(store, run.dataset_id, Split.VALIDATION)
        file_id = _uploaded(service, file_name(run, Split.VALIDATION), data, pause, doubtful=doubtful)
        run = update_run(store, run, {"validation_file": file_id})
    return run


def _uploaded(service: "Service", name: str, data: bytes, pause: Pause, *, doubtful: bool) -> str:
    for seconds in PAUSES:
        try:
            found = service.find_file(name) if doubtful else None
            return found or service.upload(name, data)
        except Failure as failure:
            if not failure.again:
                raise
            doubtful = doubtful or failure.unclear
        pause(seconds)
    return service.find_file(name) or service.upload(name, data)


def _job(store: Store, service: "Service", run: Run, pause: Pause) -> RemoteJob:
    doubtful = run.state is RunState.CREATING
    update_run(store, run, {"state": RunState.CREATING.value})
    for seconds in PAUSES:
        try:
            found = _found(service, run) if doubtful else None
            return found or service.create_job(_order(run))
        except Failure as failure:
            if not failure.again:
                raise
            trouble = failure
            doubtful = doubtful or failure.unclear
        pause(seconds)
    found = _found(service, run) if doubtful else None
    if found is None:
        raise trouble.settled("The provider lists no job of this run, and your dataset is unchanged.")
    return found


def _found(service: "Service", run: Run) -> RemoteJob | None:
    """The job if an earlier request made it; while that cannot be told, nothing is sent again."""
    try:
        return service.find_job(run.token, run.training_file)
    except Failure as failure:
        raise Failure(
            f"{failure.what} So it is not known whether {service.provider.title} made the job.",
            "Nothing is sent again before that is known, so that nothing is paid twice.",
            "Look again later. If its jobs cannot be listed at all, look at the provider's own page of jobs, "
            "and stop this run here before you start a new one.",
            again=failure.again,
            unclear=True,
        ) from failure


def _order(run: Run) -> JobOrder:
    return JobOrder(
        token=run.token,
        model=run.base_model,
        training_file=run.training_file or "",
        validation_file=run.validation_file,
        n_epochs=run.n_epochs,
        seed=run.seed,
        suffix=run.dataset_id,
    )


def file_name(run: Run, split: Split) -> str:
    """Under this name a split of a run's dataset is uploaded, and found again."""
    return f"touchstone-{run.token}-{split.value}.jsonl"
