"""Have models answer the held-out questions of a dataset; Ctrl-C keeps what is answered."""

import argparse
import sys
from dataclasses import asdict, dataclass

from core.answers.arms import Arm, add_model_arm, ensure_arms_of_run
from core.answers.generate import generate
from core.answers.measures import answers_frame
from core.cli.acting import acting_person, add_acting, opened
from core.cli.following import followed
from core.cli.output import emit
from core.datasets.splitting import Split
from core.datasets.versions import Dataset, dataset_by_id
from core.errors import ProviderFailed, Refused
from core.jobs.jobs import Job, JobState
from core.people.persons import Person
from core.providers.profiles import Provider
from core.store.store import Store
from core.training.runs import Run, RunState, run_by_id, runs_of
from core.workspace import Workspace

BASE = "base"


@dataclass(frozen=True)
class Told:
    """How many questions an arm has answered, and how many it failed at."""

    arm: str
    answered: int
    failed: int


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of this verb."""
    parser.add_argument("--dataset", required=True, metavar="ID", help="the frozen dataset")
    parser.add_argument(
        "--split",
        default=Split.TEST.value,
        choices=[Split.TEST.value],
        help="which questions are asked: those that no model learned from",
    )
    parser.add_argument(
        "--arm",
        dest="arms",
        action="append",
        required=True,
        metavar="base|RUN|PROVIDER:MODEL",
        help="who answers: the tuned model of a run by its number, the base of the runs named (else of the "
        "newest), or any model of a provider; may be said more than once",
    )
    parser.add_argument(
        "--examples",
        type=int,
        default=0,
        metavar="N",
        help="show each PROVIDER:MODEL, with every question, the replies taught to the N most similar ones",
    )
    add_acting(parser)


def run(options: argparse.Namespace) -> None:
    """Have every arm answer every question that it has not answered yet.

    Raises:
        Refused: the dataset or an arm is not there, or some answers failed.
        ProviderFailed: a provider cannot be asked; what was answered is kept.
    """
    with opened(options) as workspace:
        store = workspace.store
        person = acting_person(store, options.email)
        dataset = dataset_by_id(store, options.dataset)
        if not dataset.n_test:
            raise Refused(f"{dataset.id} holds no questions out, so there is nothing to ask.")
        arms = _arms(workspace, dataset, options.arms, options.examples, person)
        sys.stderr.write(_sent(workspace, dataset, arms))
        job = generate(store, workspace.jobs, dataset.id, arms, person)
        try:
            job = followed(workspace.jobs, job)
        except KeyboardInterrupt:
            workspace.jobs.cancel(job.id, person)
            sys.stderr.write("Stopping once the answers under way are here …\n")
            job = followed(workspace.jobs, workspace.jobs.get(job.id))
        _must_have_ended_well(job)
        told = [_told(store, dataset, arm) for arm in arms]
    document = {"dataset": dataset.id, "split": options.split, "arms": [asdict(one) for one in told]}
    lines = [f"{one.arm}: {one.answered} of {dataset.n_test} answered." for one in told]
    emit(document, "\n".join(lines), as_json=options.json)
    failed = sum(one.failed for one in told)
    if failed:
        raise Refused(f"{failed} answers failed; the others are kept. The same command asks for them again.")


def _arms(
    workspace: Workspace, dataset: Dataset, named: list[str], examples: int, person: Person
) -> list[Arm]:
    """The arms as they were named, each once; none is made before all names hold."""
    store = workspace.store
    tuned = {word: _tuned(store, dataset, int(word)) for word in named if word.isdecimal()}
    bases = (list(tuned.values()) or [_newest(store, dataset)]) if BASE in named else []
    models = {word: _model(workspace, word) for word in named if word != BASE and word not in tuned}
    found: dict[int, Arm] = {}
    for word in named:
        if word == BASE:
            arms = [ensure_arms_of_run(store, one, person)[0] for one in bases]
        elif word in tuned:
            arms = [ensure_arms_of_run(store, tuned[word], person)[1]]
        else:
            provider, model = models[word]
            project_id, instructions = dataset.project_id, dataset.instructions
            arms = [add_model_arm(store, project_id, provider, model, instructions, person, examples)]
        found |= {arm.id: arm for arm in arms}
    return list(found.values())


def _tuned(store: Store, dataset: Dataset, run_id: int) -> Run:
    """The run with this number, if it learned from this very dataset: of another one it may know the test."""
    found = run_by_id(store, run_id)
    if found.dataset_id != dataset.id:
        raise Refused(
            f"Run {run_id} learned from {found.dataset_id}, and may have been taught what is held out of "
            f"{dataset.id}. Name a run of this dataset, or its own dataset. Nothing was asked."
        )
    return found


def _newest(store: Store, dataset: Dataset) -> Run:
    of_dataset = (one for one in runs_of(store, dataset.project_id) if one.dataset_id == dataset.id)
    newest = next((one for one in of_dataset if one.state is RunState.SUCCEEDED), None)
    if newest is None:
        raise Refused(
            f"No run of {dataset.id} has a model yet, so there is no base to compare. Train one first, or "
            "name a model as --arm PROVIDER:MODEL. Nothing was asked."
        )
    return newest


def _model(workspace: Workspace, word: str) -> tuple[Provider, str]:
    name, _, model = word.partition(":")
    if not model.strip():
        raise Refused(
            f"--arm {word} is neither base, nor the number of a run, nor PROVIDER:MODEL. Nothing was asked."
        )
    return workspace.providers.get(name), model


def _sent(workspace: Workspace, dataset: Dataset, arms: list[Arm]) -> str:
    """What leaves this machine, and to whom, said before it does."""
    outside = dict.fromkeys(
        workspace.providers.get(arm.provider).title for arm in arms if not arm.picks_replies
    )
    shown = " with examples" if any(arm.examples for arm in arms) else ""
    return "".join(f"Up to {dataset.n_test} questions{shown} are sent to {title}.\n" for title in outside)


def _must_have_ended_well(job: Job) -> None:
    if job.state is JobState.CANCELLED:
        raise Refused("Stopped. What was answered is kept; the same command goes on from there.")
    if job.state is not JobState.DONE:
        raise ProviderFailed(job.outcome or "The questions could not be asked.")


def _told(store: Store, dataset: Dataset, arm: Arm) -> Told:
    given = answers_frame(store, dataset.id, [arm])
    answered = int(given["text"].notna().sum())
    return Told(arm.name, answered, len(given) - answered)
