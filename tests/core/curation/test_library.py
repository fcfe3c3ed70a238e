"""The library: every item found by what is in it, page by page, and many changed at once and back."""

import csv
import io
import json
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.curation import review
from core.curation.items import Item, State, history_of
from core.curation.library import bulk, outgoing, pages, views
from core.curation.library.bulk import Change, Phase
from core.curation.library.filter import Filter
from core.curation.library.outgoing import Form
from core.curation.library.pages import Order, Place
from core.curation.replies import reply_by_id
from core.errors import NotAllowed, Refused
from core.jobs.jobs import Jobs
from tests.core.curation.desk import Desk

REPLY = "Your suitcase is kept at desk 4, open until midnight."
EVERYTHING = Filter()


@pytest.fixture
def jobs(desk: Desk) -> Iterator[Jobs]:
    working = Jobs(desk.store)
    working.register(bulk.KIND, bulk.carry_out(desk.store))
    yield working
    working.close()


def found(desk: Desk, wanted: Filter, order: Order = Order.OLDEST) -> list[str]:
    listed = pages.page(desk.store, desk.project.id, wanted, order)
    return [entry.item.question for entry in listed.entries]


def change(desk: Desk, jobs: Jobs, wanted: Filter, what: Change, value: str) -> int:
    number = bulk.begin(desk.store, jobs, desk.project.id, wanted, what, value, desk.olga)
    finish(jobs)
    return number


def undo(desk: Desk, jobs: Jobs, number: int) -> None:
    bulk.undo(desk.store, jobs, number, desk.olga)
    finish(jobs)


def finish(jobs: Jobs) -> None:
    while jobs.unfinished():
        time.sleep(0.01)


def topic(desk: Desk, item: Item) -> str | None:
    return desk.now(item).topic


def test_words_are_looked_for_in_the_question_and_in_the_reply_at_hand(desk: Desk) -> None:
    desk.asked("Where is my Suitcase?")
    desk.approved("Nobody was there", REPLY)
    desk.asked("Which bus goes downtown?")

    assert found(desk, Filter(text="suitcase")) == ["Where is my Suitcase?", "Nobody was there"]
    assert found(desk, Filter(text="MIDNIGHT desk")) == ["Nobody was there"]
    assert found(desk, Filter(text="suitcase downtown")) == []


def test_items_are_found_by_what_their_ticket_told(desk: Desk) -> None:
    first = desk.asked("Where is my suitcase?", customer="K-17")
    second = desk.asked("Wo ist mein Koffer?", customer="K-18")
    with desk.store.transaction(desk.olga.email) as tx:
        told = {"asked_at": datetime(2026, 3, 1, 23, 30, tzinfo=UTC), "volume": 4, "language": "English"}
        tx.update("items", {"id": first.id}, told)
        told = {"asked_at": datetime(2026, 3, 2, 0, 0, tzinfo=UTC), "volume": 40, "language": "German"}
        tx.update("items", {"id": second.id}, told)

    english, german = [first.question], [second.question]
    day = date(2026, 3, 1)
    assert found(desk, Filter(language="German")) == german
    assert found(desk, Filter(customer="K-17")) == english
    assert found(desk, Filter(asked_to=day)) == english
    assert found(desk, Filter(asked_from=day, asked_to=date(2026, 3, 2))) == english + german
    assert found(desk, Filter(asked_from=date(2026, 3, 2))) == german
    assert found(desk, Filter(least_volume=5)) == german
    assert pages.languages(desk.store, desk.project.id) == ("English", "German")


def test_a_filter_comes_back_from_its_view_as_it_was(desk: Desk) -> None:
    wanted = Filter("bag", (State.WAITING,), "Luggage", language="German", asked_from=date(2026, 3, 1))

    views.save_view(desk.store, desk.project.id, "German bags", wanted, desk.anna)

    (view,) = views.views_of(desk.store, desk.project.id, desk.anna)
    assert view.filter == wanted


def test_signs_that_mean_something_to_a_database_are_looked_for_as_they_are(desk: Desk) -> None:
    desk.asked("Is 100% of it refunded?")
    desk.asked("Is 1000 of it refunded?")
    desk.asked("What's 'that'; drop table items--")

    assert found(desk, Filter(text="100%")) == ["Is 100% of it refunded?"]
    assert found(desk, Filter(text="'that';")) == ["What's 'that'; drop table items--"]
    assert found(desk, Filter(text="_")) == []


def test_a_ticket_or_a_customer_is_found_whole(desk: Desk) -> None:
    desk.asked("Where is my bag?", ticket="MB-17", customer="Ada L.")
    desk.asked("Where is the lift?", ticket="MB-170", customer="Ben")

    assert found(desk, Filter(text="MB-17")) == ["Where is my bag?"]
    assert found(desk, Filter(text="Ada L.")) == ["Where is my bag?"]


