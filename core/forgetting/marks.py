"""Marks: which datasets, runs and studies once held what a customer asked to be forgotten."""

from core.forgetting.erasing import ERASED_QUESTION
from core.rating.studies import Study
from core.store.store import Store


def dataset_mark(store: Store, dataset_id: str) -> str:
    """What was taken out of a dataset after it was frozen, in a sentence; empty if nothing was."""
    counts = _per_dataset(store).get(dataset_id)
    if counts is None:
        return ""
    trained, tested = counts
    return (
        f"{trained + tested} of its examples were erased because a customer asked to be forgotten "
        f"({trained} to learn from or to watch, {tested} held out). Its content and its sha256 changed then."
    )


def run_mark(store: Store, run_id: int) -> str:
    """What a run learned from that was erased since, in a sentence or two; empty if nothing was."""
    notes = _per_run(store).get(run_id)
    if notes is None:
        return ""
    return " ".join(["This model learned from examples of a customer who was forgotten since.", *notes])


def study_mark(store: Store, study: Study) -> str:
    """What a study rests on that was erased since, in a sentence or two; empty if nothing was."""
    arms = store.recall(("arms",), "runs of arms", lambda: _runs_of_arms(store))
    runs = {arms.get(study.arm_a), arms.get(study.arm_b)} - {None}
    learned = bool(runs & _per_run(store).keys())
    emptied = store.recall(("study_prompts",), "emptied prompts", lambda: _emptied_prompts(store))
    gone = emptied.get(study.id, 0)
    parts = [
        "One of the compared models learned from examples of a customer who was forgotten since. "
        "What the raters said stands; the model should not be used any more."
        if learned
        else "",
        f"The texts of {gone} of its prompts were erased; the votes on them are kept." if gone else "",
    ]
    return " ".join(filter(None, parts))


def _per_dataset(store: Store) -> dict[str, tuple[int, int]]:
    return store.recall(("erased_datasets",), "erased datasets", lambda: _ask_datasets(store))


def _ask_datasets(store: Store) -> dict[str, tuple[int, int]]:
    rows = store.rows(
        "select dataset_id, sum(n_train + n_validation)::integer, sum(n_test)::integer from erased_datasets "
        "group by dataset_id"
    )
    return {dataset_id: (trained, tested) for dataset_id, trained, tested in rows}


def _per_run(store: Store) -> dict[int, list[str]]:
    return store.recall(("erased_runs",), "erased runs", lambda: _ask_runs(store))


def _ask_runs(store: Store) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    for run_id, note in store.rows("select run_id, note from erased_runs order by erasure_id"):
        found.setdefault(run_id, []).extend([note] if note else [])
    return found


def _emptied_prompts(store: Store) -> dict[int, int]:
    counted = "select study_id, count(*) from study_prompts where question = ? group by study_id"
    return dict(store.rows(counted, ERASED_QUESTION))


def _runs_of_arms(store: Store) -> dict[int, int]:
    return dict(store.rows("select id, run_id from arms where run_id is not null"))
