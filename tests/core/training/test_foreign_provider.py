"""A run at somebody else's: paid once, told plainly, found again, followed to its end."""

import time
from collections.abc import Callable
from pathlib import Path

import pytest

from core.errors import Refused
from core.jobs.jobs import JobState
from core.providers.protocol import JobOrder
from core.training.runs import RunState, cancel_run, events, metric_points, runs_of
from tests.core.providers.fake_provider import (
    Answer,
    FakeProvider,
    event,
    metrics_event,
    refusal,
    web_page,
)
from tests.core.training.desk import Desk, open_desk

CREATE = "POST /fine_tuning/jobs"
CLOSED = (
    "OpenAI is winding down the fine-tuning platform and your organization is no longer able to create new "
    "fine-tuning training jobs."
)


def test_a_run_ends_with_its_model_its_tokens_and_its_curve(desk: Desk, fake: FakeProvider) -> None:
    fake.events = [event("done", "Done", 200), metrics_event(2, 2, 0.4), metrics_event(1, 2, 0.9)]
    run = desk.launch()

    job = desk.finish(run)

    ended = desk.now(run)
    assert job.state is JobState.DONE
    assert (ended.state, ended.model, ended.trained_tokens) == (RunState.SUCCEEDED, fake.model, 1234)
    assert ended.untuned_model is None
    assert metric_points(desk.store, run.id)["train_loss"].tolist() == [0.9, 0.4]
    assert [line.message for line in events(desk.store, run.id)] == ["Done"]


def test_a_double_press_starts_one_run_and_another_is_free_once_it_has_ended(
    desk: Desk, fake: FakeProvider
) -> None:
    run = desk.launch()

    with pytest.raises(Refused, match="Run 1 does exactly this and has not ended"):
        desk.launch()
    desk.launch(n_epochs=2)
    desk.finish(run)
    desk.launch()

    assert len(runs_of(desk.store, desk.project.id)) == 3


def test_the_job_carries_the_runs_mark_and_its_settings(desk: Desk, fake: FakeProvider) -> None:
    run = desk.launch(n_epochs=4)

    desk.finish(run)

    (sent,) = fake.asked(CREATE)
    assert sent.json["metadata"] == {"touchstone_run": run.token}
    assert sent.json["seed"] == 7
    assert sent.json["method"] == {"type": "supervised", "supervised": {"hyperparameters": {"n_epochs": 4}}}
    names = [name for name, _ in fake.files.values()]
    assert names == [f"touchstone-{run.token}-train.jsonl", f"touchstone-{run.token}-validation.jsonl"]


def test_closed_fine_tuning_is_told_plainly_and_the_uploaded_files_are_removed(
    desk: Desk, fake: FakeProvider
) -> None:
    fake.instead[CREATE] = [refusal(403, CLOSED, "training_not_available")]
    run = desk.launch()

    job = desk.finish(run)

    assert job.state is JobState.FAILED
    assert desk.now(run).error == (
        "The provider refused the job: your organisation can no longer create fine-tuning jobs (OpenAI "
        "closes the service). Nothing was charged, the uploaded files were removed, your dataset is "
        "unchanged. Choose another provider, or the local engine."
    )
    assert fake.files == {}
    assert len(fake.asked(CREATE)) == 1


@pytest.mark.parametrize(
    "unclear",
    [
        refusal(500, "The server had an error", after_all=True),
        web_page(after_all=True),
        Answer(200, "{", after_all=True),
    ],
    ids=["500", "a web page", "half an answer"],
)
def test_a_job_made_without_a_clear_answer_is_found_again_and_not_made_twice(
    desk: Desk, fake: FakeProvider, unclear: Answer
) -> None:
    fake.instead[CREATE] = [unclear]
    run = desk.launch()

    desk.finish(run)

    assert desk.now(run).state is RunState.SUCCEEDED
    assert len(fake.jobs) == len(fake.asked(CREATE)) == 1


def test_a_provider_that_forgets_metadata_is_found_by_the_file(desk: Desk, fake: FakeProvider) -> None:
    fake.forgets_metadata = True
    fake.instead[CREATE] = [refusal(502, "Bad gateway", after_all=True)]
    run = desk.launch()

    desk.finish(run)

    assert desk.now(run).state is RunState.SUCCEEDED
    assert len(fake.jobs) == 1


def test_a_job_that_was_not_made_is_asked_for_again(desk: Desk, fake: FakeProvider) -> None:
    fake.instead[CREATE] = [refusal(500, "The server had an error")]
    run = desk.launch()

    desk.finish(run)

    assert desk.now(run).state is RunState.SUCCEEDED
    assert len(fake.jobs) == 1


def test_while_the_jobs_cannot_be_listed_nothing_is_sent_again_and_the_run_stays_open(
    desk: Desk, fake: FakeProvider
) -> None:
    fake.instead[CREATE] = [refusal(500, "The server had an error", after_all=True)]
    fake.instead["GET /fine_tuning/jobs"] = [refusal(405, "Method not allowed")]
    run = desk.launch()

    job = desk.finish(run)

    assert job.state is JobState.FAILED
    assert "it is not known whether Compatible endpoint made the job" in (job.outcome or "")
    assert desk.now(run).state is RunState.CREATING

    desk.finish(run)

    assert desk.now(run).state is RunState.SUCCEEDED
    assert len(fake.jobs) == len(fake.asked(CREATE)) == 1


def test_too_many_requests_are_waited_out(desk: Desk, fake: FakeProvider) -> None:
    fake.instead[CREATE] = [refusal(429, "Rate limit reached")]
    run = desk.launch()

    desk.finish(run)

    assert desk.now(run).state is RunState.SUCCEEDED
    assert len(fake.asked(CREATE)) == 2


