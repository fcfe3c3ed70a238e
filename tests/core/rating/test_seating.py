"""Hidden repeats: a pair comes again with its sides swapped, late enough, for self-consistency alone."""

from dataclasses import replace

import pytest

from core.people.persons import Person
from core.rating.asides import second_looks
from core.rating.duels import DuelView, begin
from core.rating.prompts import prompts_of
from core.rating.results import all_votes, counted_votes
from core.rating.seating import BETWEEN, FEWEST_FOR_REPEATS, RaterTurn, turns_of
from core.rating.studies import close_study
from core.rating.taking_out import preferences_jsonl
from core.rating.votes import Outcome
from core.store.store import Store
from core.verdict.preference import pair_verdict
from tests.core.rating.study_hall import Hall, furnished, likes, rate_all


@pytest.fixture
def hall(store: Store, olga: Person, anna: Person) -> Hall:
    """Twenty test prompts: enough for a pair to come again."""
    return furnished(store, olga, anna, prompts=FEWEST_FOR_REPEATS)


def of_rater(rater_id: int, count: int, share: float) -> list[RaterTurn]:
    return turns_of("a secret", 1, rater_id, count, share)


@pytest.mark.parametrize(("count", "share"), [(20, 0.1), (60, 0.08), (100, 0.1), (400, 0.25)])
def test_the_planned_share_comes_again_once_and_swapped_after_fifteen_others(
    count: int, share: float
) -> None:
    for rater_id in range(20):
        turns = of_rater(rater_id, count, share)
        again = [(turn, look) for turn, look in enumerate(turns) if look.again]

        assert len(again) == min(round(share * count), count - BETWEEN)
        assert len({look.place for _, look in again}) == len(again)
        for turn, look in again:
            first = turns.index(RaterTurn(look.place, not look.a_left, again=False))
            assert len({one.place for one in turns[first + 1 : turn]} - {look.place}) >= BETWEEN


def test_first_looks_keep_the_order_drawn() -> None:
    first = [look.place for look in of_rater(7, 60, 0.1) if not look.again]

    assert first == list(range(60))


def test_nobody_can_foresee_what_comes_again() -> None:
    again = {tuple(turn for turn, look in enumerate(of_rater(n, 60, 0.1)) if look.again) for n in range(20)}

    assert len(again) == 20


def test_with_few_prompts_nothing_comes_again() -> None:
    assert not any(look.again for look in of_rater(7, FEWEST_FOR_REPEATS - 1, 0.25))


def test_what_comes_again_looks_like_any_other_duel_and_counts_for_consistency_alone(hall: Hall) -> None:
    rita = hall.rater("Rita")
    study = hall.study_of(replace(hall.plan(), repeats=0.1))
    seen: list[DuelView] = []

    def always_left(duel: DuelView) -> Outcome:
        seen.append(duel)
        return Outcome.LEFT if len(seen) > FEWEST_FOR_REPEATS else likes("warm")(duel)

    rate_all(hall, study, rita, always_left)
    closed = close_study(hall.store, study, hall.owner)

    assert [duel.position for duel in seen] == list(range(1, 23))
    assert {duel.total for duel in seen} == {22}
    counted, everything = counted_votes(hall.store, closed), all_votes(hall.store, closed)
    assert counted is not None
    assert everything is not None
    assert len(counted.outcome) == len(everything.outcome) == FEWEST_FOR_REPEATS
    found = second_looks(hall.store, closed)
    assert found is not None
    assert (found.n, found.n_prompts) == (2, 2)


def test_who_goes_by_the_side_is_found_out_and_who_goes_by_the_answer_is_not(hall: Hall) -> None:
    raters = [hall.rater("Rita"), hall.rater("Rob")]
    study = hall.study_of(replace(hall.plan(), repeats=0.1))
    for rater, taste in zip(raters, (likes("warm"), lambda _: Outcome.LEFT), strict=True):
        rate_all(hall, study, rater, taste)

    found = second_looks(hall.store, close_study(hall.store, study, hall.owner))

    assert found is not None
    assert found.by_rater == {str(raters[0].id): (2, 1.0), str(raters[1].id): (2, 0.0)}
    assert found.followed_side == pytest.approx(0.5)


def test_a_second_look_turns_no_verdict_and_teaches_no_preference(hall: Hall) -> None:
    rita = hall.rater("Rita")
    study = hall.study_of(replace(hall.plan(), repeats=0.1))
    met: set[str] = set()

    def fickle(duel: DuelView) -> Outcome:
        first = duel.question not in met
        met.add(duel.question)
        return likes("warm" if first else "plain")(duel)

    rate_all(hall, study, rita, fickle)
    closed = close_study(hall.store, study, hall.owner)

    votes = counted_votes(hall.store, closed)
    assert votes is not None
    assert pair_verdict(votes.between("Run 1, tuned", "Run 1, base")).mean == 1.0
    lines = preferences_jsonl(hall.store, closed, hall.owner).decode().splitlines()
    assert len(lines) == len(prompts_of(hall.store, study.id))


def test_a_seat_is_made_once(hall: Hall) -> None:
    rita = hall.rater("Rita")
    study = hall.study_of(replace(hall.plan(), repeats=0.1))
    begin(hall.store, study.id, rita)
    begin(hall.store, study.id, rita)

    assert hall.store.rows("select count(*), count(distinct turn), count(*) filter (again) from duels") == [
        (22, 22, 2)
    ]
