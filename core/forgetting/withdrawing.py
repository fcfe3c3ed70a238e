"""Withdrawing what was sent: the files of every run that learned from what was erased, at its provider."""

from core.answers.sweeping import discard
from core.errors import NotAllowed, Refused, TouchstoneError
from core.forgetting.erasing import FAILED, TO_WITHDRAW, WITHDRAWN, erasure_by_id
from core.jobs.jobs import Job, Jobs, Task, Work
from core.people.persons import Person
from core.people.roles import Action, may, roles_of
from core.providers.profiles import LOCAL
from core.providers.providers import Providers
from core.store.store import Store
from core.text.figures import counted
from core.training.runs import run_by_id
from core.training.sweeps import Sweep, sweeps_of
from core.training.withdraw import withdraw

KIND = "withdraw"
"""The kind of the background job; its subject is the erasure's number."""


def begin_withdrawing(store: Store, jobs: Jobs, erasure_id: int, person: Person) -> Job | None:
    """Ask the providers in the background; None where nothing was sent or all is withdrawn already.

    Raises:
        NotAllowed: the person may forget customers in no project.
        Refused: there is no such erasure.
    """
    _must_forget(store, person)
    erasure_by_id(store, erasure_id)
    sent = _left(store, erasure_id) or _sweeps(store, erasure_id)
    return jobs.submit(KIND, str(erasure_id), person) if sent else None


def work_of(store: Store, providers: Providers) -> Work:
    """The background work: run by run, each noted when it is done; it may be cut off and begin again."""

    def work(task: Task) -> str:
        return withdraw_all(store, providers, int(task.subject), task)

    return work


def withdraw_all(store: Store, providers: Providers, erasure_id: int, task: Task | None = None) -> str:
    """Withdraw what was sent for each run; what fails is noted with its reason, and can be tried again.

    Returns:
        How it went, in a sentence.

    Raises:
        Refused: it failed for some of them.
        ProviderFailed: the engine did not delete what learning curves left there; all else was asked before.
    """
    left = _left(store, erasure_id)
    failed = 0
    for place, run_id in enumerate(left):
        if task is not None:
            task.progress(place, len(left), "Deleting at the providers what was sent")
        run = run_by_id(store, run_id)
        try:
            state, note = WITHDRAWN, withdraw(providers.service(run.provider), run)
        except TouchstoneError as error:
            state, note = FAILED, str(error)
            failed += 1
        with store.transaction("system") as tx:
            key = {"erasure_id": erasure_id, "run_id": run_id}
            tx.update("erased_runs", key, {"state": state, "note": note})
    for sweep in _sweeps(store, erasure_id):
        discard(providers.service(LOCAL.name), sweep)
    if failed:
        raise Refused(
            f"What was sent for {failed} of {counted(len(left), 'fine-tuning')} could not be deleted at its "
            "provider. The Forget page says why; try again there."
        )
    if not left:
        return "No fine-tuning is left to withdraw."
    return f"What was sent for {counted(len(left), 'fine-tuning')} was deleted."


def runs_of_erasure(store: Store, erasure_id: int) -> list[tuple[int, str, str]]:
    """Number, state and note of each run that learned from what was erased."""
    rows = store.rows(
        "select run_id, state, note from erased_runs where erasure_id = ? order by run_id", erasure_id
    )
    return [(run_id, state, note) for run_id, state, note in rows]


def _left(store: Store, erasure_id: int) -> list[int]:
    rows = store.rows(
        "select run_id from erased_runs where erasure_id = ? and state in (?, ?) order by run_id",
        erasure_id,
        TO_WITHDRAW,
        FAILED,
    )
    return [run_id for (run_id,) in rows]


def _sweeps(store: Store, erasure_id: int) -> list[Sweep]:
    """Learning curves of the datasets it touched; what was cut off may have left something at the engine."""
    rows = store.rows("select distinct dataset_id from erased_datasets where erasure_id = ?", erasure_id)
    return [sweep for (dataset_id,) in rows for sweep in sweeps_of(store, dataset_id)]


def _must_forget(store: Store, person: Person) -> None:
    rows = store.rows("select distinct project_id from roles where person_id = ?", person.id)
    if not any(may(roles_of(store, project_id, person.id), Action.FORGET) for (project_id,) in rows):
        raise NotAllowed(f"{person.name} may {Action.FORGET.value} in no project. Nothing was begun.")
