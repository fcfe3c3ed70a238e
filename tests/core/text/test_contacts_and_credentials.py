"""Contacts and credentials: found where they are meant, not in prices, hours, dates and plain sentences."""

import pytest

from core.text.contacts import e_mails, phones
from core.text.credentials import credentials
from core.text.links import host_of, is_allowed, links, misleading
from core.text.names import names

KEYS = {
    "AWS access key": "AKIA" + "IOSFODNN7EXAMPLE",
    "GitHub token": "ghp_" + "a1B2" * 9,
    "Slack token": "xoxb-" + "123456789012-abcdefABCDEF",
    "Stripe key": "sk_live_" + "4eC39HqLyjWDarjtT1zdp7dc",
    "OpenAI or Anthropic key": "sk-proj-" + "a1B2c3D4e5F6g7H8i9J0",
    "Google key": "AIza" + "SyA1234567890abcdefghijklmnopqrstuv",
    "Hugging Face token": "hf_" + "abcDEF123ghiJKL456mnoPQR789stuVWX",
    "web token": "eyJ" + "hbGciOiJIUzI1NiJ9." + "eyJ" + "zdWIiOiIxMjM0In0." + "dozjgNryP4J3jVmNHl0w5N",
    "private key": "-----BEGIN RSA " + "PRIVATE KEY-----\nMIIEow\n-----END RSA PRIVATE KEY-----",
    "password in an address": "postgres://anna:" + "s3cret@db.example.com",
}
"""Shapes as their issuers document them, put together here so that no scanner takes them for real."""


@pytest.mark.parametrize(
    "number",
    [
        "+44 20 7946 0958",
        "+1.202.555.0143",
        "+49 (0) 89 123456",
        "00 33 1 42 68 53 00",
        "(202) 555-0143",
        "1-800-555-0199",
        "0171/1234567",
        "01 42 68 53 00",
        "0800 123 4567",
    ],
)
def test_a_telephone_number_is_found_whole(number: str) -> None:
    assert [one.text for one in phones(f"Ask at {number}, please.")] == [number]


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("call the family team on 555-0142 and they come", "555-0142"),
        ("Tel. 5550142", "5550142"),
        ("Telefon: 030 / 123 45 67", "030 / 123 45 67"),
        ("call 555-0142", "555-0142"),
    ],
)
def test_a_short_number_is_one_where_words_say_so(text: str, number: str) -> None:
    assert [one.text for one in phones(text)] == [number]


@pytest.mark.parametrize(
    "text",
    [
        "open 05:00 to 23:30, P1, level 1",
        "2024-01-15 10:30",
        "on 12.05.2024 at 10, or 01/02/2024",
        "order 12345678, ticket 0123456789",
        "it costs 12.50 or 1 200 300",
        "10 000 000 people",
        "call us and quote order 12345678",
        "4711-2024-0012",
        "Call us at 10:30 or 11:00",
        "desk 4, belts 4 and 5, €38 from 06:00 to 22:00 and €44 at night",
    ],
)
def test_hours_dates_prices_and_orders_are_no_telephone_numbers(text: str) -> None:
    assert phones(text) == []


def test_numbers_in_wide_digits_and_with_long_dashes_are_read_like_others() -> None:
    (found,) = phones("Ring +４４ ２０ ７９４６ ０９５８")

    assert found.text == "+４４ ２０ ７９４６ ０９５８"
    assert [one.text for one in phones("Ring 202\u2013555\u20130143")] == ["202\u2013555\u20130143"]


def test_e_mail_addresses_end_where_the_sentence_goes_on() -> None:
    text = "Write to Anna@firma.de. Or <me+tag@sub.example.org>, mailto:info@example.co.uk!"

    assert [one.text for one in e_mails(text)] == [
        "Anna@firma.de",
        "me+tag@sub.example.org",
        "info@example.co.uk",
    ]
    assert e_mails("user@localhost, @handle, a@b, 5 @ 3.50") == []


