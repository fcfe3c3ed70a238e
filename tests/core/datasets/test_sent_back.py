"""When a rule changes, the replies it touches go back to review, and the datasets made of them say so."""

import time
from collections.abc import Iterator

import pytest

from core.curation import review
from core.curation.library import bulk
from core.curation.library.bulk import Change
from core.curation.library.filter import Filter
from core.datasets.sent_back import sent_back
from core.datasets.splitting import Shares
from core.datasets.versions import Dataset, freeze
from core.jobs.jobs import Jobs
from tests.core.curation.desk import Desk

WHY = "Guideline version 2: parking now costs 5 euro"


@pytest.fixture
def jobs(desk: Desk) -> Iterator[Jobs]:
    working = Jobs(desk.store)
    working.register(bulk.KIND, bulk.carry_out(desk.store))
    yield working
    working.close()


@pytest.fixture
def dataset(desk: Desk) -> Dataset:
    desk.approved("What does parking cost?", "Parking costs 4 euro an hour at every desk.")
    desk.approved("How dear is a night in P2?", "Parking in P2 costs 4 euro an hour, also at night.")
    desk.approved("Is there a prayer room?", "Yes, behind security, on the left, open all day.")
    return freeze(desk.store, desk.project, Shares(60, 20, 20), 1, desk.olga)


def send_back(desk: Desk, jobs: Jobs, text: str) -> int:
    number = bulk.begin(
        desk.store, jobs, desk.project.id, Filter(text=text), Change.REVIEW_AGAIN, WHY, desk.olga
    )
    while jobs.unfinished():
        time.sleep(0.01)
    return number


def test_a_dataset_says_how_many_of_its_replies_were_sent_back_since_and_why(
    desk: Desk, jobs: Jobs, dataset: Dataset
) -> None:
    assert sent_back(desk.store, dataset) == ()

    send_back(desk, jobs, "parking")

    (flag,) = sent_back(desk.store, dataset)
    assert (flag.pairs, flag.reason) == (2, WHY)


def test_a_reply_approved_again_as_it_was_counts_no_more(desk: Desk, jobs: Jobs, dataset: Dataset) -> None:
    send_back(desk, jobs, "parking cost?")
    (waiting,) = review.inbox(desk.store, desk.project, desk.ben)
    assert sent_back(desk.store, dataset)[0].pairs == 1

    review.approve(desk.store, waiting.item.id, desk.ben)

    assert sent_back(desk.store, dataset) == ()


def test_a_dataset_frozen_after_the_change_is_not_flagged(desk: Desk, jobs: Jobs, dataset: Dataset) -> None:
    send_back(desk, jobs, "P2")

    later = freeze(desk.store, desk.project, Shares(60, 20, 20), 1, desk.olga)

    assert later.id != dataset.id
    assert sent_back(desk.store, later) == ()


def test_a_change_that_was_undone_flags_nothing(desk: Desk, jobs: Jobs, dataset: Dataset) -> None:
    number = send_back(desk, jobs, "parking")
    bulk.undo(desk.store, jobs, number, desk.olga)
    while jobs.unfinished():
        time.sleep(0.01)

    assert sent_back(desk.store, dataset) == ()
