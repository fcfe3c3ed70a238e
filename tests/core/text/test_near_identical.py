"""Near-identical questions: asked again in other small words, and nothing that asks for something else."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.text.near_identical import asked, how_near, near_identical

WORDS = "the a my please bag suitcase desk card payment lost work collect change not 4 5"
VOCABULARY = [*WORDS.split()]


def near(one: str, other: str) -> bool:
    return how_near(asked(one), asked(other)) is not None


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Where is my bag?", "where's my bag??"),
        ("Where can I collect my suitcase?", "Hello, where can I collect my suitcase please? Thanks!"),
        ("How many ml can I bring?", "How many ml may I bring?"),
        ("The card payment didn't work", "My card payment didn't work"),
        ("Wo kann ich meinen Koffer abholen?", "Bitte, wo kann ich den Koffer abholen"),
        ("Can I bring 100 ml?", "can i bring  100 ML"),
    ],
)
def test_greetings_small_words_and_case_change_no_question(one: str, other: str) -> None:
    assert near(one, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Can I bring 100 ml?", "Can I bring 200 ml?"),
        ("Can I bring a drill?", "Can't I bring a drill?"),
        ("My son lost a bag", "My daughter lost a bag"),
        ("Can I change my PIN?", "Can I change my PIN abroad?"),
        ("A transfer from China to Europe", "A transfer from Europe to China"),
        ("Why was I charged?", "When was I charged?"),
        ("Is there a train before noon?", "Is there a train after noon?"),
        ("", "Where is my bag?"),
    ],
)
def test_another_figure_place_time_or_negation_is_another_question(one: str, other: str) -> None:
    assert not near(one, other)


def test_one_word_in_the_place_of_another_makes_another_question_however_long_the_rest() -> None:
    rest = (
        "I ordered it on your website last week, paid by card, and the parcel has still not arrived at home"
    )

    assert not near(f"{rest}: the kettle", f"{rest}: the toaster")
    assert not near(f"{rest}: model KX47", f"{rest}: model KX48")
    assert near(f"{rest}: the kettle", f"Hello, {rest}: a kettle!")


@given(st.randoms(use_true_random=False))
def test_the_pairs_are_those_of_comparing_each_with_each(chance: random.Random) -> None:
    texts = [" ".join(chance.choices(VOCABULARY, k=chance.randint(0, 7))) for _ in range(40)]
    questions = [asked(text) for text in texts]

    found = {(one.first, one.second): one.likeness for one in near_identical(questions)}

    assert found == {
        (first, second): likeness
        for second in range(len(texts))
        for first in range(second)
        if (likeness := how_near(questions[first], questions[second])) is not None
    }


def test_a_thousand_orders_of_one_template_are_a_thousand_questions() -> None:
    texts = [f"Please cancel my order {number}, I do not need it any more" for number in range(1_000)]

    assert list(near_identical([asked(text) for text in texts])) == []


def test_progress_is_told_from_the_beginning() -> None:
    told: list[tuple[int, int]] = []

    list(near_identical([asked("Where is my bag?")] * 3, lambda done, total: told.append((done, total))))

    assert told == [(0, 3)]
