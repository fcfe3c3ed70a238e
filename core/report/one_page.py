"""The one-page report: what a closed study showed, on what it rests, and what to do now."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from core.answers.arms import Arm, arm_by_id
from core.curation.labour import labour_of
from core.curation.projects import project_by_id
from core.datasets.sent_back import sent_back
from core.datasets.versions import Dataset, dataset_by_id
from core.judging.beside import judged
from core.people.persons import Person
from core.people.roles import Action, require
from core.rating.studies import Study
from core.report.arm_lines import ArmLine
from core.report.curve_content import curve_content
from core.report.declared import Declared
from core.report.losses import Losses, losses_of
from core.report.rounds import rounds_of
from core.report.verdict_content import VerdictContent, verdict_content
from core.store.store import Store
from core.text.figures import duration
from core.training.runs import Run, loss_span, run_by_id
from core.training.sweeps import sweep_of
from core.verdict.sequential import EVEN

MOST_ROUNDS = 6
"""The newest of them, so that the report stays on two pages; the page Rounds has all."""

REPLY_PICKER = (
    "The local engine's model is a reply picker: it chooses among approved replies, and writes no text."
)


@dataclass(frozen=True)
class Fact:
    """One line of what the study rests on."""

    name: str
    value: str


@dataclass(frozen=True)
class OnePage:
    """Everything the report says; how it looks is another's business.

    `cautions` are what a reader must know before acting on the verdict.
    """

    project: str
    study_id: int
    closed_at: datetime | None
    verdict: VerdictContent
    recommendation: str
    facts: tuple[Fact, ...]
    cautions: tuple[str, ...]


def one_page(store: Store, study: Study, person: Person) -> OnePage:
    """The report of a closed study.

    Raises:
        NotAllowed: the person may not see verdicts here.
        Refused: the study is not closed.
    """
    require(store, study.project_id, person, Action.JUDGE)
    verdict = verdict_content(store, study)
    dataset = dataset_by_id(store, study.dataset_id)
    arms = (arm_by_id(store, study.arm_a), arm_by_id(store, study.arm_b))
    return OnePage(
        project=project_by_id(store, study.project_id).name,
        study_id=study.id,
        closed_at=study.closed_at,
        verdict=verdict,
        recommendation=_recommendation(verdict),
        facts=(*_declared(verdict.declared), *_facts(store, person, dataset, arms, verdict.arms)),
        cautions=tuple(_cautions(store, study, dataset, verdict)),
    )


def _recommendation(verdict: VerdictContent) -> str:
    """What follows from the verdict, and nothing more."""
    first, second = verdict.arms
    pair = verdict.pair
    if pair is None or pair.mean is None:
        return "Nothing follows from this study: nobody voted."
    if not verdict.enough:
        return (
            f"Do not replace {first.words} on this evidence. Rate more prompts, or write replies where "
            f"{second.words} fails, and compare again."
        )
    if pair.mean > EVEN:
        return f"Use {second.words} for questions like these, and keep {first.words} to go back to."
    return f"Keep {first.words}: the raters preferred it."


def _declared(found: Declared) -> Iterator[Fact]:
    yield Fact("Plan", found.words)
    if found.seal is None:
        yield Fact("Plan hash", found.seal_sentence)
    else:
        yield Fact("Plan hash", f"sha256 {found.seal.sha256}. {found.seal_sentence}")
    yield Fact("Blinding", found.screen_sentence)
    yield Fact("Looks", found.looks_sentence)


def _facts(
    store: Store, person: Person, dataset: Dataset, arms: tuple[Arm, Arm], lines: tuple[ArmLine, ArmLine]
) -> Iterator[Fact]:
    yield Fact(
        "Dataset",
        f"version {dataset.number}, {dataset.size:,} approved replies: {dataset.n_train:,} to learn from, "
        f"{dataset.n_validation:,} to watch, {dataset.n_test:,} held out",
    )
    yield Fact("Its content", f"{dataset.id}, seed {dataset.seed}, sha256 {dataset.sha256}")
    run_id = next((arm.run_id for arm in reversed(arms) if arm.run_id is not None), None)
    if run_id is not None:
        yield from _training(store, run_by_id(store, run_id))
    for arm, line in zip(arms, lines, strict=True):
        yield Fact(line.heading, f"{arm.model} ({arm.provider}). {line.speed_words}; {line.cost_words}")
    yield Fact("Learning curve", _curve(store, dataset, run_id))
    rounds = [
        one for one in rounds_of(store, dataset.project_id, person) if one.dataset.number <= dataset.number
    ]
    for one in reversed(rounds[:MOST_ROUNDS]):
        yield Fact(f"Round {one.number}", one.line)
    labour = labour_of(store, dataset.project_id)
    if labour is not None:
        yield Fact(
            "Labour",
            f"{duration(labour.median_seconds)} of writing an approved reply, the median of "
            f"{labour.replies:,} written here, pauses left out",
        )
    else:
        yield Fact("Labour", "unknown: the replies came with a file")


def _lost(found: Losses, arm: ArmLine) -> Iterator[str]:
    if found.n_lost:
        topics = ", ".join(
            f"{one.topic} {100 * one.mean:.0f} % ({one.n_prompts} prompts)" for one in found.topics
        )
        weak = f"; topics in which it scores below 50 %: {topics}" if topics else ""
        yield f"{arm.heading} lost on {found.n_lost} of {found.n_prompts} prompts{weak}."


def _curve(store: Store, dataset: Dataset, run_id: int | None) -> str:
    sweep = sweep_of(store, dataset.id, run_by_id(store, run_id).base_model) if run_id is not None else None
    return curve_content(store, sweep).sentence if sweep is not None else "unknown: none was trained"


def _training(store: Store, run: Run) -> Iterator[Fact]:
    span = loss_span(store, run.id)
    fell = f"training loss {span.first:.3f} to {span.last:.3f}" if span else "training loss unknown"
    took = f"{run.seconds:.0f} s" if run.seconds is not None else "time unknown"
    epochs = f"{run.n_epochs} passes" if run.n_epochs is not None else "passes chosen by the provider"
    yield Fact("Fine-tuning", f"run {run.id} of {run.base_model}, {epochs}, seed {run.seed}, {took}, {fell}")


def _cautions(store: Store, study: Study, dataset: Dataset, verdict: VerdictContent) -> Iterator[str]:
    yield verdict.claim
    yield verdict.estimand
    if any(arm.picks_replies for arm in verdict.arms):
        yield REPLY_PICKER
    yield from verdict.warnings
    yield from _lost(losses_of(store, study), verdict.arms[1])
    for judge in judged(store, study, verdict.arms[1].words):
        yield " ".join(judge.sentences)
    for one in sent_back(store, dataset):
        yield (
            f"{one.pairs:,} of the dataset's {dataset.size:,} replies were sent back to review since: "
            f"{one.reason}"
        )
