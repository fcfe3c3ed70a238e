"""A study that closes marks the topics its model lost on, and their open questions come sooner in Write."""

import pytest

from core.curation.coverage.losses import LossMark, lost_topics, mark_losses
from core.curation.coverage.survey import gaps
from core.curation.items import NewItem, add_item
from core.curation.queue import next_item
from core.errors import NotAllowed
from core.people.persons import Person
from core.report.closing import close_and_mark, loss_marks
from core.store.store import Store
from tests.core.rating.study_hall import Hall, furnished, likes, rate_all
from tests.core.report.test_losses import against_even_numbers


def asked(hall: Hall, question: str, topic: str, times: int) -> int:
    with hall.store.transaction("test") as tx:
        item = add_item(tx, hall.project.id, NewItem(question, topic=topic), hall.owner)
        tx.update("items", {"id": item.id}, {"volume": times})
        return item.id


def weighed(hall: Hall, worth: dict[int, float]) -> None:
    """As a survey leaves it."""
    with hall.store.transaction("test") as tx:
        for item_id, one in worth.items():
            row = {"item_id": item_id, "project_id": hall.project.id}
            tx.insert("item_worth", {**row, "worth": one, "nearness": 0.1})


def test_what_raters_agree_is_lost_and_where_they_differ_is_marked_by_topic(
    store: Store, olga: Person, anna: Person
) -> None:
    hall = furnished(store, olga, anna, prompts=20, topic=lambda number: "even" if number % 2 == 0 else "odd")
    study = hall.study(2)
    rate_all(hall, study, hall.rater("Rita"), against_even_numbers)
    rate_all(hall, study, hall.rater("Rob"), likes("plain"))
    asked(hall, "Is there a night ferry?", "even", 7)

    closed = close_and_mark(hall.store, study, hall.owner)

    (even,) = lost_topics(hall.store, hall.project.id)
    assert (even.mark.topic, even.mark.loss_rate, even.mark.disagreement) == ("even", 1.0, 0.0)
    assert (even.questions, even.open_asked, even.weight) == (1, 7, 7.0)
    found = {mark.topic: (mark.loss_rate, mark.disagreement) for mark in loss_marks(store, closed)}
    assert found == {"even": (1.0, 0.0), "odd": (0.0, 1.0)}


def test_of_two_questions_worth_alike_the_one_a_model_lost_on_is_handed_out_first(hall: Hall) -> None:
    ferry = asked(hall, "Is there a night ferry?", "Ferries", 1)
    lounge = asked(hall, "Is there a lounge?", "Lounges", 1)
    weighed(hall, {ferry: 1.0, lounge: 1.0})

    mark_losses(hall.store, hall.project.id, 1, [LossMark("Lounges", 4, 0.5, None)], hall.owner)

    assert [(gap.item_id, gap.worth, gap.loss_rate) for gap in gaps(hall.store, hall.project.id)] == [
        (lounge, 1.5, 0.5),
        (ferry, 1.0, None),
    ]
    found = next_item(hall.store, hall.project, hall.owner)
    assert found is not None
    assert found.id == lounge


def test_the_marks_of_the_last_study_stand_in_the_place_of_those_before(hall: Hall) -> None:
    asked(hall, "Is there a night ferry?", "Ferries", 3)
    mark_losses(hall.store, hall.project.id, 1, [LossMark("Lounges", 4, 0.5, 0.2)], hall.owner)

    mark_losses(hall.store, hall.project.id, 2, [LossMark("Ferries", 5, 0.4, 0.5)], hall.owner)

    (only,) = lost_topics(hall.store, hall.project.id)
    assert (only.mark.topic, only.study_id, only.open_asked) == ("Ferries", 2, 3)
    assert only.weight == pytest.approx(0.4 * 3 * 1.5)


def test_a_study_that_is_given_up_leaves_the_marks_of_the_one_before(hall: Hall) -> None:
    mark_losses(hall.store, hall.project.id, 1, [LossMark("Lounges", 4, 0.5, 0.2)], hall.owner)

    close_and_mark(hall.store, hall.study(1), hall.owner)

    assert [one.mark.topic for one in lost_topics(hall.store, hall.project.id)] == ["Lounges"]


def test_only_who_may_close_a_study_marks_its_losses(hall: Hall) -> None:
    with pytest.raises(NotAllowed, match="open or close a study"):
        mark_losses(hall.store, hall.project.id, 1, [], hall.author)
