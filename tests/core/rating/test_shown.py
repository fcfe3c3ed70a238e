"""Nothing of a model's own making but the answer's words reaches a rater."""

import pytest

from core.rating.shown import NO_ANSWER, shown_text


@pytest.mark.parametrize(
    ("said", "read"),
    [
        ("<think>The tuned way.</think>\nGate 9.", "Gate 9."),
        ("<think>never ended", NO_ANSWER),
        ("<|im_start|>assistant\nGate 9.<|im_end|>", "Gate 9."),
        ("<|start_header_id|>assistant<|end_header_id|>\n\nGate 9.<|eot_id|>", "Gate 9."),
        ("<s>[INST] [/INST] Gate 9.</s>", "Gate 9."),
        ("Gate 9【4:0†handbook.pdf】 is upstairs.[1] Ask there[2, 3].", "Gate 9 is upstairs. Ask there."),
        ("As said[^1] before.", "As said before."),
        (None, NO_ANSWER),
        ("  \n", NO_ANSWER),
    ],
)
def test_thoughts_tags_and_citation_marks_are_left_out(said: str | None, read: str) -> None:
    assert shown_text(said) == read


@pytest.mark.parametrize(
    "words",
    [
        "Write to [name] at gate [9].",
        "1 < 2 and 3 > 2",
        "Fill in [12] on form B.",
        "Use <strong> tags.",
        "a[i] = 1",
    ],
)
def test_words_that_only_look_like_marks_stay(words: str) -> None:
    assert shown_text(words) == words
