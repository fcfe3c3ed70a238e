"""A dataset version never changes: the same content and seed are the same id, bytes and split."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from core.curation import review, writing
from core.curation.projects import change_instructions, create_project, project_by_id
from core.datasets.planning import plan_freeze, planned
from core.datasets.splitting import Shares, Split
from core.datasets.versions import Dataset, FrozenRow, dataset_by_id, datasets_of, freeze, rows_of
from core.errors import NotAllowed, Refused
from core.people.membership import grant
from core.people.roles import Role
from core.store.store import Store
from tests.core.curation.desk import Desk, open_desk

SHARES = Shares(60, 20, 20)

QUESTIONS = (
    "Where can I find my lost suitcase?",
    "Somebody took the wrong bag, what now?",
    "May I bring a cordless drill on board?",
    "Is there a room for prayer behind security?",
    "How early should a family of five arrive?",
    "Which gate does the ferry shuttle leave from?",
    "Do you sell adapters for British plugs?",
    "Can my dog wait with me at the gate?",
    "Who helps my grandmother with her wheelchair?",
    "What does parking for eleven days cost?",
)


def fill(desk: Desk, questions: tuple[str, ...] = QUESTIONS) -> None:
    for number, question in enumerate(questions):
        desk.approved(question, f"Please ask at desk {number % 2 + 4}, we are glad to help.", topic="help")


def frozen(desk: Desk, seed: int = 1) -> Dataset:
    return freeze(desk.store, desk.project, SHARES, seed, desk.olga)


def by_question(rows: list[FrozenRow]) -> dict[str, Split]:
    return {row.question: row.split for row in rows}


def test_unchanged_content_and_seed_are_the_same_dataset(desk: Desk) -> None:
    fill(desk)
    first = frozen(desk)
    data = desk.store.blobs.get(first.sha256)

    assert frozen(desk) == first
    assert datasets_of(desk.store, desk.project.id) == [first]
    assert desk.store.blobs.get(first.sha256) == data
    assert (first.n_train, first.n_validation, first.n_test) == (6, 2, 2)


def test_the_order_in_which_items_came_in_does_not_matter(desk: Desk, tmp_path: Path) -> None:
    fill(desk)
    first = frozen(desk)
    store = Store(tmp_path / "another")
    other = open_desk(store)
    for number, question in reversed(list(enumerate(QUESTIONS))):
        other.approved(question, f"Please ask at desk {number % 2 + 4}, we are glad to help.", topic="help")

    assert (frozen(other).id, frozen(other).sha256) == (first.id, first.sha256)
    store.close()


def test_another_seed_another_split_or_another_reply_is_another_dataset(desk: Desk) -> None:
    fill(desk)
    first = frozen(desk)
    other_seed = frozen(desk, seed=2)
    other_split = freeze(desk.store, desk.project, Shares(80, 10, 10), 1, desk.olga)
    fill(desk, ("What time does the lounge open on Sundays?",))
    more = frozen(desk)

    assert len({first.id, other_seed.id, other_split.id, more.id}) == 4
    assert [one.number for one in datasets_of(desk.store, desk.project.id)] == [4, 3, 2, 1]


def test_a_frozen_dataset_keeps_its_bytes_when_its_project_goes_on(desk: Desk) -> None:
    fill(desk)
    first, rows = frozen(desk), rows_of(desk.store, frozen(desk).id)
    item = rows[0].item_id

    review.reopen(desk.store, item, desk.ben)
    review.send_back(desk.store, item, review.Reason.WRONG_FACT, "", desk.ben)
    writing.submit(desk.store, item, "Something quite different was true.", desk.anna)
    review.approve(desk.store, item, desk.ben)
    change_instructions(desk.store, desk.project, "Be brief.", desk.olga)
    desk.store.rebuild()

    assert rows_of(desk.store, first.id) == rows
    assert dataset_by_id(desk.store, first.id) == first
    now = freeze(desk.store, desk.project, SHARES, 1, desk.olga)
    assert now.id != first.id
    assert now.instructions == project_by_id(desk.store, desk.project.id).instructions == "Be brief."


def test_rows_of_a_ticket_a_customer_or_a_wording_are_never_on_both_sides(desk: Desk) -> None:
    fill(desk)
    desk.approved("Where do I pay the parking fee?", "At the red machines.", ticket="T-1")
    desk.approved("The machine ate my card!", "We open it at once.", ticket="T-1", customer="C-1")
    desk.approved("Now it rains into the hall", "We mop it.", customer="C-1")
    desk.approved("Where do I pay the parking fee today?", "At the machines.", customer="C-2")
    desk.approved("Is breakfast served at five in the morning?", "From six.", customer="C-2")

    for seed in range(6):
        given = by_question(rows_of(desk.store, frozen(desk, seed).id))
        together = {split for question, split in given.items() if question not in QUESTIONS}
        assert len(together) == 1


def test_only_what_is_approved_is_frozen(desk: Desk) -> None:
    fill(desk, QUESTIONS[:4])
    desk.asked("Is anybody there?")
    desk.submitted("Does this count?", "Not before somebody approved it.")
    desk.returned("And this one?", "It came back.")

    assert {row.question for row in rows_of(desk.store, frozen(desk).id)} == set(QUESTIONS[:4])


def test_a_plan_shows_what_a_freeze_would_make_and_writes_nothing(desk: Desk) -> None:
    fill(desk)
    desk.approved("Where can I find my lost suitcase please?", "Please ask at desk 4, we are glad to help.")
    before = desk.store.digest()

    plan = plan_freeze(desk.store, desk.project, SHARES, 1)

    assert desk.store.digest() == before
    assert (len(plan.rows), plan.n_near_duplicates) == (11, 1)
    dataset = frozen(desk)
    assert [plan.count(split) for split in Split] == [dataset.n_train, dataset.n_validation, dataset.n_test]


def test_a_remembered_plan_is_that_of_what_is_approved_now(desk: Desk) -> None:
    fill(desk)
    first = planned(desk.store, desk.project, SHARES, 1)

    assert planned(desk.store, desk.project, SHARES, 1) is first
    assert first == plan_freeze(desk.store, desk.project, SHARES, 1)
    assert planned(desk.store, desk.project, SHARES, 2) == plan_freeze(desk.store, desk.project, SHARES, 2)
    desk.approved("What time does the lounge open on Sundays?", "At five.")
    assert planned(desk.store, desk.project, SHARES, 1) == plan_freeze(desk.store, desk.project, SHARES, 1)
    assert len(first.rows) == len(planned(desk.store, desk.project, SHARES, 1).rows) - 1


def test_what_is_approved_while_others_freeze_is_in_the_next_version(desk: Desk) -> None:
    fill(desk)
    more = [f"Question {number} of {number * 7} about {number * 11}?" for number in range(12)]
    with ThreadPoolExecutor(1) as pool:
        writing_on = pool.submit(fill, desk, tuple(more))
        sizes = [frozen(desk).size for _ in range(6)]
        writing_on.result()

    assert sizes == sorted(sizes)
    assert {row.question for row in rows_of(desk.store, frozen(desk).id)} == {*QUESTIONS, *more}
    for dataset in datasets_of(desk.store, desk.project.id):
        assert len(rows_of(desk.store, dataset.id)) == dataset.size


def test_a_seed_that_is_none_freezes_nothing(desk: Desk) -> None:
    fill(desk)
    before = desk.store.digest()

    with pytest.raises(Refused, match="seed -1 is not a whole number"):
        frozen(desk, seed=-1)

    assert desk.store.digest() == before


def test_nothing_approved_is_nothing_to_freeze(desk: Desk) -> None:
    desk.submitted("Does this count?", "Not before somebody approved it.")

    with pytest.raises(Refused, match=r"nothing to freeze in 'Bay airport'.*approve some replies first"):
        frozen(desk)
    assert datasets_of(desk.store, desk.project.id) == []


@pytest.mark.parametrize("who", ["anna", "ben"])
def test_who_does_not_own_the_project_does_not_freeze(desk: Desk, who: str) -> None:
    fill(desk, QUESTIONS[:2])
    before = desk.store.digest()

    with pytest.raises(NotAllowed, match="takes the role owner"):
        freeze(desk.store, desk.project, SHARES, 1, {"anna": desk.anna, "ben": desk.ben}[who])

    assert desk.store.digest() == before


def test_two_items_alike_but_for_their_topic_freeze_to_the_same_bytes_in_any_order(
    desk: Desk, tmp_path: Path
) -> None:
    question, reply = QUESTIONS[0], "Please ask at desk 4, we are glad to help."
    with desk.store.transaction("olga") as tx:
        twin = create_project(tx, "Twin", desk.olga)
        grant(tx, twin.id, desk.anna, Role.EXPERT)
        grant(tx, twin.id, desk.ben, Role.REVIEWER)
    other = Desk(desk.store, twin, desk.anna, desk.ben, desk.carl, desk.olga)
    for where, topics in ((desk, ("bags", "loss")), (other, ("loss", "bags"))):
        for topic in topics:
            where.approved(question, reply, topic=topic)

    one, two = (rows_of(desk.store, frozen(where).id) for where in (desk, other))

    assert [row.topic for row in one] == [row.topic for row in two] == ["bags", "loss"]


def test_an_unknown_dataset_is_one_sentence(desk: Desk) -> None:
    with pytest.raises(Refused, match="no dataset 'ds-nothing'"):
        rows_of(desk.store, "ds-nothing")
