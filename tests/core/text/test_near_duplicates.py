"""Texts that share most of their wording are in one group, however many there are."""

import random

from hypothesis import given
from hypothesis import strategies as st

from core.text.near_duplicates import groups, joined, shingles

TEXTS = st.lists(st.lists(st.sampled_from("abcdef"), max_size=8).map(" ".join), max_size=12)
KEYS = st.lists(st.tuples(*[st.none() | st.integers(0, 4)] * 2), min_size=1, max_size=12)


def components(n: int, edges: set[tuple[int, int]]) -> list[int]:
    """The first place of each place's component, found by spreading until nothing changes."""
    lowest = list(range(n))
    for _ in range(n):
        for first, second in edges:
            lowest[first] = lowest[second] = min(lowest[first], lowest[second])
    return lowest


def first_places(numbers: list[int]) -> list[int]:
    return [numbers.index(number) for number in numbers]


def jaccard(one: str, other: str) -> float:
    first, second = shingles(one), shingles(other)
    return len(first & second) / len(first | second)


def test_a_paraphrase_that_keeps_most_words_is_a_near_duplicate() -> None:
    texts = [
        "Where can I collect my lost suitcase at the airport?",
        "Where can I collect my lost suitcase at the airport please?",
        "Do you sell chargers?",
    ]

    assert groups(texts) == [0, 0, 1]


def test_short_texts_are_near_duplicates_only_if_they_are_equal() -> None:
    assert groups(["Gate 5", "gate 5", "gate 6", ""]) == [0, 0, 1, 2]


def test_groups_are_chains_of_near_duplicates() -> None:
    texts = ["a b c d e", "b c d e f", "c d e f g", "w x y z"]

    assert groups(texts) == [0, 0, 0, 1]


def test_what_must_stay_together_does_and_nobody_is_no_key() -> None:
    assert joined(["T1", None, "T1", None]) == [0, 1, 0, 2]
    assert joined(["T1", None, "T1", None], [None, "C", None, "C"]) == [0, 1, 0, 1]
    assert joined([0, 1, 2, 2], ["T1", "T1", None, None], [None, "C", "C", None]) == [0, 0, 0, 0]


def test_a_thousand_copies_of_one_question_are_one_group() -> None:
    assert set(groups(["Where is my suitcase, please?"] * 1_000)) == {0}


def test_a_thousand_mails_that_differ_in_a_number_are_one_group() -> None:
    assert set(groups([f"Please cancel my order {number}" for number in range(1_000)])) == {0}


def test_a_greeting_that_everybody_uses_makes_no_near_duplicates() -> None:
    texts = [f"Dear airport team, {number} {number + 1} {number * 7} {number * 11}" for number in range(400)]

    assert len(set(groups(texts))) == 400


def test_a_shared_greeting_counts_as_wording_like_any_other() -> None:
    texts = [f"Dear airport team we {number} {number * 7} {number * 11}" for number in range(300)]
    pair = ["Dear airport team we lost a bag", "Dear airport team we lost a hat"]

    *_, one, other = groups([*texts, *pair])

    assert jaccard(*pair) >= 0.5
    assert one == other


def test_a_footer_that_everybody_uses_hides_no_near_duplicates() -> None:
    footer = (
        "this mail and its attachments are for the addressee alone please think before you print it thanks"
    )
    tickets = [
        " ".join(f"word{number}x{place}" for place in range(60)) + f" {footer}" for number in range(230)
    ]
    pair = [f"my bag is {what} {footer}" for what in ("lost", "gone")]

    *others, one, other = groups([*tickets, *pair])

    assert jaccard(*pair) >= 0.65
    assert one == other
    assert len(set(others)) == 230
    assert one not in others


def test_a_footer_longer_than_the_mail_makes_all_mails_near_duplicates() -> None:
    footer = " ".join(f"footer{place}" for place in range(30))

    assert set(groups([f"ticket {number} about {number * 7} {footer}" for number in range(300)])) == {0}


@given(st.randoms(use_true_random=False))
def test_groups_are_those_of_comparing_each_with_each(chance: random.Random) -> None:
    phrases = [" ".join(chance.choices("abcdefgh", k=chance.randint(2, 7))) for _ in range(5)]
    texts = [" ".join(chance.choices(phrases, k=chance.randint(1, 3))) for _ in range(24)]
    near = {
        (first, second)
        for first in range(len(texts))
        for second in range(first)
        if jaccard(texts[first], texts[second]) >= 0.5
    }

    assert first_places(groups(texts)) == components(len(texts), near)


@given(KEYS)
def test_places_are_joined_by_any_equal_key_and_by_nothing_else(keys: list[tuple[int | None, ...]]) -> None:
    equal = {
        (first, second)
        for first, one in enumerate(keys)
        for second, other in enumerate(keys)
        if any(a is not None and a == b for a, b in zip(one, other, strict=True))
    }

    assert first_places(joined(*zip(*keys, strict=True))) == components(len(keys), equal)


@given(TEXTS)
def test_near_duplicates_are_never_apart_and_groups_are_numbered_as_they_appear(texts: list[str]) -> None:
    numbers = groups(texts)

    for first, one in enumerate(texts):
        for second, other in enumerate(texts):
            if jaccard(one, other) >= 0.5:
                assert numbers[first] == numbers[second]
    assert list(dict.fromkeys(numbers)) == list(range(len(set(numbers))))


@given(TEXTS)
def test_the_order_of_the_texts_does_not_change_who_is_together(texts: list[str]) -> None:
    forward, backward = groups(texts), groups(texts[::-1])[::-1]

    together = {(a, b) for a in range(len(texts)) for b in range(len(texts)) if forward[a] == forward[b]}
    assert together == {
        (a, b) for a in range(len(texts)) for b in range(len(texts)) if backward[a] == backward[b]
    }
