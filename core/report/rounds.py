"""Rounds: each trip through the loop, told by what is stored: its verdict, what changed, what it cost."""

from collections.abc import Iterator
from dataclasses import dataclass

from core.answers.arms import arm_by_id
from core.curation.labour import rate_of
from core.datasets.versions import Dataset, datasets_of
from core.people.persons import Person
from core.people.roles import Action, require
from core.providers.prices import asking_cost, price_of, training_cost
from core.providers.profiles import PROFILES
from core.rating.studies import Study, StudyState, studies_of
from core.report.verdict_content import VerdictContent, verdict_content
from core.serving.choice import serving
from core.store.store import Store
from core.training.runs import Run, RunState, runs_of
from core.verdict.sequential import EVEN

HOUR = 3600
CENT = 0.01


@dataclass(frozen=True)
class Spent:
    """USD: what is known, and how many parts have an unknown price; `charged` is false where none has any."""

    known: float
    unknown: int
    charged: bool

    @property
    def words(self) -> str:
        """As people read it; unknown is never 0."""
        if not self.charged:
            return "not applicable"
        money = "" if not self.known else f"${self.known:,.2f}" if self.known >= CENT else "under $0.01"
        if self.unknown:
            return f"{money}, and more that is unknown" if money else "unknown"
        return money or "$0.00"


@dataclass(frozen=True)
class Labour:
    """Hours of writing the new replies, where they were written here: `timed` of `new`; None is unknown."""

    new: int
    timed: int
    hours: float | None
    cost: float | None

    @property
    def words(self) -> str:
        """As people read it."""
        if self.hours is None:
            return "unknown" if self.new else "none"
        of = (
            ""
            if self.timed == self.new
            else f" ({self.timed:,} of {self.new:,} replies; of the others unknown)"
        )
        money = "" if self.cost is None else f", ${self.cost:,.2f}"
        took = f"{self.hours:.1f} hours" if self.hours >= 1 else f"{60 * self.hours:.0f} minutes"
        return f"{took}{money}{of}"


@dataclass(frozen=True)
class Outcome:
    """One study of a round; `verdict` is None while it is not closed."""

    study: Study
    verdict: VerdictContent | None

    @property
    def words(self) -> str:
        """The verdict in a few words."""
        if self.verdict is None:
            return "not closed yet"
        pair, arms = self.verdict.pair, self.verdict.arms
        if pair is None or pair.mean is None:
            return "nobody voted"
        if not self.verdict.enough:
            return "not enough evidence"
        ahead = arms[1] if pair.mean > EVEN else arms[0]
        share = round(100 * max(pair.mean, 1 - pair.mean))
        return f"{ahead.words} preferred, {share} % to {100 - share} %"


@dataclass(frozen=True)
class Round:
    """One dataset that was tuned or studied, against the one of the round before.

    Attributes:
        added: replies that are new; `changed`: those whose question was there with another reply.
        guidelines: the versions written since the round before.
        serving: the model that serves the project on the verdict of this round, if one does.
    """

    number: int
    dataset: Dataset
    added: int
    changed: int
    removed: int
    guidelines: tuple[int, ...]
    runs: tuple[Run, ...]
    outcomes: tuple[Outcome, ...]
    training: Spent
    asking: Spent
    labour: Labour
    serving: str | None

    @property
    def change_words(self) -> str:
        """What is different from the round before."""
        parts = [f"{count:,} replies {what}" for count, what in self._rows if count]
        if self.guidelines:
            numbers = ", ".join(str(number) for number in self.guidelines)
            parts.append(f"guideline {numbers}")
        return "; ".join(parts) or "the same replies"

    @property
    def model_words(self) -> str:
        """What was tuned."""
        models = dict.fromkeys(run.base_model for run in self.runs if run.state is RunState.SUCCEEDED)
        return ", ".join(models) or "nothing tuned"

    @property
    def line(self) -> str:
        """All of it in a line of the report."""
        told = "; ".join(f"study {one.study.id}: {one.words}" for one in self.outcomes) or "no study"
        return (
            f"{self.change_words}; {self.model_words}; {told}. Training {self.training.words}, answers "
            f"{self.asking.words}, labour {self.labour.words}."
        )

    @property
    def _rows(self) -> tuple[tuple[int, str], ...]:
        return (self.added, "added"), (self.changed, "changed"), (self.removed, "taken out")


