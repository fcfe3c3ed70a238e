"""A run on this machine: the real engine, really trained, also when it dies on the way."""

import os
import signal
import time
from collections.abc import Callable

import pytest

from core.errors import NotAllowed, Refused
from core.jobs.jobs import JobState
from core.people.persons import Person, add_person
from core.training.runs import RunState, cancel_run, create_run, events, loss_span, metric_points, runs_of
from tests.core.training.desk import NGRAMS, Desk, engine_process


def test_a_local_run_trains_and_names_the_tuned_and_the_untuned_model(local_desk: Desk) -> None:
    run = local_desk.launch("local", NGRAMS)

    job = local_desk.finish(run)

    ended = local_desk.now(run)
    losses = loss_span(local_desk.store, run.id)
    assert job.state is JobState.DONE
    assert ended.model is not None
    assert ended.model.startswith(f"ft:{NGRAMS}:touchstone:{run.dataset_id}:")
    assert ended.untuned_model == f"{ended.model}:ckpt-step-0"
    assert losses is not None
    assert losses.last < losses.first
    assert metric_points(local_desk.store, run.id)["valid_loss"].notna().sum() == 11
    assert events(local_desk.store, run.id)[0].message == "The job has successfully completed"


def test_the_same_seed_gives_the_same_curve(local_desk: Desk) -> None:
    first = local_desk.launch("local", NGRAMS)
    local_desk.finish(first)
    second = local_desk.launch("local", NGRAMS)
    local_desk.finish(second)

    curves = [metric_points(local_desk.store, run.id) for run in (first, second)]
    assert curves[0].equals(curves[1])
    assert [run.id for run in runs_of(local_desk.store, local_desk.project.id)] == [second.id, first.id]


def test_an_engine_that_is_killed_on_the_way_is_started_again_and_the_run_ends(local_desk: Desk) -> None:
    run = local_desk.launch("local", NGRAMS, n_epochs=50)
    home = local_desk.workspace.home
    job = local_desk.begin(run)
    _wait_until(lambda: local_desk.now(run).job_id is not None)
    killed = engine_process(home)

    os.kill(killed, signal.SIGKILL)
    job = local_desk.finish(run)

    assert job.state is JobState.DONE
    assert local_desk.now(run).state is RunState.SUCCEEDED
    assert engine_process(home) != killed


def test_a_local_run_can_be_stopped_before_it_begins(local_desk: Desk) -> None:
    run = local_desk.launch("local", NGRAMS)

    cancel_run(local_desk.store, local_desk.workspace.jobs, run, local_desk.owner)
    local_desk.finish(run)

    assert local_desk.now(run).state is RunState.CANCELLED
    assert local_desk.now(run).job_id is None


def test_only_who_may_train_starts_and_stops_runs(local_desk: Desk) -> None:
    rita = add_person(local_desk.store, "rita@example.com", "Rita")
    run = local_desk.launch("local", NGRAMS)

    with pytest.raises(NotAllowed, match="start or stop a fine-tuning"):
        _create_as(local_desk, rita)
    with pytest.raises(NotAllowed, match="start or stop a fine-tuning"):
        cancel_run(local_desk.store, local_desk.workspace.jobs, run, rita)

    assert local_desk.now(run).cancel_asked_at is None


@pytest.mark.parametrize("n_epochs", [0, 51, -1])
def test_epochs_out_of_bounds_are_refused(local_desk: Desk, n_epochs: int) -> None:
    with pytest.raises(Refused, match="from 1 to 50"):
        local_desk.launch("local", NGRAMS, n_epochs)


def _create_as(desk: Desk, person: Person) -> None:
    local = desk.workspace.providers.get("local")
    create_run(desk.store, desk.project, desk.dataset, local, NGRAMS, None, 1, person)


def _wait_until(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 30
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.005)
