"""The hand-over: all that whoever builds the service must know of the model that was chosen."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from core.answers.arms import Arm, ArmKind, arm_by_id, arms_of
from core.datasets.sent_back import sent_back
from core.datasets.versions import dataset_by_id
from core.forgetting.marks import run_mark
from core.providers.prices import shutdown_warning
from core.providers.profiles import LOCAL, takes_temperature
from core.providers.providers import Endpoint, Providers
from core.rating.studies import study_by_id
from core.serving.choice import Choice, before
from core.serving.snippets import Way
from core.store.store import Store
from core.training.runs import run_by_id

PORT = 8642
"""Where the engine is started as a service of its own, see docs/engine.md."""


@dataclass(frozen=True)
class HandOver:
    """How the chosen model is reached, what stands in for it, and what to know before relying on it.

    Attributes:
        ways: the chosen model first, then what is asked where it fails; snippets are made of them.
        fallback: the arm of the second way, if there is one.
        running: whether the address is that of a server that answers now (the engine's changes when it is
            started again without a port of its own).
        warnings: sentences: what was erased or sent back since it learned, and when it stops.
    """

    choice: Choice
    arm: Arm
    endpoint: Endpoint
    fallback: Arm | None
    ways: tuple[Way, ...]
    running: bool
    warnings: tuple[str, ...]


def hand_over(store: Store, providers: Providers, choice: Choice) -> HandOver:
    """What the chosen model takes to be used; nothing is asked and nothing is started."""
    arm = arm_by_id(store, choice.arm_id)
    fallback = _fallback(store, choice, arm)
    endpoint = providers.endpoint(arm.provider)
    return HandOver(
        choice=choice,
        arm=arm,
        endpoint=endpoint,
        fallback=fallback,
        ways=tuple(_way(providers, one) for one in (arm, fallback) if one is not None),
        running=endpoint.base_url is not None,
        warnings=tuple(_warnings(store, choice, arm)),
    )


def _fallback(store: Store, choice: Choice, arm: Arm) -> Arm | None:
    """What served before; else the other model of the study, if that is a base."""
    earlier = before(store, choice)
    if earlier is not None and earlier.id != arm.id:
        return earlier
    study = study_by_id(store, choice.study_id)
    other = arm_by_id(store, study.arm_a if arm.id == study.arm_b else study.arm_b)
    return other if other.kind is not ArmKind.TUNED else _base(store, arm)


def _base(store: Store, arm: Arm) -> Arm | None:
    """The base that the arm's run began with."""
    if arm.run_id is None:
        return None
    run = run_by_id(store, arm.run_id)
    names = {run.base_model, run.untuned_model}
    known = (one for one in arms_of(store, arm.project_id) if one.provider == arm.provider)
    return next((one for one in known if one.kind is ArmKind.BASE and one.model in names), None)


def _way(providers: Providers, arm: Arm) -> Way:
    endpoint = providers.endpoint(arm.provider)
    usual = f"http://127.0.0.1:{PORT}/v1" if arm.provider == LOCAL.name else "https://YOUR-ENDPOINT/v1"
    return Way(
        base_url=endpoint.base_url or usual,
        key_variable=endpoint.key_variable,
        key_file=endpoint.key_file,
        model=arm.model,
        instructions=arm.instructions,
        temperature=arm.temperature if takes_temperature(arm.model) else None,
        picks_replies=arm.picks_replies,
    )


def _warnings(store: Store, choice: Choice, arm: Arm) -> Iterator[str]:
    dataset = dataset_by_id(store, study_by_id(store, choice.study_id).dataset_id)
    if arm.run_id is not None:
        run = run_by_id(store, arm.run_id)
        if mark := run_mark(store, run.id):
            yield f"{mark} Do not rely on it any longer; tune a new one."
        dataset = dataset_by_id(store, run.dataset_id)
        for one in sent_back(store, dataset):
            yield (
                f"{one.pairs:,} of its {dataset.size:,} pairs were sent back to review since: "
                f"{one.reason} It still answers by the old rule."
            )
    if arm.examples:
        yield (
            f"It was compared with {arm.examples} examples before each question: the most similar ones of "
            "the training split, with their replies. The programs below do not look them up."
        )
    ends = shutdown_warning(arm.provider, arm.model, date.today())  # noqa: DTZ011 - the day here
    if ends is not None:
        yield ends
