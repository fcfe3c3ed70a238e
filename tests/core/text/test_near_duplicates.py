"""Texts that share most of their wording are in one group, however many there are."""

from hypothesis import given
from hypothesis import strategies as st

from core.text.near_duplicates import groups, shingles

TEXTS = st.lists(st.lists(st.sampled_from("abcdef"), max_size=8).map(" ".join), max_size=12)


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
    texts = ["one two three", "four five six", "seven eight nine", "ten eleven twelve"]

    assert groups(texts, [["T1", None, "T1", None]]) == [0, 1, 0, 2]
    assert groups(texts, [["T1", None, "T1", None], [None, "C", None, "C"]]) == [0, 1, 0, 1]


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
