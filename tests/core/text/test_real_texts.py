"""Real texts: what customers wrote to banks and airlines is left alone; what was planted is found.

The figures are those of the files in the folder of test data; they are counted, not estimated.
"""

import csv
import json
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from core.text.bank_accounts import ibans
from core.text.contacts import e_mails, phones
from core.text.credentials import credentials
from core.text.found import Found
from core.text.language import language_of
from core.text.mail_tails import mail_tails
from core.text.national_ids import national_ids
from core.text.near_identical import asked, near_identical
from core.text.payment_cards import payment_cards

Finder = Callable[[str], list[Found]]
FINDERS: tuple[Finder, ...] = (
    payment_cards,
    ibans,
    e_mails,
    phones,
    national_ids,
    credentials,
    mail_tails,
)
FILES = {
    "banking77.csv": ("text", 3_000),
    "cfpb6_balanced.csv": ("text", 1_172),
    "cfpb_unbalanced.csv": ("text", 1_400),
    "clinc_travel_intents.csv": ("text", 2_000),
}
LABELS = {"banking77.csv": "category", "clinc_travel_intents.csv": "intent"}


def column(path: Path, name: str) -> list[str]:
    with path.open(encoding="utf-8", newline="") as file:
        return [row[name] for row in csv.DictReader(file)]


def found_in(texts: Iterable[str]) -> list[str]:
    return [one.text for text in texts for find in FINDERS for one in find(text)]


@pytest.mark.parametrize("name", FILES)
def test_real_questions_and_complaints_hold_nothing_that_is_taken_for_personal_data(
    shared: Path, name: str
) -> None:
    field, number = FILES[name]
    texts = column(shared / "data" / name, field)

    assert len(texts) == number
    assert found_in(texts) == []


@pytest.mark.parametrize("name", FILES)
def test_no_real_english_text_is_taken_for_another_language(shared: Path, name: str) -> None:
    texts = column(shared / "data" / name, FILES[name][0])

    assert {language_of(text) for text in texts} <= {"English", None}


def test_solved_sums_full_of_figures_hold_no_numbers_of_persons(shared: Path) -> None:
    lines = (shared / "data" / "gsm8k.jsonl").read_text(encoding="utf-8").splitlines()

    assert len(lines) == 1_200
    assert found_in(json.loads(line)["solution"] for line in lines) == []


def test_every_piece_of_personal_data_that_was_planted_is_found(shared: Path) -> None:
    with (shared / "data" / "messy" / "pii.csv").open(encoding="utf-8", newline="") as file:
        texts = [text for row in csv.DictReader(file) for text in row.values()]

    assert set(found_in(texts)) == {
        "4111 1111 1111 1111",
        "ana.ruiz@example.com",
        "078-05-1120",
        "+1 202-555-0143",
        "X1234567",
        "GB33BUKB20201555555555",
    }


@pytest.mark.parametrize(("name", "apart"), [("banking77.csv", 2), ("clinc_travel_intents.csv", 0)])
def test_near_identical_real_questions_are_almost_always_of_one_intent(
    shared: Path, name: str, apart: int
) -> None:
    texts = column(shared / "data" / name, "text")
    labels = column(shared / "data" / name, LABELS[name])

    pairs = list(near_identical([asked(text) for text in texts]))

    assert len(pairs) > 70
    assert sum(labels[pair.first] != labels[pair.second] for pair in pairs) == apart
