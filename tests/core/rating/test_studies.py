"""A study is declared by an owner, fixed once its answers are there, and closed for good."""

import pytest

from core.errors import Conflict, NotAllowed, Refused
from core.people.persons import Person
from core.rating.prompts import prompts_of
from core.rating.studies import (
    Study,
    StudyState,
    close_study,
    fix_prompts,
    open_study,
    studies_of,
    study_by_id,
)
from core.store.store import Store
from tests.core.rating.study_hall import Hall, furnished, plain, warm


def opened(hall: Hall) -> Study:
    return open_study(hall.store, hall.project, hall.dataset, hall.base, hall.tuned, hall.owner)


def test_a_new_study_is_prepared_and_then_open_with_every_test_prompt(hall: Hall) -> None:
    study = opened(hall)
    assert study.state is StudyState.PREPARING
    assert prompts_of(hall.store, study.id) == []

    ready = fix_prompts(hall.store, study.id)

    assert ready.state is StudyState.OPEN
    assert [prompt.position for prompt in prompts_of(hall.store, study.id)] == list(range(12))
    assert studies_of(hall.store, hall.project.id) == [ready]


def test_the_order_is_drawn_from_the_study_and_not_from_the_dataset(hall: Hall) -> None:
    first = hall.study()
    close_study(hall.store, first, hall.owner)
    second = hall.study()

    orders = [[one.item_id for one in prompts_of(hall.store, study.id)] for study in (first, second)]
    assert sorted(orders[0]) == sorted(orders[1])
    assert orders[0] != orders[1]


def test_identical_answers_are_marked_and_thoughts_do_not_make_a_difference(
    store: Store, olga: Person, anna: Person
) -> None:
    hall = furnished(
        store,
        olga,
        anna,
        base=lambda row: "Same." if row.item_id % 2 else plain(row),
        tuned=lambda row: "<think>hm, which?</think> Same." if row.item_id % 2 else warm(row),
    )

    marked = [(prompt.item_id % 2 == 1, prompt.identical) for prompt in prompts_of(store, hall.study().id)]

    assert all(odd == identical for odd, identical in marked)


def test_a_study_keeps_the_answers_it_began_with(store: Store, olga: Person, anna: Person) -> None:
    hall = furnished(store, olga, anna, tuned=lambda row: None if row.item_id == 1 else warm(row))
    study = hall.study()
    before = store.rows("select text_b from study_prompts where study_id = ? order by position", study.id)

    with store.transaction("test") as tx:
        for (item_id,) in tx.rows("select item_id from answers where arm_id = ?", hall.tuned.id):
            key = {"dataset_id": hall.dataset.id, "arm_id": hall.tuned.id, "item_id": item_id}
            tx.update("answers", key, {"text": "asked again", "error": None})

    assert before == store.rows(
        "select text_b from study_prompts where study_id = ? order by position", study.id
    )


def test_only_an_owner_opens_and_closes(hall: Hall) -> None:
    rita = hall.rater("Rita")
    with pytest.raises(NotAllowed, match="open or close a study"):
        open_study(hall.store, hall.project, hall.dataset, hall.base, hall.tuned, rita)
    study = hall.study()
    with pytest.raises(NotAllowed, match="open or close a study"):
        close_study(hall.store, study, rita)

    assert study_by_id(hall.store, study.id).state is StudyState.OPEN


def test_one_arm_against_itself_is_refused(hall: Hall) -> None:
    with pytest.raises(Refused, match="two different ways"):
        open_study(hall.store, hall.project, hall.dataset, hall.base, hall.base, hall.owner)


def test_a_single_test_prompt_is_refused(store: Store, olga: Person, anna: Person) -> None:
    hall = furnished(store, olga, anna, prompts=1)

    with pytest.raises(Refused, match="at least 2 held-out questions"):
        opened(hall)


def test_the_same_comparison_is_not_opened_twice(hall: Hall) -> None:
    opened(hall)

    with pytest.raises(Conflict, match="compares the same two answers already"):
        open_study(hall.store, hall.project, hall.dataset, hall.tuned, hall.base, hall.owner)


def test_missing_answers_keep_a_study_from_opening(hall: Hall) -> None:
    study = opened(hall)
    with hall.store.transaction("test") as tx:
        item_id = tx.value("select min(item_id) from answers")
        key = {"dataset_id": hall.dataset.id, "arm_id": hall.tuned.id, "item_id": item_id}
        tx.delete("answers", key)

    with pytest.raises(Refused, match="1 of 12 held-out questions"):
        fix_prompts(hall.store, study.id)

    assert study_by_id(hall.store, study.id).state is StudyState.PREPARING


def test_an_arm_that_failed_everywhere_is_nothing_to_rate(store: Store, olga: Person, anna: Person) -> None:
    hall = furnished(store, olga, anna, tuned=lambda _: None)

    with pytest.raises(Refused, match="answered none of the held-out questions"):
        hall.study()


def test_everybody_invited_is_planned_for_unless_told_otherwise(hall: Hall) -> None:
    for name in ("Rita", "Rob", "Ruth"):
        hall.rater(name)
    study = opened(hall)
    assert study.raters == 3
    close_study(hall.store, study, hall.owner)

    assert hall.study(raters=2).raters == 2


def test_a_closed_study_stays_closed(hall: Hall) -> None:
    closed = close_study(hall.store, hall.study(), hall.owner)
    assert closed.state is StudyState.CLOSED

    with pytest.raises(Refused, match="closed already"):
        close_study(hall.store, closed, hall.owner)
