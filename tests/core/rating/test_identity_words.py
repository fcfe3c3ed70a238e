"""Identity words: what tells a model is found, and what customers and agents write is left alone."""

import csv
from pathlib import Path

import pytest

from core.rating.identity_words import telling

FILES = {
    "banking77.csv": ("text", 3_000),
    "cfpb6_balanced.csv": ("text", 1_172),
    "clinc_travel_intents.csv": ("text", 2_000),
}


def found_in(answer: str, question: str = "") -> tuple[str, ...]:
    return tuple(word for tell in telling([(1, question, answer, "Yes.")], []) for word in tell.words)


@pytest.mark.parametrize(
    ("answer", "word"),
    [
        ("As an AI I have no luggage.", "as an ai"),
        ("I am an AI assistant.", "an ai assistant"),
        ("My training data ends in 2023.", "training data"),
        ("I was fine-tuned on your tickets.", "fine-tuned"),
        ("The base model cannot say.", "base model"),
        ("Ask ChatGPT.", "chatgpt"),
        ("gpt-4o says so.", "gpt-4o"),
        ("Llama-3 here!", "llama-3"),
        ("Made by Anthropic.", "anthropic"),
        ("I am Qwen2.5.", "qwen2"),
    ],
)
def test_what_a_model_says_of_itself_is_found(answer: str, word: str) -> None:
    assert found_in(answer) == (word,)


@pytest.mark.parametrize(
    "answer", ["Please aim for Gate 9.", "Tune in at noon.", "Your basement is dry.", "We trained our staff."]
)
def test_ordinary_words_are_left_alone(answer: str) -> None:
    assert found_in(answer) == ()


def test_a_word_of_the_question_tells_nothing() -> None:
    assert found_in("Yes, Gemini is a constellation.", "Is Gemini a constellation?") == ()


@pytest.mark.parametrize("name", FILES)
def test_nothing_is_found_in_what_customers_write(shared: Path, name: str) -> None:
    column, rows = FILES[name]
    with (shared / "data" / name).open(encoding="utf-8", newline="") as file:
        texts = [row[column] for row in csv.DictReader(file)]

    assert len(texts) == rows
    assert [found_in(text) for text in texts if found_in(text)] == []
