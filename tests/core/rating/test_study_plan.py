"""A plan is declared before the first vote, sealed with what it froze, and cannot change unnoticed."""

from dataclasses import replace

import pytest

from core.errors import Refused
from core.people.persons import Person
from core.rating.duels import begin
from core.rating.prompts import practice_of, prompts_of
from core.rating.seal import seal_of
from core.rating.studies import StudyState, close_study, fix_prompts, leave_out, open_study, telling_prompts
from core.rating.study_plan import MOST_RATERS, Claim, Form, Plan, plan_of, suggested_plan
from core.store.store import Store
from tests.core.rating.study_hall import Hall, furnished, likes, plain, rate_all, warm


def test_what_was_declared_is_what_is_kept(hall: Hall) -> None:
    plan = Plan(
        raters=4,
        rubric="Which one is warmer?",
        claim=Claim.NOT_WORSE,
        margin=0.1,
        form=Form.SCALE,
        quality="tone",
        prompts=8,
        practice=2,
        repeats=0.1,
        left_out=(),
    )

    study = hall.study_of(plan)

    assert plan_of(hall.store, study.id) == plan
    assert study.raters == 4


def test_a_plan_is_suggested_for_everybody_who_is_invited(store: Store, olga: Person, anna: Person) -> None:
    hall = furnished(store, olga, anna, prompts=40)
    for name in ("Rita", "Rob"):
        hall.rater(name)

    plan = suggested_plan(store, hall.dataset)

    assert (plan.raters, plan.claim, plan.prompts) == (2, Claim.BETTER, None)
    assert (plan.practice, plan.repeats) == (3, 0.08)
    assert "Which reply would you rather send" in plan.rubric


def test_of_very_many_who_are_invited_no_more_are_suggested_than_a_study_takes(hall: Hall) -> None:
    for number in range(MOST_RATERS + 1):
        hall.rater(f"Rater {number}")

    assert hall.study().raters == MOST_RATERS


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"raters": 0}, "from 1 to 200 raters"),
        ({"prompts": 1}, "Plan from 2 to 12 prompts"),
        ({"prompts": 13}, "Plan from 2 to 12 prompts"),
        ({"claim": Claim.AS_GOOD}, "need a margin"),
        ({"margin": 0.1}, "“better” has none"),
        ({"claim": Claim.AS_GOOD, "margin": 0.5}, "between 0 and 50 points"),
        ({"claim": Claim.AS_GOOD, "margin": float("nan")}, "between 0 and 50 points"),
        ({"alpha": 0.2}, "made for α = 0.05"),
        ({"form": Form.SCALE}, "the name of one quality"),
        ({"quality": "tone"}, "and a duel none"),
        ({"rubric": "  "}, "Write what raters are to go by"),
        ({"practice": 11}, "At most 10 practice items"),
        ({"repeats": 0.5}, "25 % repeats"),
        ({"left_out": tuple(range(11))}, "this dataset has 1"),
    ],
)
def test_a_plan_that_does_not_hold_is_refused(hall: Hall, change: dict[str, object], sentence: str) -> None:
    with pytest.raises(Refused, match=sentence):
        hall.study_of(replace(hall.plan(1), **change))  # type: ignore[arg-type]  # made unsound on purpose

    assert hall.store.value("select count(*) from studies") == 0


def test_the_plan_is_sealed_when_the_study_opens_and_before_anybody_can_vote(hall: Hall) -> None:
    rita = hall.rater("Rita")
    study = open_study(
        hall.store, hall.project, hall.dataset, hall.base, hall.tuned, hall.owner, hall.plan(1)
    )
    assert seal_of(hall.store, study.id) is None
    with pytest.raises(Refused, match="is not open"):
        begin(hall.store, study.id, rita)

    study = fix_prompts(hall.store, study.id)

    seal = seal_of(hall.store, study.id)
    assert seal is not None
    assert len(seal.sha256) == 64
    assert seal.changed == ()


def test_votes_and_closing_leave_the_seal_as_it_is(hall: Hall) -> None:
    rita = hall.rater("Rita")
    study = hall.study()
    before = seal_of(hall.store, study.id)

    rate_all(hall, study, rita, likes("warm"))
    close_study(hall.store, study, hall.owner)

    assert seal_of(hall.store, study.id) == before


