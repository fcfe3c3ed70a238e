"""What leaves a study: evidence without a direction while it is open, votes with names once it is closed."""

import dataclasses

import pytest

from core.errors import Refused
from core.people.persons import Person
from core.rating.prompts import prompts_of
from core.rating.results import all_votes, counted_votes, evidence_so_far, votes_frame
from core.rating.studies import close_study, open_study
from core.rating.votes import Outcome
from core.store.store import Store
from core.verdict.preference import pair_verdict
from core.verdict.rows import COLUMNS
from tests.core.rating.study_hall import Hall, furnished, likes, plain, rate_all, warm


def test_an_open_study_tells_no_direction(hall: Hall) -> None:
    rita = hall.rater("Rita")
    study = hall.study()
    rate_all(hall, study, rita, likes("warm"), at_most=5)

    for read in (votes_frame, counted_votes, all_votes):
        with pytest.raises(Refused, match="is not closed"):
            read(hall.store, study)
    loved = evidence_so_far(hall.store, study)
    close_study(hall.store, study, hall.owner)
    again = hall.study()
    rate_all(hall, again, rita, likes("plain"), at_most=5)
    hated = evidence_so_far(hall.store, again)

    assert loved.path == pytest.approx(hated.path)
    assert dataclasses.replace(loved, path=()) == dataclasses.replace(hated, path=())


def test_evidence_counts_a_prompt_once_all_planned_raters_voted(hall: Hall) -> None:
    rita, rob = hall.rater("Rita"), hall.rater("Rob")
    study = hall.study()
    rate_all(hall, study, rita, likes("warm"))
    assert evidence_so_far(hall.store, study).complete == 0

    rate_all(hall, study, rob, likes("warm"), at_most=5)

    found = evidence_so_far(hall.store, study)
    assert (found.complete, found.raters, len(found.path)) == (5, 2, 6)
    assert found.more is not None


def test_a_study_nobody_rated_has_no_evidence(hall: Hall) -> None:
    found = evidence_so_far(hall.store, hall.study())

    assert (found.complete, found.path, found.more, found.enough) == (0, (1.0,), None, False)


def test_a_study_closed_before_its_answers_came_is_empty(hall: Hall) -> None:
    study = open_study(hall.store, hall.project, hall.dataset, hall.base, hall.tuned, hall.owner)
    closed = close_study(hall.store, study, hall.owner)

    assert counted_votes(hall.store, closed) is None
    assert evidence_so_far(hall.store, closed).n_prompts == 0


def test_after_closing_the_raters_who_came_are_enough(hall: Hall) -> None:
    rita, _ = hall.rater("Rita"), hall.rater("Rob")
    study = hall.study()
    rate_all(hall, study, rita, likes("warm"), at_most=7)

    closed = close_study(hall.store, study, hall.owner)

    votes = counted_votes(hall.store, closed)
    assert votes is not None
    assert len(votes.outcome) == 7
    assert evidence_so_far(hall.store, closed).complete == 7


def test_the_frame_has_the_columns_of_a_votes_file_and_the_order_drawn(hall: Hall) -> None:
    rita = hall.rater("Rita")
    study = hall.study()
    rate_all(hall, study, rita, likes("warm"))
    frame = votes_frame(hall.store, close_study(hall.store, study, hall.owner))

    assert set(COLUMNS) <= set(frame.columns)
    order = [str(prompt.item_id) for prompt in prompts_of(hall.store, study.id)]
    assert frame.sort_values("prompt_order")["prompt_id"].tolist() == order
    winners = frame.apply(lambda row: row["arm_left" if row["outcome"] == "left" else "arm_right"], axis=1)
    assert set(winners) == {"Run 1, tuned"}


def test_identical_pairs_count_as_ties_of_everybody_who_votes(
    store: Store, olga: Person, anna: Person
) -> None:
    hall = furnished(store, olga, anna, base=lambda row: warm(row) if row.item_id % 2 else plain(row))
    raters = [hall.rater("Rita"), hall.rater("Rob")]
    study = hall.study()
    identical = sum(prompt.identical for prompt in prompts_of(store, study.id))
    for rater in raters:
        rate_all(hall, study, rater, likes("warm"))
    assert evidence_so_far(store, study).n_identical == identical

    votes = counted_votes(store, close_study(store, study, olga))

    assert votes is not None
    found = pair_verdict(votes.between("Run 1, tuned", "Run 1, base"))
    assert (found.n_prompts, found.n_votes) == (12, 24)
    assert found.tie == pytest.approx(identical / 12)
    assert found.mean == pytest.approx((12 - identical + identical / 2) / 12)


def test_skips_complete_a_prompt_and_do_not_score(hall: Hall) -> None:
    rita = hall.rater("Rita")
    study = hall.study()
    rate_all(hall, study, rita, lambda _: Outcome.SKIP)

    found = evidence_so_far(hall.store, study)

    assert (found.complete, found.path) == (12, (1.0,))