def test_states_topic_and_author_narrow_the_list_together(desk: Desk) -> None:
    desk.asked("One?", topic="Parking")
    desk.approved("Two?", REPLY, topic="Parking")
    desk.approved("Three?", REPLY, topic="Customs")
    desk.submitted("Four?", REPLY, by=desk.carl)

    assert found(desk, Filter(states=(State.APPROVED, State.WAITING), topic="Parking")) == ["One?", "Two?"]
    assert found(desk, Filter(author_id=desk.carl.id)) == ["Four?"]
    assert pages.topics(desk.store, desk.project.id) == ("Customs", "Parking")
    assert pages.states(desk.store, desk.project.id, Filter(topic="Parking")) == {
        State.WAITING: 1,
        State.APPROVED: 1,
    }


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(size=st.integers(1, 9), order=st.sampled_from(list(Order)), wanted=st.sampled_from(["", "even"]))
def test_turning_pages_shows_every_item_once_in_the_list_s_order(
    desk: Desk, size: int, order: Order, wanted: str
) -> None:
    if not pages.count(desk.store, desk.project.id, EVERYTHING):
        for number in range(17):
            desk.asked(f"Question {number}, {'even' if number % 2 == 0 else 'odd'}?")
    seen: list[Item] = []
    behind: Place | None = None
    while True:
        shown = pages.page(desk.store, desk.project.id, Filter(text=wanted), order, behind, size)
        seen += [entry.item for entry in shown.entries]
        behind = shown.next
        if behind is None:
            break

    expected = [item for item in seen if wanted in item.question]
    by_order = {
        Order.OLDEST: lambda item: (item.id,),
        Order.NEWEST: lambda item: (-item.id,),
        Order.CHANGED: lambda item: (-item.changed_at.timestamp(), -item.id),
    }[order]
    assert len({item.id for item in seen}) == len(seen) == (9 if wanted else 17)
    assert seen == sorted(expected, key=by_order)
    assert pages.count(desk.store, desk.project.id, Filter(text=wanted)) == len(seen)


def test_items_of_other_projects_are_never_among_them(desk: Desk) -> None:
    desk.asked("Where is my bag?")

    assert pages.page(desk.store, desk.project.id + 1, EVERYTHING, Order.NEWEST).entries == ()
    assert pages.count(desk.store, desk.project.id + 1, EVERYTHING) == 0


def test_a_topic_is_set_on_all_of_them_and_taken_back_from_all_of_them(desk: Desk, jobs: Jobs) -> None:
    bags = [desk.asked(f"Where is bag {number}?", topic=f"old {number}") for number in range(90)]
    other = desk.asked("Which bus goes downtown?", topic="Buses")

    assert bulk.reach(desk.store, desk.project.id, Filter(text="bag"), Change.TOPIC) == 90
    number = change(desk, jobs, Filter(text="bag"), Change.TOPIC, " Baggage ")

    assert {topic(desk, bag) for bag in bags} == {"Baggage"}
    assert topic(desk, other) == "Buses"
    last = history_of(desk.store, bags[0].id)[-1]
    assert (last.person, last.action, last.comment) == ("Olga", "topic set", "Baggage")
    undo(desk, jobs, number)
    assert [topic(desk, bag) for bag in bags] == [f"old {at}" for at in range(90)]
    assert bulk.bulk_by_id(desk.store, number).phase is Phase.UNDONE


def test_what_was_changed_again_since_is_left_as_it_is(desk: Desk, jobs: Jobs) -> None:
    first, second = desk.asked("Where is bag 1?"), desk.asked("Where is bag 2?")
    number = change(desk, jobs, Filter(text="bag"), Change.TOPIC, "Baggage")
    change(desk, jobs, Filter(text="2"), Change.TOPIC, "Lost")

    undo(desk, jobs, number)

    assert (topic(desk, first), topic(desk, second)) == (None, "Lost")


def test_approved_replies_go_to_review_again_with_the_reason_and_come_back_as_they_were(
    desk: Desk, jobs: Jobs
) -> None:
    golden, waiting = desk.approved("Where is my bag?", REPLY), desk.asked("Where is my coat?")

    number = change(desk, jobs, EVERYTHING, Change.REVIEW_AGAIN, "Desk 4 has moved")

    assert (desk.state(golden), desk.state(waiting)) == (State.SUBMITTED, State.WAITING)
    assert history_of(desk.store, golden.id)[-1].comment == "Desk 4 has moved"
    (one,) = review.inbox(desk.store, desk.project, desk.carl)
    assert one.item.id == golden.id
    undo(desk, jobs, number)
    reply = reply_by_id(desk.store, golden.reply_id or 0)
    assert desk.state(golden) is State.APPROVED
    assert reply is not None
    assert (reply.decision, reply.reviewer) == ("approved", "Ben")


