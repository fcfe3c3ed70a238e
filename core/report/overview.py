"""The Overview: how far a project is through the loop, and the one next thing for a person."""

from dataclasses import dataclass

from core.curation.items import State, count_by_state
from core.curation.projects import Project
from core.curation.review import own_submissions
from core.people.membership import somebody_else_may
from core.people.persons import Person
from core.people.roles import Action, may, roles_of
from core.providers.profiles import LOCAL
from core.rating.duels import Standing, desk
from core.rating.studies import StudyState, studies_of
from core.store.database import Reader
from core.store.store import Store
from core.text.figures import counted

TO_RATE = frozenset({Standing.INVITED, Standing.PRACTICE, Standing.RATING})
ENOUGH = 50
"""Approved replies from which a first fine-tuning is worth a try (origins: 50 to 100 examples)."""


@dataclass(frozen=True)
class Step:
    """One place in the loop and how much is there."""

    name: str
    count: int


@dataclass(frozen=True)
class NextAction:
    """The one thing to do next: why, what the button says, and where it leads."""

    sentence: str
    button: str
    page: str


def steps(reader: Reader, project: Project) -> list[Step]:
    """The loop with real counts, from what waits to what was rated."""
    by_state = count_by_state(reader, project.id)
    writing = by_state[State.WAITING] + by_state[State.DRAFT] + by_state[State.RETURNED]
    return [
        Step("waiting", writing),
        Step("submitted", by_state[State.SUBMITTED]),
        Step("approved", by_state[State.APPROVED]),
        Step("datasets", _count(reader, DATASETS, project)),
        Step("tuned models", _count(reader, TUNED, project)),
        Step("votes", _count(reader, VOTES, project)),
    ]


def next_action(store: Store, project: Project, person: Person) -> NextAction | None:
    """What this person can do to move the loop on; None if there is nothing for them."""
    roles = roles_of(store, project.id, person.id)
    count = {step.name: step.count for step in steps(store, project)}
    own = store.value(OWN_RETURNED, project.id, person.id)
    for_review = store.value(FOR_REVIEW, project.id, person.id)
    frozen = _count(store, MOST_TO_LEARN_FROM, project) >= LOCAL.min_examples
    candidates = [
        (Action.RATE, desk(store, project.id, person).standing in TO_RATE, _RATE),
        (Action.STUDY, _count(store, ALL_RATED, project) > 0, _CLOSE),
        (
            Action.WRITE,
            own > 0,
            NextAction(f"{counted(own, 'reply', 'replies')} of yours came back with a comment.", *_WRITE),
        ),
        (
            Action.REVIEW,
            for_review > 0,
            NextAction(f"{counted(for_review, 'reply', 'replies')} to review.", *_REVIEW),
        ),
        (
            Action.MANAGE,
            own_submissions(store, project, person) > 0
            and not somebody_else_may(store, project.id, Action.REVIEW, person),
            _ADD,
        ),
        (Action.STUDY, count["tuned models"] > 0 and not _count(store, STUDIES, project), _STUDY),
        (Action.TRAIN, frozen and not count["tuned models"], _TUNE),
        (Action.FREEZE, count["approved"] >= ENOUGH and not frozen, _FREEZE),
        (
            Action.WRITE,
            count["waiting"] > 0,
            NextAction(f"{counted(count['waiting'], 'question')} without an ideal reply.", *_WRITE),
        ),
        (Action.IMPORT, True, _IMPORT),
        (Action.JUDGE, count["votes"] > 0, _READ),
        (Action.ASK, count["tuned models"] > 0, _ASK),
    ]
    return next((action for needed, true, action in candidates if true and may(roles, needed)), None)


def latest_verdict(store: Store, project: Project) -> str | None:
    """The verdict of the newest closed study in a sentence."""
    closed = [study for study in studies_of(store, project.id) if study.state is StudyState.CLOSED]
    if not closed:
        return None
    from core.report.verdict_content import verdict_content  # noqa: PLC0415 - loads scipy, not needed before

    return verdict_content(store, closed[0]).sentence


_WRITE = ("Write", "pages/curate/write.py")
_REVIEW = ("Review", "pages/curate/review.py")
_ADD = NextAction(
    "Your replies wait for somebody else to approve them, and nobody else here may.",
    "Add a reviewer",
    "pages/admin/people.py",
)
_RATE = NextAction("A blind study waits for your votes.", "Rate", "pages/compare/rate.py")
_STUDY = NextAction(
    "A model is tuned. Let people compare it blind with its base.", "Open a study", "pages/compare/study.py"
)
_CLOSE = NextAction(
    "Everybody has rated the study that is open. Close it and see the verdict.",
    "Close and reveal",
    "pages/compare/study.py",
)
_TUNE = NextAction("A dataset is frozen and ready to learn from.", "Fine-tune", "pages/train/fine_tune.py")
_FREEZE = NextAction(
    "There are enough approved replies for a first fine-tuning.", "Freeze a dataset", "pages/train/dataset.py"
)
_IMPORT = NextAction(
    "Bring in customers' questions to write replies for.", "Import", "pages/curate/import_file.py"
)
_READ = NextAction("Votes are in.", "Read the verdict", "pages/compare/verdict.py")
_ASK = NextAction("Ask the tuned model something.", "Side by side", "pages/compare/side_by_side.py")

DATASETS = "select count(*) from datasets where project_id = ?"
MOST_TO_LEARN_FROM = "select coalesce(max(n_train), 0) from datasets where project_id = ?"
TUNED = "select count(*) from runs where project_id = ? and state = 'succeeded'"
STUDIES = "select count(*) from studies where project_id = ?"
ALL_RATED = (
    "select count(*) from studies s where s.project_id = ? and s.state = 'open' "
    "and (select count(distinct rater_id) from duels where study_id = s.id) >= s.raters "
    "and not exists (select 1 from duels d left join votes v on v.duel_id = d.id "
    "where d.study_id = s.id and v.duel_id is null)"
)
VOTES = (
    "select count(*) from votes v join studies s on s.id = v.study_id join duels d on d.id = v.duel_id "
    "where s.project_id = ? and v.outcome <> 'skip' and not d.again"
)
OWN_RETURNED = (
    "select count(*) from items i join replies r on r.id = i.reply_id "
    "where i.project_id = ? and i.state = 'returned' and r.author_id = ?"
)
FOR_REVIEW = (
    "select count(*) from items i join replies r on r.id = i.reply_id "
    "where i.project_id = ? and i.state = 'submitted' and r.author_id <> ?"
)


def _count(reader: Reader, sql: str, project: Project) -> int:
    count: int = reader.value(sql, project.id)
    return count
