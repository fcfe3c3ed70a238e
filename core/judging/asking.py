"""Asking a judge: a few requests at a time, each answer kept as soon as it is there; it can begin again."""

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from core.errors import ProviderFailed
from core.jobs.jobs import Task, Work
from core.judging.judges import Judge, judge_by_id, requests_left
from core.judging.pairs import pairs_of
from core.judging.wording import messages, outcome_of
from core.providers.failures import Failure
from core.providers.protocol import Said
from core.rating.prompts import Answered
from core.rating.studies import study_by_id
from core.rating.study_plan import plan_of
from core.store.store import Store
from core.workspace import Workspace

if TYPE_CHECKING:  # slow to import
    from core.providers.service import Service

AT_ONCE = 4
TEMPERATURE = 0.0

Asked = tuple[Answered, bool]


def work_of(workspace: Workspace) -> Work:
    """The background work of one judge."""

    def work(task: Task) -> str:
        store = workspace.store
        judge = judge_by_id(store, int(task.subject))
        study = study_by_id(store, judge.study_id)
        left = requests_left(store, judge.id, pairs_of(store, study))
        rubric = plan_of(store, study.id).rubric
        failed = _ask_all(task, store, workspace.providers.service(judge.provider), judge, rubric, left)
        if failed:
            return f"{failed} of {len(left)} requests failed; ask again for these. The others are kept."
        return f"{judge.model} has judged every pair in both orders."

    return work


def _ask_all(
    task: Task, store: Store, service: "Service", judge: Judge, rubric: str, left: list[Asked]
) -> int:
    """Ask everything that is left; returns how many requests failed.

    Raises:
        Failure: every further request would fail; what was answered is kept.
    """

    def ask(asked: Asked) -> Said | ProviderFailed:
        pair, a_left = asked
        try:
            return service.chat(judge.model, messages(pair, rubric, a_left=a_left), TEMPERATURE)
        except ProviderFailed as failure:
            return failure

    failed = 0
    with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="judge") as pool:
        for start in range(0, len(left), AT_ONCE):
            task.progress(start, len(left), f"Asking {judge.model}")
            part = left[start : start + AT_ONCE]
            said = list(pool.map(ask, part))
            answered = [(asked, one) for asked, one in zip(part, said, strict=True) if isinstance(one, Said)]
            _keep(store, judge, answered)
            failed += len(part) - len(answered)
            for one in said:
                if isinstance(one, Failure) and one.always:
                    raise one
    return failed


def _keep(store: Store, judge: Judge, answered: list[tuple[Asked, Said]]) -> None:
    if not answered:
        return
    with store.transaction("system") as tx:
        for (pair, a_left), said in answered:
            tx.insert(
                "judgements",
                {
                    "judge_id": judge.id,
                    "item_id": pair.item_id,
                    "a_left": a_left,
                    "outcome": outcome_of(said.text),
                    "input_tokens": said.input_tokens,
                    "output_tokens": said.output_tokens,
                    "judged_at": tx.now,
                },
            )
