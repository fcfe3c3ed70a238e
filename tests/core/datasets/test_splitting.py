"""A split draws from the content and the seed alone and never tears apart what belongs together."""

import random
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.datasets.splitting import Shares, Split, assign, parse_shares
from core.errors import Refused

THIRDS = Shares(60, 20, 20)
TENTHS = Shares(80, 10, 10)

ROWS = st.lists(
    st.tuples(st.integers(0, 9), st.sampled_from("pqrs"), st.integers(0, 99).map(str)),
    max_size=40,
    unique_by=lambda row: row[2],
)
SHARES = st.sampled_from([THIRDS, TENTHS, Shares(100, 0, 0), Shares(50, 0, 50), Shares(34, 33, 33)])


def split(rows: list[tuple[int, str, str]], shares: Shares, seed: int = 1) -> list[Split]:
    groups, strata, keys = [row[0] for row in rows], [row[1] for row in rows], [row[2] for row in rows]
    return assign(groups, strata, keys, shares, seed)


def apart(n: int, stratum: str = "") -> list[tuple[int, str, str]]:
    """So many rows of a group each, of one stratum or each of its own."""
    return [(number, stratum or str(number), f"{stratum}{number}") for number in range(n)]


@given(ROWS, SHARES, st.integers(0, 5))
def test_a_group_is_never_torn_apart(rows: list[tuple[int, str, str]], shares: Shares, seed: int) -> None:
    splits = split(rows, shares, seed)

    assert len(splits) == len(rows)
    assert all(
        one is other
        for row, one in zip(rows, splits, strict=True)
        for second, other in zip(rows, splits, strict=True)
        if row[0] == second[0]
    )


@given(ROWS, SHARES, st.integers(0, 5), st.randoms(use_true_random=False))
def test_the_order_of_the_rows_does_not_matter(
    rows: list[tuple[int, str, str]], shares: Shares, seed: int, chance: random.Random
) -> None:
    shuffled = chance.sample(rows, len(rows))

    given_in_order = dict(zip(rows, split(rows, shares, seed), strict=True))
    given_shuffled = dict(zip(shuffled, split(shuffled, shares, seed), strict=True))

    assert given_in_order == given_shuffled


@given(ROWS, st.sampled_from([Shares(100, 0, 0), Shares(50, 0, 50), Shares(70, 30, 0)]))
def test_a_split_without_a_share_gets_nothing(rows: list[tuple[int, str, str]], shares: Shares) -> None:
    given_ = set(split(rows, shares))

    assert shares.validation or Split.VALIDATION not in given_
    assert shares.test or Split.TEST not in given_


def test_of_five_wordings_of_a_rule_one_is_for_testing_and_one_for_validation() -> None:
    rows = [
        (5 * rule + wording, f"rule {rule}", f"{rule}-{wording}")
        for rule in range(40)
        for wording in range(5)
    ]

    splits = split(rows, THIRDS)

    for rule in range(40):
        counts = Counter(splits[5 * rule : 5 * rule + 5])
        assert counts == {Split.TRAIN: 3, Split.VALIDATION: 1, Split.TEST: 1}


def test_replies_that_are_all_different_still_leave_a_test_split() -> None:
    assert Counter(split(apart(100), TENTHS)) == {Split.TRAIN: 80, Split.VALIDATION: 10, Split.TEST: 10}


@pytest.mark.parametrize("n", range(4, 12))
def test_even_a_handful_of_rows_leaves_something_to_test(n: int) -> None:
    counts = Counter(split(apart(n), TENTHS))

    assert counts[Split.TEST] >= 1
    assert counts[Split.TRAIN] > counts[Split.TEST]


def test_another_seed_draws_another_split_of_the_same_sizes() -> None:
    one, other = split(apart(100, "s"), TENTHS, 1), split(apart(100, "s"), TENTHS, 2)

    assert one != other
    assert Counter(one) == Counter(other)


@pytest.mark.parametrize("text", ["80/10/10", " 60 / 20/20", "100/0/0"])
def test_shares_are_read_as_they_are_written(text: str) -> None:
    assert str(parse_shares(text)) == text.replace(" ", "")


@pytest.mark.parametrize(
    "text",
    [
        "80/10",
        "80/10/5",
        "0/50/50",
        "a/b/c",
        "",
        "80-10-10",
        "-80/90/90",
        "33.3/33.3/33.4",
        "8²/10/10",
        "٨٠/١٠/١٠",
        "1" * 5_000 + "/0/0",
    ],
)
def test_shares_that_are_none_are_refused_with_what_they_should_be(text: str) -> None:
    with pytest.raises(Refused, match=r"80/10/10|add up to 100"):
        parse_shares(text)


@pytest.mark.parametrize("seed", [-1, 2**31, 2**70])
def test_a_seed_that_is_none_is_refused_in_a_sentence(seed: int) -> None:
    with pytest.raises(Refused, match=f"seed {seed} is not a whole number from 0 to 2147483647"):
        split(apart(10), TENTHS, seed)
