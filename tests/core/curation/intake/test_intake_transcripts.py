"""Transcripts: who speaks, where a conversation begins, and what belongs to a message."""

import pytest

from core.curation.intake.table import Turns
from core.curation.items import Turn
from tests.core.curation.intake.files import Found, found

TWO = """=== T-17 ===
Customer: Where is my bag?
It is red.
Agent: On belt 4.

Agent: Anything else?
=== T-18 ===
Customer: When do you open?
Agent: At six.
"""


def read(text: str, turns: Turns = Turns.LAST) -> Found:
    return found(text, "chat.txt", turns=turns)


def test_each_conversation_is_a_row_that_begins_at_its_title() -> None:
    found = read(TWO)

    assert found.format == "transcript"
    assert [(row.line, *row.cells) for row in found.rows] == [
        (1, "Where is my bag?\nIt is red.", "On belt 4.\n\nAnything else?", "T-17"),
        (7, "When do you open?", "At six.", "T-18"),
    ]


@pytest.mark.parametrize(
    "line",
    [
        "Customer: Where?",
        "CUSTOMER : Where?",
        "[09:14] Customer: Where?",
        "2024-01-11 09:14:02 - Visitor: Where?",
        "Customer (09:14): Where?",
        "Anna Smith (customer): Where?",
        "User: Where?",
        "Kunde: Where?",
        "客户：Where?",
    ],
)
def test_who_speaks_is_told_in_many_ways(line: str) -> None:
    assert read(f"{line}\nAgent Ben: There.\n").cells == [("Where?", "There.", "")]


def test_a_colon_in_the_text_begins_no_message() -> None:
    found = read("Customer: Two things\nNote: my bag is red\nAgent: See https://x.example\nBest: Ben\n")

    assert found.cells == [("Two things\nNote: my bag is red", "See https://x.example\nBest: Ben", "")]


@pytest.mark.parametrize("between", ["-----", "*** Chat 8 ***", "Ticket #8", "", "\n"])
def test_lines_of_signs_titles_and_gaps_part_conversations(between: str) -> None:
    found = read(f"Customer: a\nAgent: b\n{between}\nCustomer: c\nAgent: d\n")

    assert [row.cells[:2] for row in found.rows] == [("a", "b"), ("c", "d")]


def test_gaps_before_agents_too_part_nothing() -> None:
    found = read("Customer: a\n\nAgent: b\n\nCustomer: c\n\nAgent: d\n")

    assert [row.cells[:2] for row in found.rows] == [("c", "d")]
    assert found.rows[0].conversation == (Turn("user", "a"), Turn("assistant", "b"))


def test_every_reply_of_a_transcript_may_become_a_row() -> None:
    found = read("Customer: a\nAgent: b\nCustomer: c\nAgent: d\n", Turns.EVERY)

    assert [row.cells[:2] for row in found.rows] == [("a", "b"), ("c", "d")]


def test_a_part_in_which_no_customer_speaks_is_listed() -> None:
    found = read(TWO + "=== T-19 ===\nsystem restarted\n=== T-20 ===\nAgent: Hello?\n=== T-21 ===\n")

    assert [one.line for one in found.rejected] == [10, 12]
    assert "No customer speaks here" in found.rejected[0].reason


def test_long_lines_of_signs_take_no_longer_than_others() -> None:
    found = read("Customer: a\nAgent: b\n" + "= a " * 50_000 + "\n" + " " * 100_000 + "\n")

    assert len(found.rows) == 1