@pytest.mark.parametrize(
    ("table", "key", "change", "named"),
    [
        ("study_plans", {"study_id": 1}, {"claim": "as good", "margin": 0.1}, "what is claimed, the margin"),
        ("study_plans", {"study_id": 1}, {"rubric": "Prefer B."}, "the rubric"),
        ("study_plans", {"study_id": 1}, {"sha256": "0" * 64}, "the seal itself"),
        ("studies", {"id": 1}, {"raters": 9}, "the number of raters"),
        ("study_prompts", {"study_id": 1, "position": 3}, {"text_b": "better"}, "the questions and answers"),
        ("study_prompts", {"study_id": 1, "position": 3}, {"practice": True}, "the prompts and their order"),
    ],
)
def test_whatever_changes_afterwards_is_named(
    hall: Hall, table: str, key: dict[str, int], change: dict[str, object], named: str
) -> None:
    study = hall.study()

    with hall.store.transaction("somebody") as tx:
        tx.update(table, key, change)

    seal = seal_of(hall.store, study.id)
    assert seal is not None
    assert ", ".join(seal.changed) == named


def test_a_study_of_the_first_prompts_keeps_the_order_drawn(store: Store, olga: Person, anna: Person) -> None:
    hall = furnished(store, olga, anna, prompts=40)
    study = hall.study_of(replace(hall.plan(1), prompts=15, practice=4))

    counted, practice = prompts_of(store, study.id), practice_of(store, study.id)

    assert [prompt.position for prompt in counted] == list(range(15))
    assert [prompt.position for prompt in practice] == [15, 16, 17, 18]
    assert not {prompt.item_id for prompt in counted} & {prompt.item_id for prompt in practice}


def test_practice_shows_two_different_answers_and_takes_no_more_than_a_quarter(
    store: Store, olga: Person, anna: Person
) -> None:
    hall = furnished(store, olga, anna, base=lambda row: warm(row) if row.item_id % 2 else plain(row))
    study = hall.study_of(replace(hall.plan(1), practice=10))

    practice = practice_of(store, study.id)

    counted = prompts_of(store, study.id)
    assert len(counted) + len(practice) == 12
    different = sum(not one.identical for one in (*counted, *practice))
    assert len(practice) == different // 4
    assert not any(one.identical for one in practice)


def betraying(hall: Hall) -> int:
    """One answer says what wrote it; returns its question."""
    item_id: int = hall.store.value("select min(item_id) from answers")
    with hall.store.transaction("test") as tx:
        key = {"dataset_id": hall.dataset.id, "arm_id": hall.tuned.id, "item_id": item_id}
        tx.update("answers", key, {"text": f"As an AI, trained by OpenAI, I am {hall.tuned.model}."})
    return item_id


def test_a_study_with_identity_words_waits_for_its_owner(hall: Hall) -> None:
    item_id = betraying(hall)
    study = hall.study()
    assert study.state is StudyState.PREPARING

    (tell,) = telling_prompts(hall.store, study)
    assert (tell.item_id, tell.words) == (item_id, ("as an ai", "openai", hall.tuned.model))
    leave_out(hall.store, study, [item_id], hall.owner)
    opened = fix_prompts(hall.store, study.id)

    assert opened.state is StudyState.OPEN
    assert item_id not in {prompt.item_id for prompt in prompts_of(hall.store, study.id)}


def test_identity_words_may_stay_if_the_owner_says_so_and_nothing_is_left_out_later(hall: Hall) -> None:
    item_id = betraying(hall)
    study = hall.study()

    leave_out(hall.store, study, [], hall.owner)
    opened = fix_prompts(hall.store, study.id)

    assert item_id in {prompt.item_id for prompt in prompts_of(hall.store, study.id)}
    with pytest.raises(Refused, match="fixed when it opens"):
        leave_out(hall.store, opened, [item_id], hall.owner)


def test_a_word_that_the_question_has_too_tells_nothing(hall: Hall) -> None:
    study = hall.study()
    assert telling_prompts(hall.store, study) == ()

    with hall.store.transaction("test") as tx:
        for item_id, question in tx.rows("select id, question from items"):
            key = {"dataset_id": hall.dataset.id, "arm_id": hall.tuned.id, "item_id": item_id}
            if tx.value("select 1 from answers where item_id = ? limit 1", item_id):
                tx.update("answers", key, {"text": f"{question}, you ask? Gladly."})

    assert telling_prompts(hall.store, study) == ()
