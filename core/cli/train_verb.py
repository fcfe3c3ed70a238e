"""Fine-tune a model on a frozen dataset and follow it to the end; Ctrl-C leaves the run going."""

import argparse
import sys

from core.cli.acting import acting_person, add_acting, opened
from core.cli.following import followed
from core.cli.output import emit
from core.curation.projects import project_by_id
from core.datasets.versions import dataset_by_id
from core.errors import ProviderFailed, Refused
from core.jobs.jobs import JobState
from core.people.persons import Person
from core.providers.profiles import LOCAL, PROFILES
from core.training.runs import LossSpan, Run, create_run, follow_run, going_on, loss_span, run_by_id
from core.workspace import Workspace


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare --dataset, --provider, --model, --epochs, --seed and who acts."""
    parser.add_argument("--dataset", required=True, metavar="ID", help="the frozen dataset")
    parser.add_argument("--provider", default=LOCAL.name, choices=list(PROFILES), help="default: local")
    parser.add_argument("--model", metavar="M", help="the model to tune (default: the provider's first)")
    parser.add_argument("--epochs", type=int, metavar="N", help="default: the provider chooses")
    parser.add_argument("--seed", type=int, default=1, metavar="S", help="default: 1")
    add_acting(parser)


def run(options: argparse.Namespace) -> None:
    """Launch a run and follow it.

    Raises:
        Refused: the dataset, the provider or the settings will not do.
        ProviderFailed: the run failed or was stopped.
    """
    with opened(options) as workspace:
        person = acting_person(workspace.store, options.email)
        started = _launched(workspace, options, person)
        job = follow_run(workspace.jobs, started, person)
        try:
            job = followed(workspace.jobs, job)
        except KeyboardInterrupt:
            sys.stderr.write(_left_going(run_by_id(workspace.store, started.id)))
            raise SystemExit(1) from None
        ended = run_by_id(workspace.store, started.id)
        if job.state is not JobState.DONE or ended.model is None:
            raise ProviderFailed(job.outcome or f"Run {ended.id} was stopped.")
        _tell(ended, loss_span(workspace.store, ended.id), as_json=options.json)


def _launched(workspace: Workspace, options: argparse.Namespace, person: Person) -> Run:
    store, providers = workspace.store, workspace.providers
    dataset = dataset_by_id(store, options.dataset)
    project = project_by_id(store, dataset.project_id)
    provider = providers.get(options.provider)
    model = options.model or next(iter(providers.base_models(provider.name)), None)
    if model is None:
        raise Refused(f"{provider.title} has no default model. Name one with --model.")
    same = going_on(store, dataset, provider, model, options.epochs, options.seed)
    if same is not None:
        sys.stderr.write(f"Run {same.id} with these settings goes on already; it is followed.\n")
        return same
    return create_run(store, project, dataset, provider, model, options.epochs, options.seed, person)


def _left_going(left: Run) -> str:
    if left.job_id is None:
        return f"Run {left.id} is not at its provider yet; it goes on when the app opens this workspace.\n"
    title = PROFILES[left.provider].title
    return f"Run {left.id} goes on at {title}; the app takes it up when it opens this workspace.\n"


def _tell(ended: Run, losses: LossSpan | None, *, as_json: bool) -> None:
    document = {
        "run": ended.id,
        "model": ended.model,
        "status": ended.state.value,
        "loss": {"first": losses.first if losses else None, "last": losses.last if losses else None},
        "seconds": ended.seconds,
    }
    curve = f"loss {losses.first:.3f} → {losses.last:.3f}" if losses else "loss unknown"
    text = f"Run {ended.id} {ended.state.value} in {ended.seconds or 0:.1f} s: {ended.model}, {curve}."
    emit(document, text, as_json=as_json)
