"""Rounds are told by what is stored: what changed since the last, what raters said, what it cost."""

import pytest

from core.curation.items import NewItem, State, add_item, item_by_id, move
from core.curation.labour import declare_rate, rate_of
from core.curation.projects import write_guideline
from core.curation.replies import Origin, add_reply
from core.datasets.splitting import Shares
from core.datasets.versions import freeze
from core.errors import NotAllowed, Refused
from core.people.persons import Person, add_person
from core.rating.studies import Study, close_study
from core.report.one_page import one_page
from core.report.rounds import Spent, rounds_of
from core.serving.choice import choose
from core.store.store import Store
from tests.core.rating.study_hall import Hall, furnished, likes, rate_all


@pytest.fixture
def hall(store: Store, olga: Person, anna: Person) -> Hall:
    return furnished(store, olga, anna, prompts=40)


def judged(hall: Hall, word: str) -> Study:
    study = hall.study(1)
    rate_all(hall, study, hall.rater("Rita"), likes(word))
    return close_study(hall.store, study, hall.owner)


def approved(hall: Hall, question: str, reply: str, seconds: float | None = None) -> None:
    with hall.store.transaction("test") as tx:
        item = add_item(tx, hall.project.id, NewItem(question), hall.owner)
        reply_id = add_reply(tx, item, reply, hall.author, Origin.WRITTEN)
        move(tx, item_by_id(tx, item.id), State.APPROVED, hall.owner, "approved", reply_id=reply_id)
        if seconds is not None:
            tx.insert("reply_times", {"reply_id": reply_id, "seconds": seconds})


def tuned_anew(hall: Hall, provider: str, tokens: int | None) -> None:
    """A second dataset, and a run on it."""
    dataset = freeze(hall.store, hall.project, Shares(50, 0, 50), 1, hall.owner)
    with hall.store.transaction("test") as tx:
        tx.insert(
            "runs",
            {
                "id": tx.new_id("runs"),
                "project_id": hall.project.id,
                "dataset_id": dataset.id,
                "provider": provider,
                "base_model": "gpt-4.1-mini-2025-04-14",
                "seed": 1,
                "token": "t",
                "state": "succeeded",
                "job_id": "ftjob-1",
                "model": "ft:gpt-4.1-mini-2025-04-14:a::b",
                "trained_tokens": tokens,
                "person_id": hall.owner.id,
                "created_at": tx.now,
                "finished_at": tx.now,
                "version": 1,
            },
        )


def test_a_round_tells_its_verdict_and_that_a_picker_costs_nothing(hall: Hall) -> None:
    study = judged(hall, "warm")

    [found] = rounds_of(hall.store, hall.project.id, hall.owner)

    assert (found.number, found.added, found.changed, found.removed) == (1, 80, 0, 0)
    assert [one.words for one in found.outcomes] == ["the tuned model preferred, 100 % to 0 %"]
    assert (found.training.words, found.asking.words) == ("not applicable", "not applicable")
    assert found.labour.words == "unknown"
    assert f"study {study.id}: the tuned model preferred" in found.line


def test_the_next_round_tells_what_changed_since(hall: Hall) -> None:
    judged(hall, "warm")
    with hall.store.transaction("test") as tx:
        write_guideline(tx, hall.project.id, "Be kind.", hall.owner)
    approved(hall, "Is there a lounge?", "Yes, behind gate 4.", 90.0)
    approved(hall, "Is there a chapel?", "Yes, beside gate 9.", 30.0)
    tuned_anew(hall, "openai", 1_000_000)

    second, first = rounds_of(hall.store, hall.project.id, hall.owner)

    assert (first.number, second.number) == (1, 2)
    assert second.change_words == "2 replies added; guideline 1"
    assert second.model_words == "gpt-4.1-mini-2025-04-14"
    assert second.training.words == "$5.00"
    assert second.labour.words == "2 minutes"
    assert second.outcomes == ()


def test_labour_is_money_once_an_hour_has_a_price(hall: Hall) -> None:
    judged(hall, "warm")
    approved(hall, "Is there a lounge?", "Yes, behind gate 4.", 7200.0)
    approved(hall, "Is there a chapel?", "Yes, beside gate 9.")
    tuned_anew(hall, "openai", None)
    declare_rate(hall.store, hall.project.id, 40.0, hall.owner)

    second = rounds_of(hall.store, hall.project.id, hall.owner)[0]

    assert second.labour.words == "2.0 hours, $80.00 (1 of 2 replies; of the others unknown)"
    assert second.training.words == "unknown"


def test_an_hour_has_a_sound_price_and_its_owner_says_it(hall: Hall) -> None:
    with pytest.raises(Refused, match="more than 0"):
        declare_rate(hall.store, hall.project.id, 0.0, hall.owner)
    with pytest.raises(NotAllowed):
        declare_rate(hall.store, hall.project.id, 40.0, hall.author)

    assert rate_of(hall.store, hall.project.id) is None


def test_what_is_partly_unknown_is_never_told_as_a_sum(hall: Hall) -> None:
    assert Spent(0.0, 2, charged=True).words == "unknown"
    assert Spent(3.5, 1, charged=True).words == "$3.50, and more that is unknown"
    assert Spent(0.004, 0, charged=True).words == "under $0.01"


def test_the_round_of_the_model_that_serves_says_so(hall: Hall) -> None:
    study = judged(hall, "warm")
    choose(hall.store, study, hall.tuned, "It was preferred.", hall.owner)

    assert rounds_of(hall.store, hall.project.id, hall.owner)[0].serving == "Run 1, tuned"


def test_the_report_has_a_line_for_each_round_up_to_its_own(hall: Hall) -> None:
    study = judged(hall, "warm")
    approved(hall, "Is there a lounge?", "Yes, behind gate 4.")
    tuned_anew(hall, "openai", 1_000_000)

    facts = one_page(hall.store, study, hall.owner).facts

    assert [fact.name for fact in facts if fact.name.startswith("Round")] == ["Round 1"]


def test_who_may_not_see_verdicts_sees_no_rounds(hall: Hall) -> None:
    stranger = add_person(hall.store, "zed@example.com", "Zed")

    with pytest.raises(NotAllowed):
        rounds_of(hall.store, hall.project.id, stranger)
