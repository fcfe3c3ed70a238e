"""Where the tuned model loses is told by prompt and by topic, and leads to what is written first."""

import pytest

from core.curation.coverage.wishes import open_questions_like, still_wished, wish_for
from core.curation.items import NewItem, add_item
from core.curation.queue import next_item, skip
from core.errors import NotAllowed, Refused
from core.people.membership import grant
from core.people.persons import Person
from core.people.roles import Role
from core.rating.duels import DuelView
from core.rating.studies import Study, close_study
from core.rating.votes import Outcome
from core.report.losses import losses_of
from core.store.store import Store
from tests.core.rating.study_hall import Hall, furnished, likes, rate_all


def against_even_numbers(duel: DuelView) -> Outcome:
    """A rater who likes the tuned answer, but where the question's number is even."""
    even = int(duel.question.split()[-1]) % 2 == 0
    return likes("plain" if even else "warm")(duel)


def judged(hall: Hall) -> Study:
    study = hall.study(2)
    rate_all(hall, study, hall.rater("Rita"), against_even_numbers)
    rate_all(hall, study, hall.rater("Rob"), against_even_numbers)
    return close_study(hall.store, study, hall.owner)


def waiting(hall: Hall, question: str) -> int:
    with hall.store.transaction("test") as tx:
        return add_item(tx, hall.project.id, NewItem(question), hall.owner).id


def test_the_worst_duels_stand_with_both_answers_and_their_votes(hall: Hall) -> None:
    found = losses_of(hall.store, judged(hall))

    assert found.n_prompts == 12
    assert found.n_lost == sum(int(question.split()[-1]) % 2 == 0 for question in found.questions) > 0
    worst = found.worst[0]
    assert (worst.against, worst.in_favour, worst.even) == (2, 0, 0)
    assert "warm" in worst.answer
    assert "plain" in worst.other


def test_where_nothing_is_lost_nothing_is_told(hall: Hall) -> None:
    study = hall.study(1)
    rate_all(hall, study, hall.rater("Rita"), likes("warm"))

    found = losses_of(hall.store, close_study(hall.store, study, hall.owner))

    assert (found.n_prompts, found.n_lost, found.worst, found.topics) == (12, 0, (), ())


def test_an_open_study_does_not_tell_who_loses(hall: Hall) -> None:
    with pytest.raises(Refused, match="is not closed"):
        losses_of(hall.store, hall.study())


def test_topics_below_one_half_are_named_with_their_prompts(store: Store, olga: Person, anna: Person) -> None:
    hall = furnished(store, olga, anna, prompts=20, topic=lambda number: "even" if number % 2 == 0 else "odd")

    [topic] = losses_of(store, judged(hall)).topics

    assert (topic.topic, topic.mean) == ("even", 0.0)
    assert topic.n_prompts >= 3


def test_open_questions_like_the_lost_ones_are_handed_out_first(hall: Hall) -> None:
    study = judged(hall)
    waiting(hall, "Do you sell umbrellas?")
    ferry = waiting(hall, "How long does the ferry to the harbour take?")
    with hall.store.transaction("test") as tx:
        grant(tx, hall.project.id, hall.author, Role.EXPERT)

    found = open_questions_like(hall.store, hall.project.id, ("When does the ferry leave the harbour?",))
    assert [like.item_id for like in found] == [ferry]
    assert wish_for(hall.store, hall.project.id, study.id, found, hall.owner) == 1
    assert wish_for(hall.store, hall.project.id, study.id, found, hall.owner) == 0

    assert still_wished(hall.store, hall.project.id) == 1
    first = next_item(hall.store, hall.project, hall.author)
    assert first is not None
    assert first.id == ferry


def test_who_skips_a_wished_question_is_not_handed_it_again_at_once(hall: Hall) -> None:
    study = judged(hall)
    other = waiting(hall, "Do you sell umbrellas?")
    ferry = waiting(hall, "How long does the ferry to the harbour take?")
    found = open_questions_like(hall.store, hall.project.id, ("When does the ferry leave the harbour?",))
    wish_for(hall.store, hall.project.id, study.id, found, hall.owner)

    skip(hall.store, ferry, "I do not know.", hall.owner)

    following = next_item(hall.store, hall.project, hall.owner)
    assert following is not None
    assert following.id == other


def test_only_who_reviews_may_wish(hall: Hall) -> None:
    study = judged(hall)
    waiting(hall, "How long does the ferry to the harbour take?")
    found = open_questions_like(hall.store, hall.project.id, ("When does the ferry leave the harbour?",))

    with pytest.raises(NotAllowed):
        wish_for(hall.store, hall.project.id, study.id, found, hall.author)
