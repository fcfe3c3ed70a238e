"""A fingerprint sees through case, spacing and width, and through nothing else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.text.fingerprint import fingerprint, normalised

TEXTS = st.text()


@pytest.mark.parametrize("same", ["Where is gate 5?", "  where  IS\tgate 5?\n", "Ｗhere is gate ５?"])
def test_case_spacing_and_width_do_not_matter(same: str) -> None:
    assert fingerprint(same) == fingerprint("Where is gate 5?")


@pytest.mark.parametrize("other", ["Where is gate 6?", "Where is gate 5", "Where isgate 5?", ""])
def test_another_wording_is_another_fingerprint(other: str) -> None:
    assert fingerprint(other) != fingerprint("Where is gate 5?")


def test_where_one_text_ends_and_the_next_begins_matters() -> None:
    assert fingerprint("a b", "c") != fingerprint("a", "b c")
    assert fingerprint("a") != fingerprint("a", "")


def test_half_a_surrogate_pair_does_no_harm() -> None:
    assert len(fingerprint("broken \ud83d emoji")) == 32


@given(TEXTS)
def test_normalising_twice_changes_nothing_more(text: str) -> None:
    assert fingerprint(normalised(text)) == fingerprint(text)
