"""What to write next: by topic how much is open, and the questions far from all that is approved first."""

import time
from collections.abc import Iterator

import pytest

from core.curation import queue
from core.curation.coverage import survey
from core.curation.coverage.survey import gaps, last_survey, start_survey
from core.curation.coverage.topics import By, coverage
from core.curation.items import Item, NewItem, add_item
from core.errors import NotAllowed
from core.jobs.jobs import Jobs
from tests.core.curation.desk import Desk

REPLY = "Please ask at desk 4, we are glad to help you there all day."


@pytest.fixture
def jobs(desk: Desk) -> Iterator[Jobs]:
    working = Jobs(desk.store)
    working.register(survey.KIND, survey.work_of(desk.store))
    yield working
    working.close()


def asked(desk: Desk, question: str, topic: str, volume: int | None = None, language: str = "") -> Item:
    with desk.store.transaction(desk.olga.email) as tx:
        item = add_item(tx, desk.project.id, NewItem(question, topic=topic), desk.olga)
        tx.update("items", {"id": item.id}, {"volume": volume, "language": language or None})
        return item


def look(desk: Desk, jobs: Jobs) -> None:
    start_survey(jobs, desk.store, desk.project, desk.ben)
    while jobs.unfinished():
        time.sleep(0.01)


def test_topics_are_listed_by_how_often_their_open_questions_are_asked(desk: Desk) -> None:
    desk.approved("Where is my suitcase?", REPLY, topic="Luggage")
    asked(desk, "Is there a left luggage office?", "Luggage", volume=3)
    asked(desk, "What does a day of parking cost?", "Parking", volume=40)
    asked(desk, "May I park a caravan?", "Parking")

    first, second = coverage(desk.store, desk.project.id, By.TOPIC)

    assert (first.name, first.questions, first.approved, first.asked, first.open_asked) == (
        "Parking",
        2,
        0,
        41,
        41,
    )
    assert (second.name, second.approved, second.asked, second.open_asked) == ("Luggage", 1, 4, 3)


def test_languages_are_counted_too(desk: Desk) -> None:
    asked(desk, "Wo ist mein Koffer?", "Luggage", language="German")

    assert [line.name for line in coverage(desk.store, desk.project.id, By.LANGUAGE)] == ["German"]


def test_what_is_asked_often_and_unlike_anything_approved_is_worth_most(desk: Desk, jobs: Jobs) -> None:
    desk.approved("Where can I find my lost suitcase?", REPLY)
    near = asked(desk, "Where do I find my suitcase that was lost?", "Luggage", volume=1)
    rare = asked(desk, "Do ferries sail at night?", "Ferry", volume=1)
    often = asked(desk, "What does parking for a week cost?", "Parking", volume=9)

    look(desk, jobs)

    assert [gap.item_id for gap in gaps(desk.store, desk.project.id)] == [often.id, rare.id, near.id]
    by_item = {gap.item_id: gap.nearness for gap in gaps(desk.store, desk.project.id)}
    assert by_item[rare.id] == by_item[often.id] == 0
    assert 0.5 < by_item[near.id] <= 1


def test_the_queue_hands_out_what_is_worth_most_and_a_skipped_one_last(desk: Desk, jobs: Jobs) -> None:
    oldest = asked(desk, "Do ferries sail at night?", "Ferry", volume=1)
    often = asked(desk, "What does parking for a week cost?", "Parking", volume=9)
    look(desk, jobs)

    first = queue.next_item(desk.store, desk.project, desk.anna)
    assert first is not None
    assert first.id == often.id
    queue.skip(desk.store, often.id, "", desk.anna)
    second = queue.next_item(desk.store, desk.project, desk.anna)
    assert second is not None
    assert second.id == oldest.id
    queue.skip(desk.store, oldest.id, "", desk.anna)
    third = queue.next_item(desk.store, desk.project, desk.anna)
    assert third is not None
    assert third.id == often.id


def test_two_people_are_handed_two_questions(desk: Desk, jobs: Jobs) -> None:
    asked(desk, "Do ferries sail at night?", "Ferry")
    asked(desk, "What does parking for a week cost?", "Parking", volume=9)
    look(desk, jobs)

    handed = [queue.next_item(desk.store, desk.project, one) for one in (desk.anna, desk.carl)]

    assert len({item.id for item in handed if item is not None}) == 2


def test_a_survey_says_how_much_it_compared(desk: Desk, jobs: Jobs) -> None:
    assert last_survey(desk.store, desk.project.id) is None
    desk.approved("Where can I find my lost suitcase?", REPLY)
    desk.asked("What does parking cost?")

    look(desk, jobs)

    found = last_survey(desk.store, desk.project.id)
    assert found is not None
    assert (found.n_open, found.n_approved) == (1, 1)


def test_who_does_not_review_starts_no_survey(desk: Desk, jobs: Jobs) -> None:
    with pytest.raises(NotAllowed):
        start_survey(jobs, desk.store, desk.project, desk.anna)