def test_credit_used_up_is_not_asked_for_again(desk: Desk, fake: FakeProvider) -> None:
    fake.instead[CREATE] = [refusal(429, "You exceeded your current quota", "insufficient_quota")]
    run = desk.launch()

    desk.finish(run)

    assert "credit is used up" in (desk.now(run).error or "")
    assert fake.files == {}
    assert len(fake.asked(CREATE)) == 1


def test_a_crash_between_making_the_job_and_writing_it_down_costs_nothing(
    home: Path, fake: FakeProvider
) -> None:
    first = open_desk(home, fake.secrets)
    run = first.launch()
    with first.store.transaction("system") as tx:
        tx.update("runs", {"id": run.id}, {"state": "creating", "training_file": "file-1"})
    fake.files["file-1"] = ("train.jsonl", b"")
    service = first.workspace.providers.service("compatible")
    service.create_job(JobOrder(run.token, "base-1", "file-1", None, None, 7, "ds"))
    first.close()

    second = open_desk(home, fake.secrets)
    second.finish(run)

    assert second.now(run).state is RunState.SUCCEEDED
    assert second.now(run).job_id == "ftjob-1"
    assert len(fake.jobs) == 1
    second.close()


def test_a_run_under_way_is_taken_up_when_the_workspace_is_opened_again(
    home: Path, fake: FakeProvider
) -> None:
    fake.statuses = ["running"]
    first = open_desk(home, fake.secrets)
    run = first.launch()
    first.begin(run)
    _wait_until(lambda: first.now(run).state is RunState.RUNNING)
    first.close()

    fake.statuses = ["succeeded"]
    second = open_desk(home, fake.secrets)
    (taken_up,) = second.workspace.jobs.resume()
    _wait_until(lambda: not second.workspace.jobs.get(taken_up.id).unfinished)

    assert second.now(run).state is RunState.SUCCEEDED
    assert len(fake.jobs) == 1
    second.close()


def test_a_list_of_events_that_never_ends_is_read_once(desk: Desk, fake: FakeProvider) -> None:
    fake.loops = True
    fake.events = [metrics_event(step, 250, 1 / step) for step in range(250, 0, -1)]
    run = desk.launch()

    desk.finish(run)

    assert desk.now(run).state is RunState.SUCCEEDED
    assert len(metric_points(desk.store, run.id)) == 100
    assert len(fake.asked("GET /fine_tuning/jobs/ftjob-1/events")) < 10


def test_many_events_come_page_by_page_each_once(desk: Desk, fake: FakeProvider) -> None:
    fake.events = [metrics_event(step, 250, 1 / step) for step in range(250, 0, -1)]
    fake.statuses = ["running", "running", "succeeded"]
    run = desk.launch()

    desk.finish(run)

    points = metric_points(desk.store, run.id)
    assert points["step"].tolist() == list(range(1, 251))


def test_a_status_nobody_knows_is_waited_out(desk: Desk, fake: FakeProvider) -> None:
    fake.check = None
    fake.statuses = ["warming_up", "paused", "succeeded"]
    run = desk.launch()

    desk.finish(run)

    assert desk.now(run).state is RunState.SUCCEEDED


def test_a_run_that_failed_says_why(desk: Desk, fake: FakeProvider) -> None:
    fake.statuses = ["failed"]
    run = desk.launch()

    job = desk.finish(run)

    assert job.state is JobState.FAILED
    assert "invalid token" in (desk.now(run).error or "")


def test_a_run_that_is_cancelled_is_followed_to_its_end(desk: Desk, fake: FakeProvider) -> None:
    fake.statuses = ["running"]
    run = desk.launch()
    desk.begin(run)
    _wait_until(lambda: desk.now(run).state is RunState.RUNNING)

    cancel_run(desk.store, desk.workspace.jobs, desk.now(run), desk.owner)
    job = desk.finish(run)

    assert desk.now(run).state is RunState.CANCELLED
    assert job.outcome == f"Run {run.id} was stopped. Its curves so far are kept."
    assert len(fake.asked("POST /fine_tuning/jobs/ftjob-1/cancel")) == 1


def test_stopping_the_background_job_stops_the_run_too(desk: Desk, fake: FakeProvider) -> None:
    fake.statuses = ["running"]
    run = desk.launch()
    job = desk.begin(run)
    _wait_until(lambda: desk.now(run).state is RunState.RUNNING)

    desk.workspace.jobs.cancel(job.id, desk.owner)

    _wait_until(lambda: desk.now(run).state is RunState.CANCELLED)
    assert fake.jobs[0]["status"] == "cancelled"


def test_a_provider_that_cannot_be_asked_for_a_while_is_asked_again(desk: Desk, fake: FakeProvider) -> None:
    fake.instead["GET /fine_tuning/jobs/ftjob-1"] = [web_page()] * 2
    run = desk.launch()

    desk.finish(run)

    assert desk.now(run).state is RunState.SUCCEEDED


def test_a_wrong_key_ends_the_run_before_anything_is_sent(home: Path, fake: FakeProvider) -> None:
    desk = open_desk(home, {**fake.secrets, "TOUCHSTONE_PROVIDER_KEY": "wrong-key"})
    run = desk.launch()

    desk.finish(run)

    error = desk.now(run).error or ""
    assert "did not accept the key in TOUCHSTONE_PROVIDER_KEY" in error
    assert "wrong-key" not in error
    assert fake.asked(CREATE) == []
    desk.close()


def _wait_until(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 30
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.02)
