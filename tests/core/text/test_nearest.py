"""Nearest texts: ranked by the rare words they share."""

from core.text.nearest import nearest, nearness

KNOWN = ["Where is my parcel?", "My parcel is broken and the box too", "Can I pay by card?"]


def test_the_text_that_shares_most_comes_first_and_one_that_shares_nothing_is_left_out() -> None:
    (ranked,) = nearest(["the box of my parcel was broken"], KNOWN)

    assert ranked == [1, 0]


def test_what_is_near_to_nothing_is_ranked_nowhere() -> None:
    asked = ["the box of my parcel was broken", "by card?", "Good morning"]

    ranked = list(nearest(asked, KNOWN))

    assert ranked[1:] == [[2], []]
    assert [near > 0 for near in nearness(asked, KNOWN)] == [True, True, False]


def test_without_anything_to_be_near_to_nothing_is_near() -> None:
    assert list(nearest(["Where is it?"], [])) == [[]]
    assert list(nearest([], KNOWN)) == []
