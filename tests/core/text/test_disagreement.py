"""Disagreement: figures, answers and negations that clash are found; the same said otherwise is not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.text.disagreement import Kind, clashes, likeness
from core.text.quantities import quantities

SAME = [
    ("It costs €12.", "You pay 12 EUR for it."),
    ("Open from 05:00 to 23:30.", "We open at 5 a.m. and close at 11:30 p.m."),
    ("It takes ten minutes.", "About 10 minutes on foot."),
    ("At most 2 litres.", "Two liters, no more."),
    ("You pay 1,234.50 dollars.", "It is $1234.50."),
    ("Der Preis ist 3,50 €.", "It is €3.50."),
    ("14 Uhr", "2 pm"),
    ("Within 48 hours.", "48 h at most."),
]


def units(text: str) -> dict[str, float]:
    return {quantity.unit: quantity.value for quantity in quantities(text)}


@pytest.mark.parametrize(("one", "other"), SAME)
def test_the_same_quantity_written_otherwise_is_the_same(one: str, other: str) -> None:
    assert units(one) == units(other)
    assert clashes(one, other) == ()


def test_a_text_states_its_quantities_with_their_units() -> None:
    text = (
        "Liquids up to 100 ml, 20 % off, level 3, belts 4 and 5, €1,500, 2.300 €, within 3 working days, P1"
    )

    assert [(one.unit, one.value) for one in quantities(text)] == [
        ("EUR", 1500),
        ("EUR", 2300),
        ("%", 20),
        ("ml", 100),
        ("level", 3),
        ("belt", 4),
        ("", 5),
        ("day", 3),
    ]


@pytest.mark.parametrize(
    ("one", "other", "kind"),
    [
        ("It costs €12.", "It costs €15.", Kind.FIGURE),
        ("Open until 23:30.", "Open until 22:00.", Kind.FIGURE),
        ("It is at desk 4.", "It is at desk 9.", Kind.FIGURE),
        ("Between belts 4 and 5, by the doors.", "Between belts 4 and 8, by the doors.", Kind.FIGURE),
        ("Level 0 or level 3, at the lift.", "Level 3 or level 3, at the lift.", Kind.FIGURE),
        ("10 minutes are free.", "You have 15 minutes for nothing.", Kind.FIGURE),
        ("You may bring it into the cabin.", "You may not bring it into the cabin.", Kind.NEGATION),
        (
            "Sie dürfen es in die Kabine mitnehmen.",
            "Sie dürfen es nicht in die Kabine mitnehmen.",
            Kind.NEGATION,
        ),
        ("Yes, you may.", "No, that stays at home.", Kind.ANSWER),
        ("Ja, gern.", "Nein, leider.", Kind.ANSWER),
        ("Oui, bien sûr.", "Non, désolé.", Kind.ANSWER),
    ],
)
def test_what_cannot_both_be_right_clashes(one: str, other: str, kind: Kind) -> None:
    assert [clash.kind for clash in clashes(one, other)] == [kind]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("It costs €12.", "You pay at the desk."),
        ("€12 for one, €20 for two.", "It costs €12."),
        (
            "Carry it in the cabin, never in a checked bag.",
            "Do not put it in your checked bag; take it with you.",
        ),
        ("No ticket is needed.", "Yes, come as you are."),
        ("You need no ticket.", "A ticket is not needed."),
        ("Yes, until noon.", "Sure, until noon."),
    ],
)
def test_saying_more_or_saying_it_otherwise_is_no_clash(one: str, other: str) -> None:
    assert clashes(one, other) == ()


def test_a_clash_names_the_words_of_both() -> None:
    (clash,) = clashes("Level 3 costs €4 an hour.", "Level 3 costs €6 an hour.")

    assert (clash.one, clash.other) == (("€4",), ("€6",))


@given(st.text(), st.text())
def test_no_text_disagrees_with_itself_and_a_clash_has_two_sides(one: str, other: str) -> None:
    assert clashes(one, one) == ()
    assert likeness(one, one) == 1.0
    assert likeness(one, other) == likeness(other, one)
    assert bool(clashes(one, other)) == bool(clashes(other, one))
