"""Contradictions: found when an item is opened and by a scan of all; settled by review or with a reason."""

import time

import pytest

from core.curation import review, writing
from core.curation.checks.acceptance import accepted_of
from core.curation.contradictions.judging import Relation, judge
from core.curation.contradictions.listing import count_pairs, in_pairs, last_scan, pairs_page
from core.curation.contradictions.nearby import pairs_of
from core.curation.contradictions.scan import KIND, find_pairs, start_scan, work_of
from core.curation.contradictions.settling import accept_pair, review_again
from core.curation.contradictions.sides import Pair, Side
from core.curation.items import Item, NewItem, State, Turn, add_item, history_of
from core.curation.projects import Kind, create_project
from core.demo.seed import seed_demo
from core.errors import Conflict, NotAllowed, Refused
from core.jobs.jobs import Job, Jobs, JobState, Task
from core.people.persons import find_person
from core.settings import LOCAL_EMAIL
from core.store.store import Store
from tests.core.curation.desk import Desk

ASKED = "How much does the car park cost for one hour?"
AGAIN = "Hello, how much does the car park cost for one hour please?"
FOUR = "One hour in the car park costs €4; pay at the machine beside Door 2."
SIX = "One hour in the car park costs €6; pay at the machine beside Door 2."
OTHER_WORDS = "You find all our tariffs on the board at the entrance, or ask the staff in the office."


def scan(desk: Desk) -> Job:
    jobs = Jobs(desk.store)
    jobs.register(KIND, work_of(desk.store))
    job = ended(jobs, start_scan(jobs, desk.store, desk.project, desk.ben))
    jobs.close()
    return job


def ended(jobs: Jobs, job: Job) -> Job:
    while job.unfinished:
        time.sleep(0.01)
        job = jobs.get(job.id)
    return job


def stopped(task: Task) -> Task:
    task.cancelled.set()
    return task


def listed(desk: Desk, relation: Relation = Relation.CONTRADICTION) -> tuple[Pair, ...]:
    return pairs_page(desk.store, desk.project, (relation,))


def test_replies_to_the_same_question_are_judged(desk: Desk) -> None:
    project = desk.project

    assert judge(project, FOUR, FOUR.upper()).relation is Relation.REPEAT
    assert judge(project, FOUR, FOUR.replace("; pay", ": please pay")).relation is Relation.REPEAT
    assert judge(project, FOUR, SIX).relation is Relation.CONTRADICTION
    assert judge(project, FOUR, OTHER_WORDS).relation is Relation.OTHER_REPLY
    yes, no = judge(project, "Yes, you may.", "No, you may not."), judge(project, FOUR, SIX)
    assert yes.weight > no.weight > judge(project, FOUR, OTHER_WORDS).weight > 0


def test_an_approved_reply_that_says_otherwise_is_seen_while_writing_and_reviewing(desk: Desk) -> None:
    desk.approved(ASKED, FOUR)
    desk.approved("Where is the car park?", "Behind Terminal A, beside Door 5.")
    item = desk.asked(AGAIN)

    (pair,) = pairs_of(desk.store, desk.project, item, SIX)

    assert pair.other.reply == FOUR
    assert pair.sentence == "Nearly the same question has a reply that differs: “€6” against “€4”."
    assert pairs_of(desk.store, desk.project, item, FOUR) == ()


def test_what_was_said_before_belongs_to_the_question(desk: Desk) -> None:
    desk.approved("Yes, that one. How do I get it?", "Come to desk 4.")
    with desk.store.transaction(desk.olga.email) as tx:
        turns = (Turn("user", "My violin is gone"), Turn("assistant", "Is it the brown one?"))
        item = add_item(tx, desk.project.id, NewItem("Yes, that one. How do I get it?", turns), desk.olga)

    assert pairs_of(desk.store, desk.project, item, "Come to desk 9.") == ()


def test_a_reply_that_an_approved_one_contradicts_comes_first_in_the_inbox(desk: Desk) -> None:
    desk.approved(ASKED, FOUR)
    desk.submitted("Where is my bag?", "It waits at desk 9 on the second floor.")
    late = desk.submitted(AGAIN, SIX)
    scan(desk)

    first, second = review.inbox(desk.store, desk.project, desk.ben)

    assert (first.item.id, first.contradicted) == (late.id, True)
    assert not second.contradicted


