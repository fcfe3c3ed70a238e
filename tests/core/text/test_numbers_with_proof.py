"""Numbers that carry their own proof: cards, accounts, identity numbers; others are left alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.text.bank_accounts import LENGTHS, ibans, is_iban
from core.text.check_digits import luhn, mod97
from core.text.national_ids import national_ids
from core.text.payment_cards import payment_cards

DIGITS = st.text("0123456789", min_size=1, max_size=30)
COUNTRY = st.sampled_from(sorted(LENGTHS))
SIGNS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


@st.composite
def right_ibans(draw: st.DrawFn) -> str:
    """An account made up, with the check digits that belong to it."""
    country = draw(COUNTRY)
    length = LENGTHS[country] - 4
    account = draw(st.text(SIGNS, min_size=length, max_size=length))
    return f"{country}{98 - mod97(f'{account}{country}00'):02d}{account}"


@st.composite
def right_cards(draw: st.DrawFn) -> str:
    """A Visa number made up, with its check digit."""
    start = "4" + draw(st.text("0123456789", min_size=14, max_size=14))
    return start + next(digit for digit in "0123456789" if luhn(start + digit))


@given(DIGITS)
def test_one_digit_of_ten_completes_a_number(digits: str) -> None:
    assert sum(luhn(digits + last) for last in "0123456789") == 1


@given(DIGITS, st.data())
def test_a_number_with_one_digit_changed_proves_wrong(digits: str, data: st.DataObject) -> None:
    right = digits + next(last for last in "0123456789" if luhn(digits + last))
    place = data.draw(st.integers(0, len(right) - 1))
    other = data.draw(st.sampled_from([digit for digit in "0123456789" if digit != right[place]]))

    assert luhn(right)
    assert not luhn(right[:place] + other + right[place + 1 :])


@given(right_cards(), st.sampled_from(["", " ", "-"]))
def test_a_card_is_found_in_one_piece_and_in_fours(card: str, between: str) -> None:
    written = between.join(card[start : start + 4] for start in range(0, 16, 4))

    (found,) = payment_cards(f"My card {written}, please.")

    assert found.text == written
    assert found.what == "payment card number"


@pytest.mark.parametrize(
    "number",
    [
        "4111 1111 1111 1112",  # the last digit is wrong
        "4111111111111111111111",  # too long
        "1234 5678 9012 3452",  # right by Luhn, of no network
        "0000 0000 0000 0000",
        "4111-1111 1111-1111",  # grouped like no card
        "tracking AB4111111111111111",
    ],
)
def test_other_long_numbers_are_no_cards(number: str) -> None:
    assert payment_cards(number) == []


@given(right_ibans(), st.booleans(), st.booleans())
def test_an_iban_is_found_grouped_or_not_in_large_letters_or_small(
    account: str, grouped: bool, small: bool
) -> None:
    written = account.lower() if small else account
    if grouped:
        written = " ".join(written[start : start + 4] for start in range(0, len(written), 4))

    (found,) = ibans(f"Pay to {written}, please")

    assert found.text == written


@given(right_ibans(), st.data())
def test_an_iban_with_one_sign_changed_is_none(account: str, data: st.DataObject) -> None:
    place = data.draw(st.integers(4, len(account) - 1))
    kind = "0123456789" if account[place].isdigit() else SIGNS[10:]
    other = data.draw(st.sampled_from([sign for sign in kind if sign != account[place]]))

    assert is_iban(account)
    assert not is_iban(account[:place] + other + account[place + 1 :])


@pytest.mark.parametrize(
    "published",
    [
        "GB29 NWBK 6016 1331 9268 19",
        "DE89 3704 0044 0532 0130 00",
        "FR14 2004 1010 0505 0001 3M02 606",
        "NO93 8601 1117 947",
        "MT84 MALT 0110 0001 2345 MTLC AST0 01S",
    ],
)
def test_the_registrys_own_examples_are_right(published: str) -> None:
    assert [one.text for one in ibans(f"IBAN {published}.")] == [published]


@given(st.text())
def test_any_text_can_be_searched(text: str) -> None:
    for find in (payment_cards, ibans, national_ids):
        for one in find(text):
            assert text[one.start : one.end] == one.text


PUBLISHED = {
    "US social security number": "078-05-1120",
    "British national insurance number": "AB 12 34 56 C",
    "British NHS number": "NHS 943 476 5919",
    "Spanish DNI or NIE": "12345678Z",
    "Italian codice fiscale": "RSSMRA85T10A562S",
    "French social security number": "2 55 08 14 168 025 38",
    "German tax number": "Steuer-ID 86 095 742 719",
    "Dutch BSN": "BSN 111222333",
    "Belgian national number": "85.07.30-033.28",
    "Polish PESEL": "PESEL 44051401359",
    "Swedish personnummer": "811228-9874",
    "Finnish henkilötunnus": "131052-308T",
    "Norwegian fødselsnummer": "010107 50160",
    "Swiss AHV number": "756.9217.0769.85",
    "Brazilian CPF": "111.444.777-35",
    "Chinese resident number": "11010519491231002X",
    "passport number": "Passport no. X1234567",
}
"""Numbers that the authorities, or encyclopaedias after them, print as examples; they belong to nobody."""


@pytest.mark.parametrize(("kind", "text"), PUBLISHED.items())
def test_a_national_number_is_known_by_its_name(kind: str, text: str) -> None:
    (found,) = national_ids(f"It is {text}, thanks")

    assert found.what == kind


@pytest.mark.parametrize(
    "text",
    [
        "12345678A",  # the letter is wrong
        "131052-308U",
        "111.444.777-36",
        "85.07.30-033.29",
        "756.9217.0769.86",
        "000-12-3456",  # never given out
        "order 86095742719",  # right, but nothing says that it is a tax number
        "invoice 111222333",
        "X1234567",
        "from 2019-2021, 12.50 or 1 200 300",
    ],
)
def test_numbers_without_proof_or_announcement_are_left_alone(text: str) -> None:
    assert national_ids(text) == []