def test_a_reply_decided_on_meanwhile_keeps_that_decision(desk: Desk, jobs: Jobs) -> None:
    golden = desk.approved("Where is my bag?", REPLY)
    number = change(desk, jobs, EVERYTHING, Change.REVIEW_AGAIN, "Desk 4 has moved")
    review.send_back(desk.store, golden.id, review.Reason.WRONG_FACT, "Desk 5 now", desk.carl)

    undo(desk, jobs, number)

    assert desk.state(golden) is State.RETURNED


def test_a_change_that_a_restart_cut_off_goes_on_where_it_was(desk: Desk, jobs: Jobs) -> None:
    for at in range(60):
        desk.asked(f"Where is bag {at}?")
    stopped = Jobs(desk.store)
    stopped.close()
    number = bulk.begin(desk.store, stopped, desk.project.id, EVERYTHING, Change.TOPIC, "Baggage", desk.olga)
    assert bulk.bulk_by_id(desk.store, number).done == 0

    jobs.resume()
    finish(jobs)

    done = bulk.bulk_by_id(desk.store, number)
    assert (done.phase, done.done, done.total) == (Phase.DONE, 60, 60)


@pytest.mark.parametrize("value", ["", "   ", "x" * 81])
def test_a_topic_must_be_said_and_short(desk: Desk, jobs: Jobs, value: str) -> None:
    desk.asked("Where is my bag?")

    with pytest.raises(Refused, match="Nothing was changed"):
        bulk.begin(desk.store, jobs, desk.project.id, EVERYTHING, Change.TOPIC, value, desk.olga)


def test_only_reviewers_and_owners_change_many(desk: Desk, jobs: Jobs) -> None:
    desk.asked("Where is my bag?")

    with pytest.raises(NotAllowed, match="may not change many items at once"):
        bulk.begin(desk.store, jobs, desk.project.id, EVERYTHING, Change.TOPIC, "Baggage", desk.anna)

    assert bulk.latest_bulk(desk.store, desk.project.id) is None


def test_nothing_to_change_is_refused(desk: Desk, jobs: Jobs) -> None:
    desk.asked("Where is my bag?")

    with pytest.raises(Refused, match="No item passes this filter any more"):
        bulk.begin(desk.store, jobs, desk.project.id, EVERYTHING, Change.REVIEW_AGAIN, "moved", desk.olga)


def test_a_view_keeps_a_filter_for_its_person_alone(desk: Desk) -> None:
    wanted = Filter("bag", (State.APPROVED, State.RETURNED), "Baggage", desk.anna.id, 3)
    views.save_view(desk.store, desk.project.id, "  Golden  bags ", wanted, desk.anna)

    (view,) = views.views_of(desk.store, desk.project.id, desk.anna)

    assert (view.name, view.filter) == ("Golden bags", wanted)
    assert views.views_of(desk.store, desk.project.id, desk.ben) == ()
    views.delete_view(desk.store, view.id, desk.ben)
    assert len(views.views_of(desk.store, desk.project.id, desk.anna)) == 1
    views.save_view(desk.store, desk.project.id, "Golden bags", EVERYTHING, desk.anna)
    assert [one.filter for one in views.views_of(desk.store, desk.project.id, desk.anna)] == [EVERYTHING]
    views.delete_view(desk.store, view.id, desk.anna)
    assert views.views_of(desk.store, desk.project.id, desk.anna) == ()


def test_what_is_taken_out_for_a_spreadsheet_runs_no_formula(desk: Desk) -> None:
    desk.approved('=HYPERLINK("http://x")', "+1 is what you dial, then wait for the tone.", topic="@home")

    told = outgoing.take_out(desk.store, desk.project.id, EVERYTHING, Form.CSV, desk.anna)

    (line,) = csv.DictReader(io.StringIO(told.decode("utf-8-sig")))
    assert line["question"] == '\'=HYPERLINK("http://x")'
    assert (line["reply"][:2], line["topic"]) == ("'+", "'@home")
    assert (line["author"], line["reviewer"]) == ("anna@example.com", "ben@example.com")


def test_what_is_taken_out_for_programs_is_what_was_written(desk: Desk) -> None:
    desk.approved("=1+1 🙂?", REPLY)
    desk.asked("Which bus?")

    told = outgoing.take_out(desk.store, desk.project.id, Filter(text="1+1"), Form.JSONL, desk.anna)

    (line,) = map(json.loads, told.decode().splitlines())
    assert (line["question"], line["reply"], line["state"]) == ("=1+1 🙂?", REPLY, "approved")
