"""Learning curves: what is trained on, what is kept of it, and that nothing of it stays at the engine."""

import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.answers import sweeping
from core.datasets.splitting import Split
from core.datasets.versions import rows_of
from core.errors import NotAllowed, Refused
from core.jobs.jobs import Job, JobState
from core.people.persons import add_person
from core.report.curve_content import curve_content
from core.training.sweeps import (
    DRAWS,
    FEWEST_EXAMPLES,
    KIND,
    SIZES,
    UNTUNED,
    Sweep,
    drawn,
    points_of,
    sizes_for,
    start_sweep,
)
from core.verdict.curve import ENOUGH_TEST_PROMPTS
from tests.core.training.desk import NGRAMS, Desk, open_desk, stop_engine

PATIENCE_SECONDS = 120


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    opened = open_desk(tmp_path / "home", {})
    sweeping.register(opened.workspace)
    yield opened
    opened.close()
    stop_engine(tmp_path / "home")


def begun(desk: Desk) -> Sweep:
    return start_sweep(desk.store, desk.workspace.jobs, desk.project, desk.dataset, NGRAMS, desk.owner)


def ended(desk: Desk, sweep: Sweep) -> Job:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while (job := job_of(desk, sweep)).unfinished:
        assert time.monotonic() < deadline, job
        time.sleep(0.05)
    return job


def job_of(desk: Desk, sweep: Sweep) -> Job:
    job = desk.workspace.jobs.latest(KIND, str(sweep.id))
    assert job is not None
    return job


@given(st.integers(FEWEST_EXAMPLES, 20_000))
def test_sizes_grow_to_all_examples(examples: int) -> None:
    sizes = sizes_for(examples)

    assert len(sizes) == SIZES
    assert sizes == sorted(set(sizes))
    assert sizes[-1] == examples


def test_smaller_parts_lie_in_the_larger_ones_and_draws_differ(desk: Desk) -> None:
    rows = rows_of(desk.store, desk.dataset.id, Split.TRAIN)

    small, large = drawn(rows, 10, 1), drawn(rows, 15, 1)

    assert set(small) < set(large)
    assert len(large) == 15
    assert set(drawn(rows, 10, 2)) != set(small)
    assert drawn(rows, 10, 1) == small


def test_a_stopped_curve_goes_on_where_it_was_and_leaves_nothing_at_the_engine(desk: Desk) -> None:
    sweep = begun(desk)
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not points_of(desk.store, sweep):
        assert time.monotonic() < deadline
        time.sleep(0.02)
    desk.workspace.jobs.cancel(job_of(desk, sweep).id, desk.owner)
    assert ended(desk, sweep).state is JobState.CANCELLED
    first = points_of(desk.store, sweep)
    assert 0 < len(first) < len(sweep.trainings)
    must_be_gone(desk, sweep)

    assert begun(desk) == sweep
    job = ended(desk, sweep)

    points = points_of(desk.store, sweep)
    assert job.state is JobState.DONE, job
    assert job.outcome == f"Trained {SIZES * DRAWS} times on {SIZES} sizes."
    assert {(point.size, point.draw) for point in points} == {*sweep.trainings, (UNTUNED, 1)}
    assert all(len(point.right) == desk.dataset.n_test for point in points)
    assert [point for point in points if point in first] == first
    must_be_gone(desk, sweep)


def must_be_gone(desk: Desk, sweep: Sweep) -> None:
    service = desk.workspace.providers.service("local")
    assert not [model for model in service.models() if model.startswith("ft:")]
    for size, draw in sweep.trainings:
        assert service.find_file(f"touchstone-{sweep.token}-{size}-{draw}.jsonl") is None


def test_a_dataset_that_is_too_small_or_of_somebody_else_is_refused(desk: Desk) -> None:
    stranger = add_person(desk.store, "eve@example.com", "Eve")
    with pytest.raises(NotAllowed):
        start_sweep(desk.store, desk.workspace.jobs, desk.project, desk.dataset, NGRAMS, stranger)

    small = replace(desk.dataset, n_train=FEWEST_EXAMPLES - 1)
    with pytest.raises(Refused, match=f"at least {FEWEST_EXAMPLES} examples"):
        start_sweep(desk.store, desk.workspace.jobs, desk.project, small, NGRAMS, desk.owner)


def test_the_sentence_tells_each_size_and_what_twice_as_many_would_bring(desk: Desk) -> None:
    sweep = written(desk, ENOUGH_TEST_PROMPTS)

    content = curve_content(desk.store, sweep)

    assert content.untuned == 0.5
    assert list(content.shares) == list(sweep.sizes)
    assert content.curve is not None
    assert content.sentence.startswith("Of 50 held-out questions right: 50 % without tuning, 60 % with 10, ")
    assert content.sentence.endswith(content.curve.sentence)


def test_with_few_held_out_questions_no_curve_is_drawn_and_it_is_said(desk: Desk) -> None:
    content = curve_content(desk.store, written(desk, ENOUGH_TEST_PROMPTS - 1))

    assert content.curve is None
    assert content.sentence.endswith(
        "What more examples would bring is not said: that takes 50 held-out questions."
    )


def test_after_an_erasure_only_trainings_that_were_asked_the_same_questions_count_together(
    desk: Desk,
) -> None:
    sweep = written(desk, ENOUGH_TEST_PROMPTS + 1)
    assert curve_content(desk.store, sweep).complete
    with desk.store.transaction("system") as tx:
        key = {"sweep_id": sweep.id, "size": sweep.sizes[0], "draw": 1}
        tx.update("sweep_points", key, {"marks": "1" * ENOUGH_TEST_PROMPTS})

    content = curve_content(desk.store, sweep)

    assert (content.complete, content.curve, content.untuned) == (False, None, None)
    assert (content.held_out, content.shares) == (ENOUGH_TEST_PROMPTS, {sweep.sizes[0]: (1.0,)})


def written(desk: Desk, questions: int) -> Sweep:
    """A finished sweep whose models are right on more questions the more they learned from."""
    sweep = begun(desk)
    desk.workspace.jobs.cancel(job_of(desk, sweep).id, desk.owner)
    ended(desk, sweep)
    with desk.store.transaction("system") as tx:
        tx.delete("sweep_points", {"sweep_id": sweep.id})
        for size, draw in [(UNTUNED, 1), *sweep.trainings]:
            share = 0.5 if size == UNTUNED else 0.9 - 3 / size
            marks = ("1" * round(share * questions)).ljust(questions, "0")
            row = {"sweep_id": sweep.id, "size": size, "draw": draw, "marks": marks, "error": None}
            tx.insert("sweep_points", {**row, "trained_at": tx.now})
    return sweep