def rounds_of(store: Store, project_id: int, person: Person) -> list[Round]:
    """Every trip of a project through the loop, newest first.

    Raises:
        NotAllowed: the person may not see verdicts here.
    """
    require(store, project_id, person, Action.JUDGE)
    runs, studies = runs_of(store, project_id), studies_of(store, project_id)
    used = {run.dataset_id for run in runs} | {study.dataset_id for study in studies}
    datasets = [one for one in reversed(datasets_of(store, project_id)) if one.id in used]
    before = [None, *datasets][: len(datasets)]
    return [
        _round(store, number, dataset, earlier, runs, studies)
        for number, (dataset, earlier) in enumerate(zip(datasets, before, strict=True), start=1)
    ][::-1]


def _round(
    store: Store, number: int, dataset: Dataset, before: Dataset | None, runs: list[Run], studies: list[Study]
) -> Round:
    earlier = before.id if before is not None else ""
    own_runs = tuple(run for run in reversed(runs) if run.dataset_id == dataset.id)
    own_studies = [study for study in reversed(studies) if study.dataset_id == dataset.id]
    added, changed, removed = store.rows(CHANGES, dataset.id, earlier)[0]
    return Round(
        number=number,
        dataset=dataset,
        added=added,
        changed=changed,
        removed=removed,
        guidelines=_guidelines(store, dataset, before),
        runs=own_runs,
        outcomes=tuple(_outcome(store, study) for study in own_studies),
        training=_sum(_training(run) for run in own_runs),
        asking=_sum(_asking(store, dataset)),
        labour=_labour(store, dataset, earlier),
        serving=_serving(store, dataset.project_id, own_studies),
    )


CHANGES = (
    "with old as (select item_id, reply_id from dataset_rows where dataset_id = $2), "
    "new as (select item_id, reply_id from dataset_rows where dataset_id = $1) "
    "select count(*) filter (old.item_id is null), "
    "count(*) filter (old.item_id is not null and new.item_id is not null and old.reply_id <> new.reply_id), "
    "count(*) filter (new.item_id is null) from new full join old on old.item_id = new.item_id"
)
GUIDELINES = (
    "select number from guidelines where project_id = ? and created_at <= ? and created_at > ? "
    "order by number"
)
TOKENS = (
    "sum(n.input_tokens), sum(n.output_tokens), bool_or(n.input_tokens is null or n.output_tokens is null)"
)
ASKED = (
    f"select a.provider, a.model, {TOKENS} from answers n join arms a on a.id = n.arm_id "
    "where n.dataset_id = $1 and n.error is null group by all union all "
    f"select j.provider, j.model, {TOKENS} from judgements n join judges j on j.id = n.judge_id "
    "join studies s on s.id = j.study_id where s.dataset_id = $1 group by all"
)
TIMED = (
    "select count(*), count(t.seconds), sum(t.seconds) from dataset_rows d "
    "left join reply_times t on t.reply_id = d.reply_id where d.dataset_id = $1 and d.reply_id not in "
    "(select reply_id from dataset_rows where dataset_id = $2)"
)


def _guidelines(store: Store, dataset: Dataset, before: Dataset | None) -> tuple[int, ...]:
    if before is None:
        newest = "select max(number) from guidelines where project_id = ? and created_at <= ?"
        number = store.value(newest, dataset.project_id, dataset.created_at)
        return (number,) if number is not None else ()
    rows = store.rows(GUIDELINES, dataset.project_id, dataset.created_at, before.created_at)
    return tuple(number for (number,) in rows)


def _outcome(store: Store, study: Study) -> Outcome:
    return Outcome(study, verdict_content(store, study) if study.state is StudyState.CLOSED else None)


Part = tuple[bool, float | None]
"""Whether a part is charged for, and what it cost."""


def _training(run: Run) -> Part:
    charged = not PROFILES[run.provider].picks_replies and run.job_id is not None
    return charged, training_cost(price_of(run.provider, run.base_model), run.trained_tokens)


def _asking(store: Store, dataset: Dataset) -> Iterator[Part]:
    for provider, model, read, written, gaps in store.rows(ASKED, dataset.id):
        charged = not PROFILES[provider].picks_replies
        yield charged, None if gaps else asking_cost(provider, model, float(read), float(written))


def _sum(parts: Iterator[Part]) -> Spent:
    charged = [cost for is_charged, cost in parts if is_charged]
    known = [cost for cost in charged if cost is not None]
    return Spent(sum(known), len(charged) - len(known), bool(charged))


def _labour(store: Store, dataset: Dataset, earlier: str) -> Labour:
    new, timed, seconds = store.rows(TIMED, dataset.id, earlier)[0]
    hours = seconds / HOUR if timed else None
    rate = rate_of(store, dataset.project_id)
    return Labour(new, timed, hours, hours * rate if hours is not None and rate is not None else None)


def _serving(store: Store, project_id: int, studies: list[Study]) -> str | None:
    current = serving(store, project_id)
    if current is None or current.study_id not in {study.id for study in studies}:
        return None
    return arm_by_id(store, current.arm_id).name