def test_a_scan_lists_pairs_with_both_sides_the_gravest_first(desk: Desk) -> None:
    one, other = desk.approved(ASKED, FOUR), desk.approved(AGAIN, SIX)
    yes = desk.approved("May I bring my dog?", "Yes, dogs may come along on a lead.")
    no = desk.submitted("may I bring my dog please", "No, dogs stay at home.")
    repeated = desk.approved("Is there a chapel?", "Yes, on level 2 of Terminal A, open day and night.")
    desk.approved("hi, is there a chapel?", "Yes: on level 2 of Terminal A; open day and night")
    desk.submitted("Where is my bag?", "At desk 4.")

    job = scan(desk)

    assert job.state is JobState.DONE
    assert job.outcome == ("7 items compared; contradictions: 2, replies in other words: 0, repeats: 1.")
    assert [{pair.one.item_id, pair.other.item_id} for pair in listed(desk)] == [
        {yes.id, no.id},
        {one.id, other.id},
    ]
    (repeat,) = listed(desk, Relation.REPEAT)
    assert repeat.one.item_id == repeated.id
    assert in_pairs(desk.store, desk.project.id) == {one.id, other.id, yes.id, no.id}
    assert count_pairs(desk.store, desk.project.id)[Relation.CONTRADICTION] == 2


def test_two_replies_that_both_wait_are_no_pair(desk: Desk) -> None:
    desk.submitted(ASKED, FOUR)
    desk.submitted(AGAIN, SIX)

    scan(desk)

    assert listed(desk) == ()


def test_a_scan_finds_as_much_again_and_forgets_what_changed(desk: Desk) -> None:
    desk.approved(ASKED, FOUR)
    item = desk.approved(AGAIN, SIX)
    for _ in range(2):
        scan(desk)
        assert len(listed(desk)) == 1
    review.reopen(desk.store, item.id, desk.ben)
    review.edit(desk.store, item.id, FOUR, desk.ben)

    assert listed(desk) == ()
    seen = last_scan(desk.store, desk.project.id)
    assert seen is not None
    assert (seen.n_compared, seen.changed_since, seen.n_left_out) == (2, 1, 0)
    scan(desk)
    assert listed(desk) == ()


def test_what_a_scan_found_is_gone_with_the_database_and_comes_back_with_a_scan(desk: Desk) -> None:
    desk.approved(ASKED, FOUR)
    desk.approved(AGAIN, SIX)
    scan(desk)

    desk.store.rebuild()

    assert last_scan(desk.store, desk.project.id) is None
    scan(desk)
    assert len(listed(desk)) == 1


def test_a_scan_can_be_stopped_and_keeps_what_was_found_before(desk: Desk) -> None:
    desk.approved(ASKED, FOUR)
    desk.approved(AGAIN, SIX)
    scan(desk)
    jobs = Jobs(desk.store)
    jobs.register(KIND, lambda task: work_of(desk.store)(stopped(task)))

    job = ended(jobs, start_scan(jobs, desk.store, desk.project, desk.ben))

    jobs.close()
    assert job.state is JobState.CANCELLED
    assert len(listed(desk)) == 1


def test_labels_that_differ_contradict(store: Store, desk: Desk) -> None:
    with store.transaction(desk.olga.email) as tx:
        project = create_project(tx, "Complaints", desk.olga, kind=Kind.LABEL, labels=("Loan", "Mortgage"))
    sides = [
        Side(number, number, "The card payment did not work", (), label, State.APPROVED, "Anna")
        for number, label in enumerate(("Loan", "Mortgage"))
    ]

    (pair,) = find_pairs(project, sides).pairs

    assert pair.judged.relation is Relation.CONTRADICTION
    assert pair.sentence.endswith("another label.")


def test_a_hundred_copies_are_compared_once(desk: Desk) -> None:
    sides = [Side(number, number, ASKED, (), FOUR, State.APPROVED, "Anna") for number in range(100)]
    sides.append(Side(100, 100, AGAIN, (), SIX, State.SUBMITTED, "Ben"))

    found = find_pairs(desk.project, sides)

    assert (found.n_compared, found.counts[Relation.CONTRADICTION]) == (101, 1)


