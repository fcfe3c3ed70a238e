"""The words a picker reads: those of the taught questions, the rare ones for more, in short ones for less."""

import numpy as np
import pytest

from core.engine.picker.words import Words

LONG = " ".join(f"word{number}" for number in range(30))


def test_a_rare_word_counts_more_than_one_that_every_question_holds() -> None:
    words = Words.of(["my card was stolen", "my card was lost", "my card was blocked"])

    [row] = words.read(["my card was stolen"])

    assert row[words.places["stolen"]] > row[words.places["card"]] > 0


def test_a_pair_of_words_tells_more_than_the_words_apart() -> None:
    words = Words.of(["late fee", "fee is too high", "it is late"])

    together, apart = words.read(["late fee", "fee late"])

    assert together[words.places["late fee"]] > 0
    assert apart[words.places["late fee"]] == 0


def test_every_text_has_length_one_and_one_without_a_known_word_none() -> None:
    rows = Words.of(["Where is my parcel?", "I want a refund"]).read(["PARCEL, parcel!", "ships to Mars"])

    assert np.linalg.norm(rows, axis=1) == pytest.approx([1.0, 0.0])


@pytest.mark.parametrize(
    ("questions", "weight"), [(["my card"], 0.5), ([LONG], 1.0), ([LONG, "my card"], 2 / 3)]
)
def test_words_weigh_less_where_questions_are_short(questions: list[str], weight: float) -> None:
    assert Words.of(questions).weight == pytest.approx(weight)


def test_of_very_many_questions_only_the_commonest_words_are_read() -> None:
    words = Words.of([f"alike number{number}" for number in range(10_000)])

    assert len(words.places) == 400
    assert "alike" in words.places