@pytest.mark.parametrize(("kind", "key"), KEYS.items())
def test_a_key_is_known_by_its_shape(kind: str, key: str) -> None:
    (found,) = credentials(f"Use {key} for it")

    assert found.what == kind


@pytest.mark.parametrize(
    ("text", "password"),
    [
        ("The password is Harbour2024, tell nobody", "Harbour2024"),
        ("Your new password for the portal: x9!kk2", "x9!kk2"),
        ("Das Passwort lautet Sommer#24.", "Sommer#24"),
        ("mot de passe : Bateau-77", "Bateau-77"),
        ("API key = a1b2c3d4e5", "a1b2c3d4e5"),
    ],
)
def test_a_password_is_found_after_the_word(text: str, password: str) -> None:
    assert [one.text for one in credentials(text)] == [password]


@pytest.mark.parametrize(
    "text",
    [
        "Your password is case-sensitive.",
        "Set a password: at least 8 characters, one of them a digit.",
        "The password is sent to ana2@example.com.",
        "Reset your password to continue; the API key is in your profile.",
        "Password: see https://example.com/reset1",
        "the skiing sk-ills, a risk-free offer",
    ],
)
def test_sentences_about_passwords_hold_none(text: str) -> None:
    assert credentials(text) == []


def test_links_are_found_without_the_sentence_around_them() -> None:
    text = (
        "See (https://help.example.com/a_(b)), www.example.org/x. Or example.com! Not e.g. this, nor 5.30pm."
    )

    assert [one.text for one in links(text)] == [
        "https://help.example.com/a_(b)",
        "www.example.org/x",
        "example.com",
    ]
    assert host_of("www.Example.org/x") == "example.org"


def test_an_allowed_host_allows_those_below_it_and_nothing_beside_it() -> None:
    allowed = ("example.com", "shop.example.org/help")

    assert is_allowed("https://www.example.com/any", allowed)
    assert is_allowed("help.example.com", allowed)
    assert is_allowed("https://shop.example.org/help/returns?x=1", allowed)
    assert not is_allowed("https://shop.example.org/helpless", allowed)
    assert not is_allowed("https://badexample.com", allowed)
    assert not is_allowed("https://example.com.evil.io/", allowed)
    assert not is_allowed("https://example.com@evil.io/", allowed)


@pytest.mark.parametrize(
    ("address", "why"),
    [
        ("http://bit.ly/3xYz", "hides where it leads"),
        ("https://example.com@evil.io/", "@ sign"),
        ("http://192.168.0.1/login", "bare network address"),
        ("https://xn--pple-43d.com", "imitate"),
        ("javascript:alert(1)", "runs a program"),
        ("https://[", ""),
    ],
)
def test_a_misleading_link_is_told_and_why(address: str, why: str) -> None:
    assert why in (misleading(address) or "")
    assert misleading("https://help.example.com/a") is None


def test_a_customer_is_named_by_any_part_of_their_name() -> None:
    assert [one.text for one in names("Marta L.", "Dear Marta, your bag")] == ["Marta"]
    assert [one.text for one in names("Ana María Ruiz", "Hello Ms Ruiz")] == ["Ruiz"]
    assert [one.text for one in names("C-471100", "your number C-471100")] == ["C-471100"]


@pytest.mark.parametrize(
    ("person", "text"),
    [
        ("Will May", "You will find it, and you may keep it. Will that do? May I?"),
        ("Marta L.", "The martagon lily"),
        ("Al B.", "Al dente"),
        ("Ruth A.", "ruthless prices"),
        ("Guest", "Dear Guest, welcome"),
    ],
)
def test_words_that_are_names_too_name_nobody(person: str, text: str) -> None:
    assert names(person, text) == []


def test_a_whole_name_of_words_names_its_bearer() -> None:
    assert [one.text for one in names("Will May", "Dear Will May, it is here")] == ["Will May"]
