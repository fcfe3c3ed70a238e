"""What an owner sees of studies under way: votes that count and sides, and nothing of who leads."""

from dataclasses import replace

from core.people.persons import Person
from core.rating.overseeing import sides_of, study_lines
from core.rating.studies import StudyState, close_study
from core.store.store import Store
from tests.core.rating.study_hall import Hall, furnished, likes, rate_all


def test_second_looks_count_neither_as_votes_nor_as_sides(store: Store, olga: Person, anna: Person) -> None:
    hall = furnished(store, olga, anna, prompts=40)
    rita = hall.rater("Rita")
    study = hall.study_of(replace(hall.plan(1), repeats=0.1))
    assert rate_all(hall, study, rita, likes("warm")) == 44

    (line,) = study_lines(store, hall.project.id)

    assert (line.n_prompts, line.n_raters, line.n_votes) == (40, 1, 40)
    assert (sides_of(store, study).first_left, sides_of(store, study).n_votes) == (20, 40)
    assert sides_of(store, study).sentence == (
        "Each side in turn: the first model stood left in 20 of 40 votes, the second in 20."
    )


def test_studies_are_listed_newest_first_with_their_state(hall: Hall) -> None:
    close_study(hall.store, hall.study(), hall.owner)
    hall.study()

    found = [
        (line.study.id, line.study.state, line.n_votes) for line in study_lines(hall.store, hall.project.id)
    ]

    assert found == [(2, StudyState.OPEN, 0), (1, StudyState.CLOSED, 0)]
