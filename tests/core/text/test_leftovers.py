"""Leftovers: what templates and mail programs leave behind is found, and ordinary writing is not."""

import pytest

from core.text.mail_tails import mail_tails
from core.text.phrases import occurrences
from core.text.placeholders import placeholders


@pytest.mark.parametrize(
    "left",
    [
        "[NAME]",
        "[Customer Name]",
        "[insert date here]",
        "[order number]",
        "{{first_name}}",
        "{% if late %}",
        "${amount}",
        "{customer_name}",
        "<insert link>",
        "<FIRST NAME>",
        "<your name>",
        "%FIRSTNAME%",
        "XXX",
        "XXXX",
        "xx/xx/2024",
        "____",
        "TODO",
        "TBD",
        "lorem ipsum dolor sit amet",
        "[…]",
        "????",
    ],
)
def test_a_placeholder_is_found_whole(left: str) -> None:
    assert [one.text for one in placeholders(f"Dear {left}, it is here.")] == [left]


@pytest.mark.parametrize(
    "text",
    [
        "See note [1] and [our page](https://example.com).",
        "Write <b>bold</b>, a < b > c, and 5 > 3.",
        "The XXL shirt, the XXXL one, and Super Bowl 30.",
        r"\documentclass{article} \section{Introduction}",
        "Really?? Yes! It is 20 % off, _today_.",
        "to do: nothing. A todo list.",
    ],
)
def test_ordinary_writing_is_no_placeholder(text: str) -> None:
    assert placeholders(text) == []


@pytest.mark.parametrize(
    ("tail", "what"),
    [
        ("> Where is my bag?\n> Thanks", "quoted mail"),
        ("-----Original Message-----", "quoted mail"),
        ("On Mon, 3 Nov 2025 at 10:12, Ana Ruiz <ana@example.com> wrote:", "quoted mail"),
        ("Am 03.11.2025 um 10:12 schrieb Ana Ruiz:", "quoted mail"),
        ("From: Ana Ruiz\nSent: Monday\nTo: Desk\nSubject: Bag", "quoted mail"),
        ("-- \nAnna Berg\nSenior agent", "mail signature"),
        ("Sent from my iPhone", "mail signature"),
        ("Tel: +44 20 7946 0958", "mail signature"),
        (
            "This e-mail and any attachments are confidential and for the addressee alone.",
            "mail signature",
        ),
    ],
)
def test_what_a_mail_program_added_is_found(tail: str, what: str) -> None:
    (found,) = mail_tails(f"It is at desk 4.\n\n{tail}")

    assert found.what == what
    assert found.start > 0


@pytest.mark.parametrize(
    "text",
    [
        "Safe travels, your Meridian Bay team",
        "It is at desk 4.\n\nKind regards,\nYour team",
        "On Monday the desk is open; write to us then:",
        "From: platform 4\nit leaves at noon",
        "Your bag was sent from my colleague's desk.",
        "5 > 3",
    ],
)
def test_sign_offs_are_no_signatures(text: str) -> None:
    assert mail_tails(text) == []


def test_phrases_are_whole_words_in_any_case_spacing_and_apostrophe() -> None:
    found = occurrences("don't  worry", "Please DON’T\nworry. Don't worrying")

    assert [one.text for one in found] == ["DON’T\nworry"]
    assert occurrences("rule", "rules") == []
    assert [one.text for one in occurrences("guarantee*", "we guaranteed it")] == ["guaranteed"]
    assert occurrences("*", "anything") == []
    assert [one.text for one in occurrences("C++ (new)", "our C++ (new) desk")] == ["C++ (new)"]