def test_both_are_right_with_a_reason_and_the_pair_stays_away(desk: Desk) -> None:
    one, other = desk.approved(ASKED, FOUR), desk.approved(AGAIN, SIX)
    scan(desk)
    (pair,) = listed(desk)
    with pytest.raises(Refused, match="Say why"):
        accept_pair(desk.store, pair, " ", desk.ben)

    accept_pair(desk.store, pair, "P1 and P2 have two tariffs.", desk.ben)

    assert listed(desk) == ()
    assert pairs_of(desk.store, desk.project, desk.now(one), FOUR) == ()
    for item in (one, other):
        assert [spared.reason for spared in accepted_of(desk.store, item.id)] == [
            "P1 and P2 have two tariffs."
        ]
        last = history_of(desk.store, item.id)[-1]
        assert last.comment == "contradiction: P1 and P2 have two tariffs."
    scan(desk)
    assert listed(desk) == ()
    assert len(pairs_of(desk.store, desk.project, desk.now(one), FOUR.replace("€4", "€5"))) == 1


def test_one_side_goes_back_to_review(desk: Desk) -> None:
    desk.approved(ASKED, FOUR)
    item = desk.approved(AGAIN, SIX)
    assert item.reply_id is not None

    review_again(desk.store, item.id, item.reply_id, "It is €4 since May.", desk.carl)

    assert desk.state(item) is State.SUBMITTED
    event = history_of(desk.store, item.id)[-1]
    assert (event.person, event.action, event.comment) == (
        "Carl",
        "sent to review again",
        "It is €4 since May.",
    )
    with pytest.raises(Refused, match="is submitted, so it needs no second review"):
        review_again(desk.store, item.id, item.reply_id, "", desk.carl)
    review.send_back(desk.store, item.id, review.Reason.WRONG_FACT, "", desk.carl)
    writing.submit(desk.store, item.id, FOUR, desk.anna)
    with pytest.raises(Conflict, match="another reply by now"):
        review_again(desk.store, item.id, item.reply_id, "", desk.carl)


def test_ones_own_reply_may_be_doubted_because_somebody_else_decides(desk: Desk) -> None:
    item = desk.submitted(ASKED, FOUR, by=desk.ben)
    review.approve(desk.store, item.id, desk.carl)

    review_again(desk.store, item.id, _reply(desk, item), "I was wrong.", desk.ben)

    with pytest.raises(NotAllowed, match="somebody else"):
        review.approve(desk.store, item.id, desk.ben)


def test_who_does_not_review_neither_scans_nor_settles(desk: Desk) -> None:
    one = desk.approved(ASKED, FOUR)
    desk.approved(AGAIN, SIX)
    scan(desk)
    (pair,) = listed(desk)
    jobs = Jobs(desk.store)

    with pytest.raises(NotAllowed, match="Anna may not review"):
        start_scan(jobs, desk.store, desk.project, desk.anna)
    with pytest.raises(NotAllowed, match="Anna may not review"):
        accept_pair(desk.store, pair, "Both.", desk.anna)
    with pytest.raises(NotAllowed, match="Anna may not review"):
        review_again(desk.store, one.id, _reply(desk, one), "", desk.anna)
    jobs.close()


def _reply(desk: Desk, item: Item) -> int:
    reply_id = desk.now(item).reply_id
    assert reply_id is not None
    return reply_id


def test_the_demo_has_one_contradiction_to_look_at_which_nothing_is_trained_on(store: Store) -> None:
    airport, _ = seed_demo(store)
    owner = find_person(store, LOCAL_EMAIL)
    assert owner is not None
    jobs = Jobs(store)
    jobs.register(KIND, work_of(store))

    ended(jobs, start_scan(jobs, store, airport, owner))
    jobs.close()

    (pair,) = pairs_page(store, airport, (Relation.CONTRADICTION,))
    assert {pair.one.state, pair.other.state} == {State.APPROVED, State.SUBMITTED}
    assert "“€6.40” against “€5.80”" in pair.sentence or "“€5.80” against “€6.40”" in pair.sentence
    first = review.inbox(store, airport, owner)[:3]
    assert any(one.contradicted for one in first)
